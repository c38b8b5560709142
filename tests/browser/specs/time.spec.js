// Ways through time: the last two seconds again and again, to what happens next, back to a way that was left.
import { expect, test } from "../helpers/test.js";
import { clock, knob, open, seek, share, turn } from "../helpers/learner.js";

const seconds = async (page) => {
  const [minutes, rest] = (await clock(page).textContent()).split(":").map(Number);
  return minutes * 60 + rest;
};

const branches = (page) => page.getByRole("region", { name: "Branches" });

/** Lab 2.1, paused at a time. */
async function at(page, home, time) {
  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, time);
}

async function next(page, what) {
  await page.getByRole("button", { name: "More ways through time" }).click();
  await page.getByRole("button", { name: `To the next ${what}` }).click();
}

test("the last two seconds are repeated until Escape", async ({ page, home }) => {
  await at(page, home, 10);
  const speed = page.getByRole("combobox", { name: "Speed" });
  const before = await speed.inputValue();
  await page.keyboard.press("l");
  const told = page.getByRole("status").filter({ hasText: "Again and again" });
  await expect(told).toContainText("0:08.000 to 0:10.000");
  await expect(speed).toHaveValue(/^Slow/);
  await expect.poll(() => seconds(page)).toBeLessThan(9.5);
  // Faster, to see it begin again.
  await speed.selectOption({ index: 5 });
  for (let round = 0; round < 2; round += 1) {
    await expect.poll(() => seconds(page), { intervals: [20] }).toBeGreaterThan(9);
    await expect.poll(() => seconds(page), { intervals: [20] }).toBeLessThan(9);
  }
  await page.keyboard.press("Escape");
  await expect(told).toHaveCount(0);
  await expect(clock(page)).toHaveText("0:10.000");
  await expect(speed).toHaveValue(before);
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
});

test("to what happens next, and to what does not", async ({ page, home, axe }) => {
  await at(page, home, 10);
  await next(page, "eviction");
  const told = page.locator(".stage .told");
  await expect(told).toContainText(/^Here: eviction, at Cache, 0:\d\d\.\d{3}\.$/);
  const first = await seconds(page);
  expect(first).toBeGreaterThanOrEqual(10);
  await page.keyboard.press("e");
  await expect.poll(() => seconds(page)).toBeGreaterThan(first);

  await next(page, "change or disturbance");
  await expect(clock(page)).toHaveText("0:43.000");
  await page.getByRole("button", { name: "Kill App 2" }).click();
  await seek(page, 20);
  await next(page, "instance that goes down");
  await expect(told).toContainText("instance that goes down, at App 2, 0:43");
  await page.keyboard.press("e");
  await expect(told).toContainText("No instance that goes down until the end of the run.");
  await expect(clock(page)).toHaveText("0:43.000");
  expect(await axe()).toEqual([]);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(told).toHaveCount(0);
});

test("a way that was left is kept, gone back to and compared", async ({ page, home, axe }) => {
  test.slow();
  await at(page, home, 12);
  await expect(branches(page)).toHaveCount(0);
  // A way is left only where it was seen: that the run has come so far is known once it goes on from there.
  await expect(async () => {
    await page.getByRole("button", { name: "One request" }).click();
    await expect(clock(page)).not.toHaveText("0:12.000", { timeout: 500 });
  }).toPass();
  await seek(page, 6);
  await turn(page, "Cache capacity", 100);
  const ways = branches(page).getByRole("button");
  await expect(ways).toHaveText([/0:00\s*as it opened/, /0:06\s*Cache capacity → 1,000 keys/]);
  await expect(ways.nth(1)).toHaveAttribute("aria-current", "true");
  await seek(page, 12);
  const left = (await share(page)).file;

  await seek(page, 9);
  await page.getByRole("button", { name: "Slow Database" }).click();
  await expect(ways).toHaveCount(3);
  await expect(ways.nth(2)).toHaveText(/0:09\s*Slow Database/);
  await ways.nth(1).click();
  await seek(page, 12);
  expect((await share(page)).file).toEqual(left);
  // By key, round to the first.
  await page.keyboard.press("b");
  await page.keyboard.press("b");
  await expect(ways.nth(0)).toHaveAttribute("aria-current", "true");
  await expect(knob(page, "Cache capacity")).toHaveAttribute("aria-valuetext", "2,000 keys");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(ways.nth(2)).toHaveAttribute("aria-current", "true");
  expect(await axe()).toEqual([]);

  await page.keyboard.press("c");
  const panel = page.getByRole("dialog", { name: "Compare two settings" });
  await panel.getByRole("combobox").first().selectOption({ label: "Cache capacity → 1,000 keys" });
  await expect(panel.locator("table.compared")).toBeVisible({ timeout: 90_000 });
  await expect(panel.locator("table.compared thead")).toContainText("Cache capacity → 1,000 keys → Now");
});
