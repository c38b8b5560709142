// The built page as a static host serves it.
import { expect, test } from "../helpers/test.js";

test("loads from a sub-path without errors and asks no other host", async ({ page, home }) => {
  await home();
  await expect(page).toHaveTitle(/Headroom/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
