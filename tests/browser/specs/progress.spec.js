// What was done is the learner's: saved to a file, read from it in another browser, cleared, and back again.
import { readFile } from "node:fs/promises";

import { expect, picture, test } from "../helpers/test.js";
import { next, open, turn } from "../helpers/learner.js";

test("progress goes to another browser by a file, and clearing can be taken back", async ({ page, home, browser }) => {
  await open(page, home, "busy-is-not-full");
  await turn(page, "Requests a second", 80);
  await next(page).click();
  await page.getByRole("link", { name: "Headroom, all labs" }).click();
  await expect(page.getByText(/0 of \d+ labs done/)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Save to a file" }).click(),
  ]);
  const file = await download.path();
  expect(JSON.parse(await readFile(file, "utf8")).labs["busy-is-not-full"].steps).toContain("turn");

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(process.env.HEADROOM_ADDRESS);
  await expect(elsewhere.getByRole("link", { name: "Save to a file" })).toHaveCount(0);
  await elsewhere.getByLabel("Add from a file").setInputFiles({ name: "no.json", mimeType: "application/json", buffer: Buffer.from("{") });
  await expect(elsewhere.getByRole("alert")).toContainText("holds no progress");
  await elsewhere.getByLabel("Add from a file").setInputFiles(file);
  await expect(elsewhere.getByRole("link", { name: "Save to a file" })).toBeVisible();
  await elsewhere.getByRole("button", { name: "Clear" }).click();
  await expect(elsewhere.getByRole("link", { name: "Save to a file" })).toHaveCount(0);
  await elsewhere.getByRole("button", { name: "Undo" }).click();
  await expect(elsewhere.getByRole("link", { name: "Save to a file" })).toBeVisible();
  await elsewhere.context().close();
});

test("the glossary lists every term with the lab that teaches it", async ({ page, home, axe }) => {
  await home();
  await page.getByRole("link", { name: "Glossary" }).click();
  await expect(page).toHaveURL(/\?page=glossary$/);
  await expect(page.getByRole("term").filter({ hasText: "Little's law" })).toBeVisible();
  await picture(page, "glossary");
  expect(await axe()).toEqual([]);
  await page.reload();
  await page.getByRole("link", { name: "In the door, out the door" }).first().click();
  await expect(page.getByRole("heading", { name: "In the door, out the door", level: 1 })).toBeVisible();
});
