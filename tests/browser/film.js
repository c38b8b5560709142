// Frame series and screenshots of what the page does, to be looked at: node film.js [PART]; all parts by default.
// They go to target/film/, a folder per part, numbered in the order of time. It tests nothing.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

import serve from "./helpers/host.js";
import { knob, open, predict, seek, turn } from "./helpers/learner.js";

const folder = fileURLToPath(new URL("../../target/film/", import.meta.url));
const parts = { follow, bands, branch, compare, predictions, presenter, phone, widths };
const cacheKeys = "Cache capacity";

const [only] = process.argv.slice(2);
const stop = await serve();
const browser = await chromium.launch({ executablePath: process.env.HEADROOM_BROWSER || undefined, args: ["--disable-gpu"] });
try {
  for (const [name, part] of Object.entries(parts).filter(([name]) => !only || only === name)) {
    await rm(join(folder, name), { recursive: true, force: true });
    await mkdir(join(folder, name), { recursive: true });
    let count = 0;
    const shoot = (page, what) =>
      page.screenshot({ path: join(folder, name, `${String((count += 1)).padStart(2, "0")}-${what}.png`) });
    await part(shoot);
    console.log(`  target/film/${name}: ${count} pictures`);
  }
} finally {
  await browser.close();
  await stop();
}

/** A page of its own, and how it goes to an address. */
async function fresh(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark", ...options });
  const page = await context.newPage();
  const home = (query = "") => page.goto(process.env.HEADROOM_ADDRESS + query);
  return { page, home };
}

/** One picture after another, so many milliseconds apart. */
async function series(shoot, page, what, many, gap) {
  for (let frame = 0; frame < many; frame += 1) {
    await shoot(page, what);
    await page.waitForTimeout(gap);
  }
}

async function follow(shoot) {
  const { page, home } = await fresh();
  await open(page, home, "what-a-miss-costs", "look");
  await seek(page, 20);
  await page.keyboard.press("f");
  await page.getByRole("combobox", { name: "Speed" }).selectOption({ index: 0 });
  await series(shoot, page, "follow", 8, 1_500);
}

async function bands(shoot) {
  const { page, home } = await fresh();
  await open(page, home, "busy-is-not-full", "hold");
  const speeds = page.getByRole("combobox", { name: "Speed" });
  const names = await speeds.locator("option").allTextContents();
  await speeds.selectOption({ index: names.findIndex((name) => /100 s there/.test(name)) });
  await series(shoot, page, "bands", 4, 700);
}

async function branch(shoot) {
  const { page, home } = await fresh();
  await open(page, home, "what-a-miss-costs", "spike");
  await seek(page, 50);
  await page.waitForTimeout(1_500);
  await shoot(page, "as-it-came");
  await seek(page, 40);
  await turn(page, cacheKeys, 165);
  await seek(page, 50);
  await page.waitForTimeout(1_500);
  await shoot(page, "a-branch");
  await page.keyboard.press("Control+z");
  await page.waitForTimeout(800);
  await shoot(page, "undone");
}

async function compare(shoot) {
  const { page, home } = await fresh();
  await open(page, home, "what-a-miss-costs", "spike");
  await turn(page, cacheKeys, 165);
  await page.keyboard.press("c");
  await page.waitForTimeout(1_000);
  await shoot(page, "running");
  await page.getByText(/of 10 seeds/).first().waitFor({ timeout: 120_000 });
  await shoot(page, "compared");
}

async function predictions(shoot) {
  const kinds = [
    ["choice", "busy-is-not-full", "ninety-five"],
    ["number", "in-the-door-out-the-door", "foretell"],
    ["sketch", "one-in-a-hundred", "count"],
    ["rank", "in-the-door-out-the-door", "users"],
    ["where", "the-narrow-place", "double"],
    ["variants", "what-a-miss-costs", "other-cure"],
  ];
  for (const [kind, lab, step] of kinds) {
    const { page, home } = await fresh();
    await open(page, home, lab, step);
    const radio = page.getByRole("radio").first();
    if (await radio.count()) await radio.check({ force: true });
    await page.waitForTimeout(400);
    await shoot(page, `${kind}-before`);
    await predict(page);
    await page.waitForTimeout(400);
    await shoot(page, `${kind}-after`);
    await page.context().close();
  }
}

async function presenter(shoot) {
  const { page, home } = await fresh({ viewport: { width: 1280, height: 720 } });
  await open(page, home, "what-a-miss-costs", "shrink");
  await page.keyboard.press("p");
  await page.waitForTimeout(1_000);
  await shoot(page, "asked");
  await page.getByRole("spinbutton").first().fill("14");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  await page.getByText(/The room said/).waitFor({ timeout: 30_000 });
  await shoot(page, "answered");
}

async function phone(shoot) {
  const { page, home } = await fresh({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  await home();
  await page.waitForTimeout(2_000);
  await shoot(page, "home");
  await open(page, home, "busy-is-not-full");
  await page.waitForTimeout(1_000);
  await shoot(page, "opens");
  await knob(page, "Requests a second").fill("95");
  await series(shoot, page, "turned", 3, 1_500);
  await open(page, home, "what-a-miss-costs", "shrink");
  await shoot(page, "asked");
  await predict(page, /./).catch(() => {});
  await shoot(page, "answered");
}

async function widths(shoot) {
  for (const width of [390, 768, 1440, 1920]) {
    for (const look of [{ colorScheme: "dark" }, { colorScheme: "light" }, { forcedColors: "active" }]) {
      const height = width === 390 ? 844 : width === 1920 ? 1080 : 900;
      const { page, home } = await fresh({ viewport: { width, height }, ...look });
      const name = `${width}-${look.forcedColors ? "forced" : look.colorScheme}`;
      await home();
      await page.waitForTimeout(1_500);
      await shoot(page, `${name}-home`);
      await open(page, home, "what-a-miss-costs", "spike");
      await seek(page, 47);
      await page.waitForTimeout(700);
      await shoot(page, `${name}-lab`);
      await page.context().close();
    }
  }
}
