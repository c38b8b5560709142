// The built page as a static host serves it.
import { expect, picture, test } from "../helpers/test.js";
import { show, views } from "../helpers/views.js";
import { scene } from "../helpers/learner.js";

test("loads from a sub-path without errors and asks no other host", async ({ page, home }) => {
  await home();
  await expect(page).toHaveTitle(/Headroom/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const view of views) {
    await show(page, view);
    await expect(scene(page)).toBeVisible();
    await picture(page, `home-${view.name}`);
  }
});
