// Lab 2.1 as a learner plays it: the prediction, the spike, and every design that a lesson or a belief suggests.
import { expect, test } from "../helpers/test.js";
import { chart, check, clock, knob, next, open, predict, scene, turn } from "../helpers/learner.js";

const lab = "what-a-miss-costs";

/** "p99 45 ms" in the header of the chart, in milliseconds. */
async function p99(page) {
  const words = await chart(page, "Latency").locator("header").textContent();
  return Number(words.match(/p99\s+([\d,.]+)/)[1].replace(",", ""));
}

test("a smaller cache costs hits while p99 hardly moves", async ({ page, home }) => {
  await open(page, home, lab, "shrink");
  await expect(page.getByText("after your prediction")).toBeVisible();
  await expect(knob(page, "Cache capacity")).toBeDisabled();
  await expect(chart(page, "Latency").locator("header")).toContainText(/p99\s+\d/);
  const before = await p99(page);

  await predict(page, "20 to 45 %");
  await expect(page.getByText(/^5[67]\.\d %/).first()).toBeVisible();
  await expect(page.getByText("A quarter of the cache is not a quarter of the hits.")).toBeVisible();
  await expect(chart(page, "Hit ratio").locator("header")).toContainText(/5\d\.\d %/);
  const after = await p99(page);
  console.log(`  p99 ${before} ms before, ${after} ms after`);
  expect(after - before).toBeLessThan(30);
});

test("the spike breaks the small cache", async ({ page, home }) => {
  await open(page, home, lab, "spike");
  await page.getByRole("combobox", { name: "Speed" }).selectOption({ index: 5 });
  await expect(chart(page, "Latency").locator("header")).toContainText("1,000 ms", { timeout: 30_000 });
  await expect(chart(page, "Requests").locator("header")).toContainText(/failed\s+[\d,]{5}/);
  await expect(scene(page)).toHaveAttribute("aria-label", /App 1 \d+ % busy, [\d,]{3,} waiting/);
  // What was announced to those who do not see it.
  await expect(page.getByRole("log")).toContainText(/queue has formed|begun to fail/);
});

// name, knob, place of the slider, verdict, the goals that are missed
const designs = [
  ["as it is", undefined, 0, "Not yet", ["p99", "Succeeded"]],
  ["2,000 keys", "Cache capacity", 130, "Passed", []],
  ["a pool of 20", "Pool size", 20, "Passed", []],
  ["a fourth app server", "App servers", 4, "Not yet", ["p99"]],
  ["16 cores", "Cores each", 16, "Not yet", ["p99"]],
  ["a fifth app server", "App servers", 5, "Not yet", ["Cost an hour"]],
];

test("each cure passes five runs and each temptation fails them", async ({ page, home }) => {
  test.slow();
  await open(page, home, lab, "spike");
  await page.getByRole("button", { name: "Pause" }).click();
  for (const [name, setting, place, verdict, missed] of designs) {
    await test.step(name, async () => {
      if (setting) await turn(page, setting, place);
      expect(await check(page)).toBe(verdict);
      const goals = (title) => page.getByRole("group", { name: title, exact: true }).locator(".goal");
      for (const goal of missed) {
        await expect(goals("Missed").filter({ hasText: `${goal} ` })).toHaveCount(1);
      }
      if (verdict === "Passed") await expect(goals("Missed")).toHaveCount(0);
      await expect(goals("Met")).toHaveCount(3 - await goals("Missed").count());
      // What was judged is what is seen, to its end.
      await expect(clock(page)).toHaveText("1:00.000", { timeout: 20_000 });
      if (setting) await page.getByRole("button", { name: `Put back ${setting}` }).first().click();
    });
  }
  await expect(next(page)).toBeEnabled();
});
