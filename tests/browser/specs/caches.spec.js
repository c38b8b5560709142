// Caches: a tag is purged, hard or softly; their inspector has the charts of what they use; what is set and what is busy.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { chart, clock, open, pack, scene, seek, share, turn } from "../helpers/learner.js";
import { expect, picture, test } from "../helpers/test.js";

/** Lab 2.4 with other settings from the start, as a link brings it: it stands at 8 s. */
async function begin(page, home, set) {
  const run = { headroom: 1, engine: 1, lab: "the-old-value-comes-back", seed: 1, set, until: 8 };
  await home(`?lab=the-old-value-comes-back#run=${pack(run)}`);
  await expect(scene(page)).toBeVisible({ timeout: 20_000 });
  await expect(clock(page)).toHaveText("0:08.000");
}

/** Opens the inspector of a node by the list of what stands in the picture. */
async function inspect(page, name) {
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  return page.getByRole("dialog", { name });
}

test("a tag is purged by keyboard, taken back, shared, and the same on the command line", async ({ page, home, axe }) => {
  await begin(page, home, { "nodes.cache.tags": 10, "nodes.cache.grace": "2s" });
  const tag = page.getByRole("spinbutton", { name: "Tag of Cache, 0 to 9" });
  await tag.fill("3");
  await expect(page.getByRole("button", { name: "Purge tag 3 of Cache" })).toBeVisible();
  await picture(page, "purge");
  expect(await axe()).toEqual([]);
  await tag.press("Enter");
  const flag = page.getByRole("button", { name: /Purge tag 3 of Cache/ });
  await expect.poll(() => flag.count()).toBeGreaterThan(0);
  await seek(page, 10);
  const purged = (await share(page)).file;
  expect(purged.actions).toEqual([{ at: "8000000us", do: "purge", node: "cache", tag: 3 }]);

  await page.getByRole("button", { name: "Undo", exact: true }).click();
  const { file: plain } = await share(page);
  expect(plain.actions ?? []).toEqual([]);
  await seek(page, 8);
  await page.getByRole("button", { name: "Mark tag 3 of Cache stale" }).click();
  await seek(page, 10);
  const { link, file: marked } = await share(page);
  expect(marked.actions).toEqual([{ at: "8000000us", do: "purge", node: "cache", tag: 3, soft: true }]);
  expect(new Set([purged.digest, plain.digest, marked.digest]).size).toBe(3);
  const { stdout } = await promisify(execFile)(process.env.HEADROOM_CLI, ["run", link, "--json"]);
  expect(JSON.parse(stdout).digest).toBe(marked.digest);

  // What happened stands in the cache's own list.
  const inspector = await inspect(page, "Cache");
  await expect(inspector.getByText(/a tag marked stale: \d+ keys/)).toBeVisible();
});

test("a cache without tags has nothing to purge, and one without grace nothing to mark", async ({ page, home }) => {
  await begin(page, home, {});
  await expect(page.getByRole("button", { name: "Flush Cache" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Purge tag/ })).toHaveCount(0);
  await begin(page, home, { "nodes.cache.tags": 10 });
  await expect(page.getByRole("button", { name: "Purge tag 0 of Cache" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Mark tag/ })).toHaveCount(0);
});

test("a cache's inspector has the charts of what it uses and no others", async ({ page, home, axe }) => {
  await open(page, home, "write-behind");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 20);
  await inspect(page, "Cache 1");
  const waiting = chart(page, "Writes not yet written");
  await expect(waiting).toBeVisible();
  await expect(waiting.locator("header")).toContainText(/[\d,]+ writes/);
  for (const other of ["Stale answers", "Waited for another's load", "Hit ratio of the levels"]) {
    await expect(chart(page, other)).toHaveCount(0);
  }
  await waiting.scrollIntoViewIfNeeded();
  expect(await axe()).toEqual([]);
  await picture(page, "chart-buffered");

  await begin(page, home, { "nodes.cache.ttl": "1s", "nodes.cache.on_miss": "wait" });
  await seek(page, 30);
  await inspect(page, "Cache");
  await expect(chart(page, "Stale answers")).toBeVisible();
  await expect(chart(page, "Waited for another's load")).toBeVisible();
  await expect(chart(page, "Writes not yet written")).toHaveCount(0);
  await chart(page, "Stale answers").scrollIntoViewIfNeeded();
  await picture(page, "chart-stale");
});

test("what a system costs says that it is as set now, and follows a knob while time stands", async ({ page, home }) => {
  await open(page, home, "the-narrow-place", "upgrade");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 20);
  const cost = page.locator(".goal").filter({ hasText: "Cost an hour" });
  await expect(cost).toContainText("as set now");
  await expect(cost.locator("dd")).toHaveText(/^\$\d/);
  const before = await cost.locator("dd").textContent();
  await turn(page, "App", 12);
  await expect(cost.locator("dd")).not.toHaveText(before);
  await expect(page.locator(".goal").filter({ hasText: "Served" })).not.toContainText("as set now");
  await picture(page, "cost-as-set");
});

test("a database says how many connections are open and how many are busy", async ({ page, home }) => {
  await open(page, home, "in-the-door-out-the-door");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 20);
  const inspector = await inspect(page, "Database");
  await expect(inspector).toContainText(/Connections open\s*\d+ of \d+/);
  await expect(inspector).toContainText(/Of these, busy\s*\d+/);
  await page.keyboard.press("Escape");
  const told = page.getByRole("img", { name: /Database has \d+ of \d+ connections open, \d+ of them busy/ });
  await expect(told).toBeVisible();
  await picture(page, "connections");
});
