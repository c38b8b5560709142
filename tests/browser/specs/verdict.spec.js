// After a pass: why, the stars, and the way to par. An incident: the clock runs, and what counts is when one acts.
import { expect, picture, test } from "../helpers/test.js";
import { check, clock, next, open, turn } from "../helpers/learner.js";

const lab = "what-a-miss-costs";

test("a pass says why, shows what it survives, and on request the way to par", async ({ page, home, axe }) => {
  test.slow();
  await open(page, home, lab, "spike");
  await page.getByRole("button", { name: "Pause" }).click();
  await turn(page, "Cache capacity", 130);
  expect(await check(page)).toBe("Passed");
  await expect(page.getByText("Why it passes.")).toBeVisible();
  await expect(page.getByText("Cost: $0.94. Par, the best known, is $0.55. All settings may be changed for it.")).toBeVisible();
  await expect(page.getByText(/It did not survive what you had not seen. One app server died/)).toBeVisible();
  await expect(page.locator(".stars .earned")).toHaveCount(0);
  await page.getByRole("button", { name: "Show the way to par" }).click();
  await expect(page.locator(".way")).toContainText("one wide pool");
  await expect(page.locator(".way")).toContainText("Cache capacity100 keys");
  expect(await axe()).toEqual([]);
  await picture(page, "verdict-no-star");

  // Another design earns what this one did not, and both days are kept.
  await turn(page, "Cache capacity", 166);
  await expect(page.getByText("Why it passes.")).toHaveCount(0);
  expect(await check(page)).toBe("Passed");
  await expect(page.locator(".stars .earned")).toContainText("It also survived what you had not seen.");
  await picture(page, "verdict-star");
  await page.getByRole("link", { name: "Headroom, all labs" }).click();
  await expect(page.locator(`.labs a[href*="${lab}"]`)).toContainText("1 of 2 stars");
  await page.reload();
  await expect(page.locator(`.labs a[href*="${lab}"]`)).toContainText("1 of 2 stars");
});

test("what fails is told nothing of why, and is not tried further", async ({ page, home }) => {
  await open(page, home, "in-the-door-out-the-door", "size");
  await turn(page, "Pool size", 60);
  expect(await check(page)).toBe("Not yet");
  await expect(page.locator(".stars")).toHaveCount(0);
  await expect(page.getByText("Why it passes.")).toHaveCount(0);
});

test("what fails on another seed than the lab's is shown with that", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full", "four-cores");
  const seed = page.getByRole("textbox", { name: "Seed" });
  await expect(seed).toHaveValue("1");
  await turn(page, "Requests a second", 378);
  expect(await check(page)).toBe("Not yet");
  await expect(page.getByText("Picture and charts now show the first run that missed a goal (seed 3), at its end.")).toBeVisible();
  await expect(seed).toHaveValue("3");
  await expect(page.getByRole("slider", { name: "Requests a second" }).first()).toHaveValue("378");
  await picture(page, "verdict-other-seed");
  // The step as it opens has the lab's own again.
  await page.getByRole("button", { name: "Reset step" }).click();
  await expect(seed).toHaveValue("1");
});

test("an incident stands at its alarm, runs when told to, and is judged by when one acts", async ({ page, home, axe }) => {
  test.slow();
  await open(page, home, lab, "incident");
  await expect(clock(page)).toHaveText("0:16.000");
  const start = page.getByRole("button", { name: "Start the clock" });
  await expect(start).toBeVisible();
  await expect(page.getByRole("button", { name: "Check with 5 runs" })).toHaveCount(0);
  await expect(clock(page)).toHaveText("0:16.000");
  await picture(page, "incident-stands");

  await start.click();
  await expect(page.getByText(/^Broken for 0:0[4-9]$/)).toBeVisible();
  await expect(page.locator(".goal").filter({ hasText: "Time to recover" })).toContainText("not yet");
  await turn(page, "Pool size", 20);
  await page.getByRole("combobox", { name: "Speed" }).selectOption({ index: 5 });
  await expect(page.locator(".goal").filter({ hasText: "Time to recover" })).toContainText(/\d s$/, { timeout: 30_000 });
  await expect(page.locator(".goal").filter({ hasText: "Requests lost" })).toContainText(/[\d,]+$/);
  await picture(page, "incident-recovered");
  expect(await check(page)).toBe("Passed");
  await expect(page.getByText("the line is served faster than it grows")).toBeVisible();
  expect(await axe()).toEqual([]);
  await expect(next(page)).toHaveText("Finish: in your system");
});

test("an incident is not passed by what tempts", async ({ page, home }) => {
  test.slow();
  await open(page, home, lab, "incident");
  await turn(page, "App servers", 4);
  await page.getByRole("button", { name: "Start the clock" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  expect(await check(page)).toBe("Not yet");
  await expect(page.getByRole("group", { name: "missed" })).toContainText("Time to recover");
});
