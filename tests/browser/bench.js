// Calls per second in Chromium beside those of the native benchmark: node bench.js <native figures>.
// It prints and never fails on a figure: machines are noisy.
import { readFile } from "node:fs/promises";

import { chromium } from "@playwright/test";

import serve from "./helpers/host.js";
import { simulate } from "./helpers/worker.js";

const rounds = 3;
const native = JSON.parse(await readFile(process.argv[2], "utf8"));

const stop = await serve();
const browser = await chromium.launch({ executablePath: process.env.HEADROOM_BROWSER || undefined });
try {
  const page = await browser.newPage();
  await page.goto(process.env.HEADROOM_ADDRESS);
  console.log(`Chromium ${browser.version()}, best of ${rounds} rounds`);
  for (const [name, rate] of Object.entries(native)) {
    const file = new URL(`../../crates/bench/scenarios/${name}.toml`, import.meta.url);
    const here = await best(page, await readFile(file, "utf8"));
    console.log(`  ${name}: ${millions(here)} million calls/s, ${(here / rate).toFixed(2)} of native`);
  }
} finally {
  await browser.close();
  await stop();
}

async function best(page, scenario) {
  let rate = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { report, milliseconds } = await simulate(page, { scenario });
    const calls = Object.values(report.nodes).reduce((sum, node) => sum + (node.calls ?? 0), 0);
    rate = Math.max(rate, (calls / milliseconds) * 1000);
  }
  return rate;
}

function millions(rate) {
  return (rate / 1e6).toFixed(2);
}
