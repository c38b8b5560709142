// Firefox: the first minute as in first-minute.spec.js, and the golden runs to the same digests.
//
// Driven by WebDriver BiDi through puppeteer-core, which takes the Firefox that people have; Playwright needs one of
// its own. HEADROOM_FIREFOX names the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import puppeteer from "puppeteer-core";

import start from "../helpers/host.js";
import { simulate } from "../helpers/worker.js";

const golden = new URL("../../golden/", import.meta.url);
const { engine, scenarios, labs } = JSON.parse(await readFile(new URL("digests.json", golden), "utf8"));

let stop, browser, page;
const complaints = [];

before(async () => {
  stop = await start();
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.HEADROOM_FIREFOX,
    headless: true,
    // A window's size, not a viewport: setting one asks for commands that Firefox before 144 does not know.
    defaultViewport: null,
    args: ["--width=1440", "--height=900"],
  });
  page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});

after(async () => {
  await browser?.close();
  await stop?.();
});

const home = (query = "") => page.goto(process.env.HEADROOM_ADDRESS + query);
const button = (name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).setTimeout(20_000);
const says = (text) => page.locator(`::-p-text(${text})`).setTimeout(40_000).wait();

/** Turns a knob as a drag that is let go does. */
const turn = (name, value) =>
  page.evaluate(
    (name, value) => {
      const named = (slider) => [...slider.labels].some((label) => label.textContent.trim() === name);
      const slider = [...document.querySelectorAll("input[type=range]")].find(named);
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(slider, value);
      for (const event of ["input", "change"]) slider.dispatchEvent(new Event(event, { bubbles: true }));
    },
    name,
    String(value),
  );

test("the first minute of the first lab", async () => {
  await home("?lab=busy-is-not-full");
  await says("Turn it up to 80.");
  const time = () => page.$eval(".transport .time", (clock) => clock.textContent);
  const before = await time();
  await page.waitForFunction(
    (before) => document.querySelector(".transport .time").textContent !== before,
    { timeout: 20_000 },
    before,
  );
  await turn("Requests a second", 80);
  await page.waitForFunction(
    () => Number(document.querySelector(".stage canvas").getAttribute("aria-label")?.match(/(\d+) waiting/)?.[1]) > 2,
    { timeout: 30_000 },
  );
  await button("Next: how far can it go?").click();
  await says("after your prediction");
  await page.locator("::-p-text(60 to 140 ms)").click();
  await button("Lock it in and run").click();
  await says("It bends more");
  await button("Next: hold the line").click();
  await says("You own this server.");
  await turn("Requests a second", 78);
  await button("Check with 5 runs").click();
  await says("Passed");
  assert.deepEqual(complaints, []);
});

for (const [name, digest] of Object.entries(scenarios)) {
  test(`runs ${name} as native builds do`, async () => {
    await home();
    const scenario = await readFile(new URL(`${name}.toml`, golden), "utf8");
    const { report } = await simulate(page, { scenario });
    assert.deepEqual([report.digest, report.engine], [digest, engine]);
  });
}

for (const [lab, digest] of Object.entries(labs)) {
  test(`runs the lab ${lab} as native builds do`, async () => {
    await home();
    const { report } = await simulate(page, { lab });
    assert.deepEqual([report.digest, report.engine], [digest, engine]);
  });
}
