// Two settings beside each other: the page says what `headroom compare` says, to the digit.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "../helpers/test.js";
import { knob, open, seek, turn } from "../helpers/learner.js";

const metrics = {
  "Mean time": "latency_s.mean",
  p99: "latency_s.p99",
  Succeeded: "requests.ok_ratio",
  "Served a second": "throughput_per_s",
  "Cost an hour": "cost_per_hour",
  "Hit ratio": "nodes.cache.hit_ratio",
};

const panel = (page) => page.getByRole("dialog", { name: "Compare two settings" });

/** The rows that the command line prints for each figure: mean, difference and what it lies within, agreement. */
async function commandLine(vary) {
  const { stdout } = await promisify(execFile)(process.env.HEADROOM_CLI, [
    ...["compare", "what-a-miss-costs", "--vary", vary],
    ...Object.values(metrics).flatMap((metric) => ["--metric", metric]),
  ]);
  const figures = {};
  for (const part of stdout.split("\n\n").slice(1)) {
    const [metric, , from, to] = part.split("\n");
    const cells = (line) => line.trim().split(/ {2,}/);
    const [, mean, , difference, within, agree] = cells(to);
    figures[metric] = { from: cells(from)[1], to: mean, difference, within: within.replace("+-", ""), agree };
  }
  return figures;
}

/** What the panel's table says. */
async function table(page) {
  const rows = await panel(page).locator("table.compared tbody tr").all();
  const read = async (row) => [await row.locator("th").textContent(), ...(await row.locator("td").allTextContents())];
  return Promise.all(rows.map(read));
}

test("what was changed is compared with the step's start, with the figures of the command line", async ({ page, home, axe }) => {
  test.slow();
  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, 6);
  await turn(page, "Cache capacity", 100);
  const capacity = await knob(page, "Cache capacity").getAttribute("aria-valuetext");
  const keys = capacity.replace(/[^\d]/g, "");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(panel(page)).toBeVisible();
  await expect(panel(page).locator("table.compared")).toBeVisible({ timeout: 90_000 });

  const printed = await commandLine(`nodes.cache.capacity=2000,${keys}`);
  const shown = await table(page);
  expect(shown.map(([name]) => name)).toEqual(Object.keys(metrics));
  const unit = (text) => text.replace(/^\S+/, "");
  for (const [name, means, difference, verdict] of shown) {
    const figure = printed[metrics[name]];
    const shared = unit(figure.from) !== "" && unit(figure.from) === unit(figure.to);
    expect(means, name).toBe(`${shared ? figure.from.split(" ")[0] : figure.from} → ${figure.to}`);
    expect(difference, name).toBe(`${figure.difference} ± ${figure.within}`);
    const same = [figure.difference, figure.within].every((text) => Number(text.replace(/[^\d.]/g, "")) === 0);
    if (same) expect(verdict, name).toMatch(/^the same/);
    else expect(verdict, name).toContain(`${figure.agree} seeds`);
  }
  const p99 = shown.find(([name]) => name === "p99");
  await expect(panel(page).getByRole("status")).toHaveText(`p99 ${p99[1]}, ${p99[3]}`);

  // Both runs in each chart, and as a table.
  const chart = panel(page).getByRole("region", { name: "Latency" });
  await expect(chart.getByRole("img", { name: /Step's start: .*Now: /s })).toBeVisible();
  await chart.hover();
  await chart.getByRole("button", { name: "Table" }).click();
  await expect(chart.getByRole("columnheader")).toHaveText(["Time", "Step's start", "Now"]);
  expect(await axe()).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
});

test("by keyboard, given up, and asked where nothing differs", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs");
  await page.keyboard.press("c");
  await expect(panel(page)).toContainText("Nothing differs between the two");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Kill App 2" }).click();
  await page.keyboard.press("c");
  await expect(panel(page)).toContainText("Running both with 10 seeds");
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  // The worker has given up: it plays on at once.
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const time = () => page.locator(".transport .time").textContent();
  const before = await time();
  await expect.poll(time).not.toBe(before);
});
