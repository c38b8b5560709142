// A lab shown to a room: everything large at 1280 x 720, by keys, with a show of hands.
import { expect, picture, test } from "../helpers/test.js";
import { open, scene } from "../helpers/learner.js";

const hall = { width: 1280, height: 720 };

/** Words on the page that are smaller than they may be in a hall, enlarged ones as they are seen. */
const small = (page) =>
  page.evaluate(() => {
    const found = [];
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const element = walk.currentNode.parentElement;
      const box = element.getBoundingClientRect();
      if (!walk.currentNode.data.trim() || !element.checkVisibility() || box.width < 2) continue;
      const size = parseFloat(getComputedStyle(element).fontSize);
      // Whole pixels of the one, parts of them of the other: what is not twice as large is not enlarged.
      const ratio = element.offsetWidth ? box.width / element.offsetWidth : 1;
      const enlarged = ratio > 1.5 ? ratio : 1;
      if (size * enlarged < 28) found.push(`${walk.currentNode.data.trim()}: ${(size * enlarged).toFixed(1)} px`);
    }
    return found;
  });

test("a question is put to a room, counted, and answered, by keys alone", async ({ page, home, axe }) => {
  await page.setViewportSize(hall);
  await open(page, home, "busy-is-not-full");
  await page.keyboard.press("p");
  await expect(page.getByRole("heading", { level: 1, name: "Busy is not full" })).toBeVisible();
  await expect(page.getByRole("slider")).toHaveCount(0);
  await expect(scene(page)).toBeVisible();
  expect(await small(page)).toEqual([]);
  await picture(page, "presenter-open");

  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 1, name: "How much longer?" })).toBeVisible();
  expect(await small(page)).toEqual([]);
  expect(await axe()).toEqual([]);
  await page.getByRole("spinbutton", { name: "60 to 140 ms" }).fill("12");
  await page.getByRole("spinbutton", { name: "less than 60 ms" }).fill("7");
  await picture(page, "presenter-hands");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  await expect(page.getByText("The room said 60 to 140 ms: 3 to 7 times (12 of 19)")).toBeVisible({ timeout: 30_000 });
  const was = page.locator(".room-was strong");
  await expect(was).toHaveText(/^\d+ ms$/);
  expect(await was.evaluate((element) => parseFloat(getComputedStyle(element).fontSize))).toBeGreaterThanOrEqual(48);
  const figure = page.locator(".presenter .spark strong").first();
  expect(await figure.evaluate((element) => parseFloat(getComputedStyle(element).fontSize))).toBeGreaterThanOrEqual(48);
  expect(await small(page)).toEqual([]);
  // The chart has room to be drawn in, whatever stands above it.
  const chart = await page.locator(".presenter .charts canvas").first().boundingBox();
  expect(chart.height).toBeGreaterThan(180);
  await picture(page, "presenter-revealed");

  await page.keyboard.press("v");
  await expect(page.getByText("Covered")).toBeVisible();
  await expect(page.locator(".presenter .spark")).toHaveCount(0);
  await page.keyboard.press("v");
  await expect(figure).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("slider").first()).toBeVisible();
});

test("nothing of a large lab is cut off in a hall", async ({ page, home }) => {
  await page.setViewportSize(hall);
  await open(page, home, "what-a-miss-costs", "shrink");
  await page.getByRole("button", { name: "Present" }).click();
  await expect(page.getByRole("button", { name: /^Show it/ })).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("spinbutton").last()).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(hall.width);
  expect(await small(page)).toEqual([]);
  await picture(page, "presenter-large");
});
