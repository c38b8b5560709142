// The built page as a static host serves it.
import { expect, picture, test } from "../helpers/test.js";
import { show, views } from "../helpers/views.js";

test("loads from a sub-path without errors and asks no other host", async ({ page, home }) => {
  await home();
  await expect(page).toHaveTitle(/Headroom/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

for (const view of views) {
  test(`has no accessibility violations at home, ${view.name}`, async ({ page, home, axe }) => {
    await show(page, view);
    await home();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await picture(page, `home-${view.name}`);
    expect(await axe()).toEqual([]);
  });
}
