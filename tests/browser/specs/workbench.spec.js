// The cache workbench: policies side by side over one trace, made to order or from disk.
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

import { expect, picture, test } from "../helpers/test.js";
import { show, views } from "../helpers/views.js";

const headroom = process.env.HEADROOM_CLI ?? "../../target/fast/headroom";
const folder = "results/traces";

const lanes = (page) => page.locator(".bench-lane");
const scrubber = (page) => page.getByRole("slider", { name: "Place in the trace" });
const whereabouts = (page) => page.locator(".bench-where");

/** Goes to an access and waits until it stands there. */
async function go(page, at) {
  await scrubber(page).fill(String(at));
  await expect(whereabouts(page)).toContainText(`access ${at.toLocaleString("en-US")} of`, { timeout: 60_000 });
}

/** Miss ratio of each policy to the last digit, as written under "Exact figures". */
async function missRatios(page) {
  const exact = page.locator(".bench-exact");
  if ((await exact.getAttribute("open")) === null) await exact.locator("summary").click();
  const rows = await exact.locator("tbody tr").all();
  const ratios = {};
  for (const row of rows) ratios[await row.getAttribute("data-policy")] = await row.locator(".bench-miss-ratio").textContent();
  return ratios;
}

/** The same from the command line. */
async function replayed(trace, policies, capacity) {
  const { stdout } = await promisify(execFile)(headroom, ["replay", "--policy", policies.join(","), "--capacity", capacity, trace, "--json"]);
  const runs = JSON.parse(stdout);
  return Object.fromEntries([runs].flat().map(({ policy, miss_ratio }) => [policy, String(miss_ratio)]));
}

/** A file of keys as 32-bit numbers: some wanted often, a scan now and then. */
async function writeTrace(name, accesses) {
  await mkdir(folder, { recursive: true });
  const keys = new Uint32Array(accesses);
  let state = 12345;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let at = 0; at < accesses; at++) keys[at] = at % 50_000 < 5_000 ? 1e9 + at : Math.floor(200_000 * random() ** 6);
  const path = `${folder}/${name}`;
  await writeFile(path, Buffer.from(keys.buffer));
  return path;
}

test("it plays by itself, is stepped, and tells what each policy did", async ({ page, home, axe }) => {
  await home();
  await page.getByRole("navigation").getByRole("link", { name: "Cache workbench" }).click();
  await expect(page).toHaveURL(/page=workbench/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("6 policies, one trace: Zipf with scans", { timeout: 30_000 });
  await expect(lanes(page)).toHaveCount(6);
  // It moves without being asked.
  await expect.poll(() => scrubber(page).inputValue().then(Number), { timeout: 20_000 }).toBeGreaterThan(20_000);
  await page.getByRole("button", { name: "Pause" }).click();
  const at = Number(await scrubber(page).inputValue());
  const cards = page.locator(".bench-card");
  await expect(cards).toHaveCount(6);
  await page.getByRole("button", { name: "Step ›" }).click();
  await expect(page.getByRole("heading", { name: `Access ${(at + 1).toLocaleString("en-US")}: key` })).toBeVisible();
  const after = await cards.allTextContents();
  await page.keyboard.press(".");
  await expect(page.getByRole("heading", { name: `Access ${(at + 2).toLocaleString("en-US")}: key` })).toBeVisible();
  await page.keyboard.press(",");
  await expect(page.getByRole("heading", { name: `Access ${(at + 1).toLocaleString("en-US")}: key` })).toBeVisible();
  expect(await cards.allTextContents(), "a step back is where one was").toEqual(after);
  // It goes on from where one stepped to, and can be held again.
  await page.getByRole("button", { name: "Play" }).click();
  await expect.poll(() => scrubber(page).inputValue().then(Number), { timeout: 20_000 }).toBeGreaterThan(at + 5_000);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(cards).toHaveCount(6);
  await go(page, 184_213);
  await expect(page.getByText("worked out")).toBeHidden({ timeout: 60_000 });
  expect(await axe()).toEqual([]);
  for (const view of views) {
    await show(page, view);
    await picture(page, `workbench-${view.name}`);
  }
});

test("the optimum is best, and a scan costs LRU more than SIEVE", async ({ page, home }) => {
  await home("?page=workbench&trace=scans&policies=sieve,lru,belady&capacity=400");
  await expect(lanes(page)).toHaveCount(3, { timeout: 30_000 });
  await page.getByRole("combobox", { name: "Speed" }).selectOption("as fast as it goes");
  await expect(whereabouts(page)).toContainText("access 400,000 of 400,000", { timeout: 60_000 });
  const { sieve, lru, belady } = await missRatios(page);
  expect(Number(belady)).toBeLessThan(Number(sieve));
  expect(Number(sieve)).toBeLessThan(Number(lru) - 0.05);
});

test("a recorded trace has the miss ratios that are published for it", async ({ page, home }) => {
  const published = JSON.parse(await readFile("../data/eviction/miss-ratios.json", "utf8")).traces.loop.miss_ratio;
  await home("?page=workbench&trace=recorded-loop&policies=lru,sieve,belady&capacity=400");
  await expect(whereabouts(page)).toContainText("of 400,000", { timeout: 30_000 });
  await go(page, 400_000);
  const ratios = await missRatios(page);
  for (const [policy, name] of [["lru", "LRU"], ["sieve", "Sieve"], ["belady", "Belady"]]) {
    expect(Number(ratios[policy]).toFixed(5), policy).toBe(published[name]["400"].toFixed(5));
  }
});

test("a file of 20 MB is read from disk while the page goes on, and agrees with the command line", async ({ page, home }) => {
  test.slow();
  const trace = await writeTrace("keys.u32le", 5_000_000);
  const policies = ["sieve", "s3-fifo", "w-tinylfu", "arc", "lru", "belady"];
  const expected = replayed(trace, policies, "4000");
  await home(`?page=workbench&policies=${policies.join(",")}&capacity=4000`);
  await expect(lanes(page)).toHaveCount(6, { timeout: 30_000 });
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: "longtask" });
  });
  await page.getByLabel("Open a trace from disk").setInputFiles(trace);
  await expect(whereabouts(page)).toContainText("of 5,000,000", { timeout: 60_000 });
  await page.getByRole("combobox", { name: "Speed" }).selectOption("as fast as it goes");
  await go(page, 5_000_000);
  const longest = await page.evaluate(() => window.longest);
  console.log(`longest task of the page while 20 MB were read and replayed: ${longest.toFixed(0)} ms`);
  expect(await missRatios(page)).toEqual(await expected);
});

