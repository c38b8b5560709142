// A run is a value: broken, rewound, undone and redone it is the same run, and so it is in another tab and natively.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test, watch } from "../helpers/test.js";
import { clock, open, scene, seek, share, turn } from "../helpers/learner.js";

/** The digest of the run at a time, in seconds. */
async function digestAt(page, seconds) {
  await seek(page, seconds);
  const { file } = await share(page);
  expect(file.until).toBe(seconds);
  return file.digest;
}

/** Lab 2.1, at 6 s, with the database slowed there. */
async function broken(page, home) {
  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, 6);
  await page.getByRole("button", { name: "Slow Database" }).click();
}

test("undo and redo lead to the same runs again", async ({ page, home }) => {
  await broken(page, home);
  const slowed = await digestAt(page, 12);
  await seek(page, 3);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  expect(await digestAt(page, 12)).not.toBe(slowed);
  await seek(page, 3);
  await page.getByRole("button", { name: "Redo", exact: true }).click();
  expect(await digestAt(page, 12)).toBe(slowed);
});

test("acting in the past cuts what followed, and undo brings it back", async ({ page, home }) => {
  await broken(page, home);
  const slowed = await digestAt(page, 12);
  await seek(page, 3);
  await turn(page, "Cache capacity", 0);
  const other = await digestAt(page, 12);
  expect(other).not.toBe(slowed);
  const { file } = await share(page);
  expect(file.actions).toHaveLength(1);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  expect(await digestAt(page, 12)).toBe(slowed);
  await page.getByRole("button", { name: "Redo", exact: true }).click();
  expect(await digestAt(page, 12)).toBe(other);
});

test("a shared run is the same in another tab and on the command line", async ({ page, home, context, complaints }) => {
  await broken(page, home);
  await seek(page, 9);
  await turn(page, "Cache capacity", 0);
  await seek(page, 14);
  const { link, file } = await share(page);
  expect(file).toMatchObject({ lab: "what-a-miss-costs", until: 14 });

  const tab = await context.newPage();
  watch(tab, complaints);
  await tab.goto(link);
  await expect(scene(tab)).toBeVisible();
  await expect(clock(tab)).toHaveText("0:14.000");
  await expect(tab.getByRole("alert")).toHaveCount(0);
  expect((await share(tab)).file.digest).toBe(file.digest);

  // `cargo xtask test browser` builds it and names it.
  const { stdout } = await promisify(execFile)(process.env.HEADROOM_CLI, ["run", link, "--json"]);
  expect(JSON.parse(stdout).digest).toBe(file.digest);
});
