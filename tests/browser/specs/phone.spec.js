// A phone, 390 px wide: the question is a sheet, what leads on lies under the thumb, nothing scrolls sideways.
import { expect, test } from "../helpers/test.js";
import { chart, next, open, predict, scene, turn } from "../helpers/learner.js";
import { sizes } from "../helpers/views.js";

test.use({ viewport: sizes.phone, hasTouch: true });

const { height, width } = sizes.phone;

/** No part of the page is wider than the screen. */
async function fits(page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
}

test("a lab's question, answer and task on a phone", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs", "shrink");
  const sheet = page.locator(".card.asking");
  const box = await sheet.boundingBox();
  expect(box).toMatchObject({ x: 0, width });
  expect(Math.round(box.y + box.height)).toBe(height);
  // The picture stays in sight above it.
  const picture = await scene(page).boundingBox();
  expect(box.y).toBeGreaterThan(picture.y + picture.height * 0.75);
  await fits(page);

  await predict(page, "45 to 65 %");
  const button = await next(page).boundingBox();
  expect(button.y).toBeGreaterThan(height - 100);
  expect(button.height).toBeGreaterThanOrEqual(44);
  await next(page).click();
  expect((await page.getByRole("button", { name: "Check with 5 runs" }).boundingBox()).y).toBeGreaterThan(height - 100);
  // A new step begins at the top, with the picture.
  expect((await scene(page).boundingBox()).y).toBeGreaterThan(0);
});

test("all charts and settings of a phone", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs");
  for (const name of ["Latency", "Hit ratio", "Requests"]) await expect(chart(page, name)).toBeHidden();
  await page.getByRole("button", { name: "All charts" }).click();
  for (const name of ["Latency", "Hit ratio", "Requests"]) await expect(chart(page, name)).toBeVisible();
  await fits(page);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("complementary", { name: "Settings" }).getByText("Balancer", { exact: true }).click();
  await expect(page.getByRole("complementary", { name: "Settings" })).toContainText("Break something");
  await fits(page);
});

test("the first knob of a phone", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full");
  await turn(page, "Requests a second", 80);
  await expect(next(page)).toBeInViewport();
  await fits(page);
});