test("packed files and CSV are read too, and what is wrong is said with what to do", async ({ page, home }) => {
  await mkdir(folder, { recursive: true });
  const csv = `${folder}/objects.csv`;
  const lines = Array.from({ length: 20_000 }, (_, at) => `${(at * at) % 997},${1 + (at % 50)}`);
  await writeFile(csv, `object,bytes\n${lines.join("\n")}\nbroken,many\n`);
  await home("?page=workbench&policies=lru,gdsf&capacity=100");
  const file = page.getByLabel("Open a trace from disk");
  await expect(lanes(page)).toHaveCount(2, { timeout: 30_000 });
  await file.setInputFiles("../data/eviction/zipf.u32le.zst");
  await expect(whereabouts(page)).toContainText("of 400,000 · capacity 100 of 36,700 keys", { timeout: 30_000 });
  await file.setInputFiles(csv);
  await page.getByLabel("Size column").fill("bytes");
  await page.getByLabel("Size column").blur();
  await expect(page.getByRole("alert")).toContainText("line 20002", { timeout: 30_000 });
  await page.getByLabel("Leave out bad records").check();
  await expect(page.getByText("Records left out: 1.")).toBeVisible({ timeout: 30_000 });
  await page.getByLabel("Capacity in").selectOption("bytes");
  await expect(whereabouts(page)).toContainText(/capacity [\d.]+ KiB of/);
  await go(page, 20_000);
  const capacity = await page.getByRole("spinbutton", { name: "Capacity" }).inputValue();
  const { stdout } = await promisify(execFile)(headroom, ["replay", "--policy", "lru,gdsf", "--capacity", `${capacity}B`, "--size-column", "bytes", "--skip-bad", csv, "--json"]);
  const runs = JSON.parse(stdout);
  const expected = Object.fromEntries([runs].flat().map(({ policy, miss_ratio }) => [policy, String(miss_ratio)]));
  expect(await missRatios(page)).toEqual(expected);
  await file.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no trace") });
  await expect(page.getByRole("alert")).toContainText("choose one");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
});

test("an address is a whole setting, choices are taken back, and a visit goes on where it ended", async ({ page, home }) => {
  await home("?page=workbench&trace=loop&requests=20000&policies=arc,lirs&capacity=50");
  await expect(lanes(page)).toHaveCount(2, { timeout: 30_000 });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 policies, one trace: Zipf and a loop");
  await page.getByText("Policies: 2 of at most 8").click();
  await page.getByLabel("2Q", { exact: true }).check();
  await expect(lanes(page)).toHaveCount(3);
  await expect(page).toHaveURL(/policies=arc,lirs,2q/);
  const capacity = page.getByRole("spinbutton", { name: "Capacity" });
  await capacity.fill("123");
  await capacity.blur();
  await expect(page).toHaveURL(/capacity=123&/);
  await page.locator("h1").click();
  await page.keyboard.press("Control+z");
  await expect(page).toHaveURL(/capacity=50&/);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(lanes(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(lanes(page)).toHaveCount(3);
  // Away and back: what was chosen is still there.
  await page.getByRole("navigation").getByRole("link", { name: "Glossary" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Glossary" })).toBeVisible();
  await page.getByRole("navigation").getByRole("link", { name: "Cache workbench" }).click();
  await expect(lanes(page)).toHaveCount(3, { timeout: 30_000 });
  await expect(page).toHaveURL(/trace=loop/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const table = await readFile(await (await download).path(), "utf8");
  expect(table).toMatch(/^figure,policy,x,value\n/);
  expect(table).toContain("miss-ratio-by-entries,lirs,");
});

test("a workbench that cannot be fetched says so and is tried again", async ({ page, home, complaints }) => {
  let blocked = true;
  await page.route("**/workbench_bg.wasm", (route) => (blocked ? route.abort() : route.continue()));
  await home("?page=workbench");
  await expect(page.getByRole("heading", { name: "The workbench could not be fetched" })).toBeVisible({ timeout: 20_000 });
  complaints.length = 0;
  blocked = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(lanes(page)).toHaveCount(6, { timeout: 30_000 });
});
