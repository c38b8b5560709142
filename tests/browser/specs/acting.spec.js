// Acting at odd moments: while the five runs are made, and in a run that is over. What breaks in part.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "../helpers/test.js";
import { check, clock, next, open, seek, share, turn } from "../helpers/learner.js";

test("turning a knob while five runs are made stops them, and they can be made again", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs", "spike");
  await page.getByRole("button", { name: "Check with 5 runs" }).click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  await turn(page, "Pool size", 20);
  await expect(page.getByRole("button", { name: "Check with 5 runs" })).toBeEnabled();
  expect(await check(page)).toBe("Passed");
});

test("a knob that is turned in a run that is over begins it again", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, 60);
  await expect(clock(page)).toHaveText("1:00.000");
  await turn(page, "Cache capacity", 180);
  await expect(clock(page)).toHaveText(/^0:0\d/);
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("the last card has the settings that passed", async ({ page, home }) => {
  await open(page, home, "in-the-door-out-the-door", "size");
  await turn(page, "Pool size", 14);
  expect(await check(page)).toBe("Passed");
  await next(page).click();
  for (let left = 0; left < 2; left += 1) {
    await page.getByRole("button", { name: "Show me without guessing" }).click();
    await expect(page.getByText("It was", { exact: true })).toBeVisible({ timeout: 30_000 });
    await next(page).click();
  }
  await expect(page.getByText("pool_size=14")).toBeVisible();
});

test("a node pauses, fails in part and is hard to reach, as the command line has it", async ({ page, home, axe }) => {
  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText("More to break").click();
  expect(await axe()).toEqual([]);
  await seek(page, 10);
  await expect(clock(page)).toHaveText("0:10.000");
  await page.getByRole("button", { name: "Pause Database" }).first().click();
  await seek(page, 15);
  await page.getByRole("button", { name: "Let 1 of 3 fail at App" }).first().click();
  await seek(page, 20);
  await page.getByRole("button", { name: "Lose 1 of 5 messages, App to Database" }).first().click();
  await seek(page, 30);
  await expect(clock(page)).toHaveText("0:30.000");
  const { link, file } = await share(page);
  expect(file.actions.map(({ do: what, node, ratio, between }) => [what, node ?? between, ratio])).toEqual([
    ["pause", "db", undefined],
    ["fail", "app", 1 / 3],
    ["lose", ["app", "db"], 0.2],
  ]);
  const { stdout } = await promisify(execFile)(process.env.HEADROOM_CLI, ["run", link, "--json"]);
  const run = JSON.parse(stdout);
  expect(run.digest).toBe(file.digest);
  expect(run.requests.by_error.error).toBeGreaterThan(1_000);
});
