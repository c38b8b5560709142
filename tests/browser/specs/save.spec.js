// Whatever is saved opens again: pictures have their size, figures are the command line's, the run is the same run.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { expect, test } from "../helpers/test.js";
import { open, seek, turn } from "../helpers/learner.js";

/** Chooses `item` from the menu; gives the file's name and where it is. */
async function save(page, item) {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: item, exact: true }).click();
  const download = await coming;
  await expect(page.getByRole("list", { name: "Save", exact: true })).toHaveCount(0);
  return { name: download.suggestedFilename(), path: await download.path() };
}

/** Lab 2.1 at a moment inside a window of the charts, after a change. */
async function changed(page, home) {
  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, 6);
  await turn(page, "Cache capacity", 100);
  await seek(page, 12.1);
}

/** Width and height of a picture as the browser decodes it. */
async function decoded(page, path, type) {
  const data = `data:${type};base64,${(await readFile(path)).toString("base64")}`;
  return page.evaluate(async (source) => {
    const image = Object.assign(new Image(), { src: source });
    await image.decode();
    // That something is drawn on it, not one colour alone.
    const canvas = Object.assign(document.createElement("canvas"), { width: 200, height: 200 });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 200, 200);
    const pixels = new Uint32Array(context.getImageData(0, 0, 200, 200).data.buffer);
    return { width: image.naturalWidth, height: image.naturalHeight, colours: new Set(pixels).size };
  }, data);
}

const cli = async (...options) => (await promisify(execFile)(process.env.HEADROOM_CLI, options)).stdout;

test("the scene as PNG and as SVG", async ({ page, home }) => {
  await changed(page, home);
  const { width, height } = await page.locator(".stage canvas").boundingBox();
  const png = await save(page, "Scene as PNG");
  expect(png.name).toBe("what-a-miss-costs-scene.png");
  const pixels = await decoded(page, png.path, "image/png");
  expect([pixels.width, pixels.height]).toEqual([Math.floor(2 * width), Math.floor(2 * height)]);
  expect(pixels.colours).toBeGreaterThan(20);

  const svg = await save(page, "Scene as SVG");
  expect(svg.name).toBe("what-a-miss-costs-scene.svg");
  const vectors = await decoded(page, svg.path, "image/svg+xml");
  expect([vectors.width, vectors.height]).toEqual([Math.floor(width), Math.floor(height)]);
  expect(vectors.colours).toBeGreaterThan(20);
  const text = await readFile(svg.path, "utf8");
  const said = await page.evaluate((source) => {
    const picture = new DOMParser().parseFromString(source, "image/svg+xml");
    if (picture.querySelector("parsererror")) throw new Error(picture.documentElement.textContent);
    return [...picture.querySelectorAll("text")].map((word) => word.textContent);
  }, text);
  expect(said).toEqual(expect.arrayContaining(["Clients", "App 1", "Cache", "Database"]));
  expect(text).not.toMatch(/NaN|undefined/);
});

test("the charts as PNG and as SVG", async ({ page, home }) => {
  await changed(page, home);
  const png = await save(page, "Charts as PNG");
  const pixels = await decoded(page, png.path, "image/png");
  const svg = await save(page, "Charts as SVG");
  const vectors = await decoded(page, svg.path, "image/svg+xml");
  expect([pixels.width, pixels.height]).toEqual([2 * vectors.width, 2 * vectors.height]);
  expect(Math.min(pixels.colours, vectors.colours)).toBeGreaterThan(20);
  const text = await readFile(svg.path, "utf8");
  for (const word of ["Latency", "Hit ratio", "0:30", "Cache capacity → 1,000 keys"]) expect(text).toContain(`>${word}<`);
  expect(text).not.toMatch(/NaN|undefined/);
});

test("the run and its series are those of the command line", async ({ page, home }) => {
  await changed(page, home);
  const run = await save(page, "Run as JSON");
  expect(run.name).toBe("what-a-miss-costs-run.json");
  const file = JSON.parse(await readFile(run.path, "utf8"));
  expect(file).toMatchObject({ lab: "what-a-miss-costs", until: 12.1 });
  const series = await save(page, "Series as CSV");
  expect(series.name).toBe("what-a-miss-costs-series.csv");

  const copy = test.info().outputPath("run.json");
  await promisify(execFile)("cp", [run.path, copy]);
  const table = test.info().outputPath("series.csv");
  const report = JSON.parse(await cli("run", copy, "--json", "--series", table));
  expect(report.digest).toBe(file.digest);
  expect(await readFile(series.path, "utf8")).toBe(await readFile(table, "utf8"));
});

test("the menu by keyboard, and put away", async ({ page, home, axe }) => {
  await open(page, home, "what-a-miss-costs");
  const button = page.getByRole("button", { name: "Save", exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(button).toHaveAttribute("aria-expanded", "true");
  expect(await axe()).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const coming = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await coming).suggestedFilename()).toBe("what-a-miss-costs-scene.png");
});
