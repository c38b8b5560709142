// Predictions that are drawn or pointed at, by pointer and by keyboard.
import { expect, picture, test } from "../helpers/test.js";
import { chart, open, scene } from "../helpers/learner.js";

const lockIn = (page) => page.getByRole("button", { name: "Lock it in and run" }).click();
const answered = (page) => expect(page.getByText("It was", { exact: true }).first()).toBeVisible({ timeout: 30_000 });

test("a curve is drawn by pointer, then the true one stands over it", async ({ page, home }) => {
  await open(page, home, "one-in-a-hundred", "count");
  await expect(page.getByRole("region", { name: "A hundred requests" })).toContainText("after your prediction");
  const canvas = page.locator(".sketch-picture");
  const { x, y, width, height } = await canvas.boundingBox();
  await page.mouse.move(x + width * 0.1, y + height * 0.7);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.9, y + height * 0.5, { steps: 12 });
  await page.mouse.up();
  const points = page.locator(".sketch-point output");
  // The line rises from left to right, each of its four points set by the pointer that passed it.
  const drawn = (await points.allTextContents()).map((text) => parseFloat(text.replace(",", "")));
  expect(drawn).toHaveLength(4);
  expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
  expect(new Set(drawn).size).toBeGreaterThan(2);
  await picture(page, "sketch-open");
  await lockIn(page);
  await answered(page);
  await expect(page.locator(".sketch-picture polyline")).toHaveCount(2);
  await expect(page.getByRole("row", { name: /^99 / })).toContainText(/\d ms/);
  await expect(page.getByText("long waits seem impossible")).toBeVisible();
  // Half of the dots stand left of the mean.
  await expect(page.locator(".dots circle")).toHaveCount(100);
  const mean = Number(await page.locator(".dots-mean").getAttribute("x1"));
  const left = await page
    .locator(".dots circle")
    .evaluateAll((dots, mean) => dots.filter((dot) => Number(dot.getAttribute("cx")) < mean).length, mean);
  expect(left).toBeGreaterThan(60);
  await picture(page, "sketch-revealed");
});

test("a curve is drawn by keyboard", async ({ page, home }) => {
  await open(page, home, "one-in-a-hundred", "count");
  const last = page.locator(".sketch-point input").last();
  const before = await last.inputValue();
  await last.focus();
  for (let press = 0; press < 5; press += 1) await page.keyboard.press("ArrowRight");
  expect(Number(await last.inputValue())).toBeGreaterThan(Number(before));
});

test("a node is pointed at in the picture, or chosen by name", async ({ page, home }) => {
  await open(page, home, "the-narrow-place", "double");
  const app = page.getByRole("radio", { name: "App", exact: true });
  const { width, height } = await scene(page).boundingBox();
  // Where the cards stand is the picture's affair; one of them along its middle is the app.
  for (let share = 0.3; share < 0.95 && !(await app.isChecked()); share += 0.05) {
    await scene(page).click({ position: { x: width * share, y: height * 0.5 } });
  }
  await expect(app).toBeChecked();
  await page.getByRole("radio", { name: "Store", exact: true }).check({ force: true });
  await lockIn(page);
  await answered(page);
  await expect(page.getByText("Slow is not the same as narrow.")).toBeVisible();
  await picture(page, "where-revealed");
});

test("where one run answers, no other is offered to be watched", async ({ page, home }) => {
  await open(page, home, "weights", "cores");
  await page.getByRole("radio", { name: "Small", exact: true }).check({ force: true });
  await lockIn(page);
  await answered(page);
  await expect(page.locator(".said-was.offered dt")).toHaveCount(3);
  await expect(page.getByRole("button", { name: /^Watch/ })).toHaveCount(0);
});

test("the run of any answer can be watched, and the best one's again", async ({ page, home }) => {
  await open(page, home, "retries-are-not-free", "storm");
  await page.getByRole("radio", { name: /^further tries come later/ }).check({ force: true });
  await lockIn(page);
  await answered(page);
  const best = page.getByText(/^The picture shows: further tries are at most 10 %/);
  await expect(best).toBeVisible();
  await expect(chart(page, "Requests")).toContainText(/served\s*[1-9]/);
  await page.getByRole("button", { name: /^Watch: further tries come later/ }).click();
  await expect(page.getByText(/^The picture shows: further tries come later/)).toBeVisible();
  await expect(chart(page, "Requests")).toContainText(/served\s*0/);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(best).toBeVisible();
  await expect(chart(page, "Requests")).toContainText(/served\s*[1-9]/);
});
