// Light or dark as the system prefers, until the switch says otherwise; then that is kept.
import { expect, test } from "../helpers/test.js";

const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const [dark, light] = ["rgb(15, 18, 22)", "rgb(246, 247, 249)"];

test("the theme is the system's, then the learner's", async ({ page, home }) => {
  await home();
  expect(await ground(page)).toBe(dark);
  await page.emulateMedia({ colorScheme: "light" });
  expect(await ground(page)).toBe(light);
  await page.getByRole("button", { name: "Theme" }).click();
  expect(await ground(page)).toBe(dark);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(await ground(page)).toBe(dark);
  await home("?lab=busy-is-not-full");
  await expect(page.getByRole("button", { name: "Theme" })).toBeVisible();
  expect(await ground(page)).toBe(dark);
});
