// Figures of the native benchmark again in Chromium, with their ratios and budgets: node bench.js <native figures>.
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
  await page.exposeFunction("processorMilliseconds", processorMilliseconds);
  // The glossary: on the first page a scene moves, which would be counted too.
  await page.goto(`${process.env.HEADROOM_ADDRESS}?page=glossary`);
  console.log(`Chromium ${browser.version()}, in the page's worker, best of ${rounds} rounds, processor time`);
  await rate(page, "queue", "M/M/1", "requests/s", "at least 0.6 of native");
  await rate(page, "cache-lab", "first cache lab", "calls/s", "at least 2 million calls/s");
  await seek(page);
} finally {
  await browser.close();
  await stop();
}

async function rate(page, name, title, unit, budget) {
  const scenario = await scenarioOf(name);
  let best = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { report, milliseconds } = await simulate(page, { scenario }, { warm: true });
    const calls = Object.values(report.nodes).reduce((sum, node) => sum + (node.calls ?? 0), 0);
    best = Math.max(best, (calls / milliseconds) * 1000);
  }
  const ratio = (best / native[name]).toFixed(2);
  console.log(`  ${title}: ${(best / 1e6).toFixed(2)} million ${unit}, ${ratio} of native; budget: ${budget}`);
}

/** The longest of several seeks all over a run of 3 million calls, as the page would wait for it. */
async function seek(page) {
  const scenario = (await scenarioOf("cache-lab")).replace("rate = 20_000", "rate = 14_000");
  // To and fro, as in the native benchmark.
  const seeks = Array.from({ length: 30 }, (_, n) => ((n * 7) % 30) * 2 + 0.24);
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    best = Math.min(best, Math.max(...(await simulate(page, { scenario }, { seeks })).seeks));
  }
  console.log(
    `  seek in 3 million calls: ${best.toFixed(0)} ms, ${native.seek.toFixed(0)} ms native; budget: at most 250 ms`,
  );
}

/** Processor time of the pages, all threads, so that other programs disturb less: the native side counts so too. */
async function processorMilliseconds() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === "renderer");
  return pages.reduce((sum, { cpuTime }) => sum + cpuTime, 0) * 1000;
}

function scenarioOf(name) {
  return readFile(new URL(`../../crates/bench/scenarios/${name}.toml`, import.meta.url), "utf8");
}
