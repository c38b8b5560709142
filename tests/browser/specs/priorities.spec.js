// Who waits where priorities count: the inspector names each one's priority, and whoever matters more stands first.
import { choose, open, seek } from "../helpers/learner.js";
import { expect, picture, test } from "../helpers/test.js";

test("who waits is told with its priority, where priorities count", async ({ page, home, axe }) => {
  await open(page, home, "say-no-early", "greedy");
  await seek(page, 45);
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByRole("button", { name: "App", exact: true }).click();
  const inspector = page.getByRole("dialog", { name: "App" });
  const waiting = inspector.getByText(/^Waiting \(/).locator("..").getByRole("button");
  await expect(waiting.first()).toBeVisible();
  expect((await waiting.allTextContents()).join()).not.toMatch(/low|normal/);
  await inspector.getByRole("button", { name: "Close" }).click();
  await choose(page, "Who is next in the app's line", "users before the partner");
  await seek(page, 50);
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByRole("button", { name: "App", exact: true }).click();
  await expect(waiting.first()).toHaveText(/ (normal|low)$/, { timeout: 20_000 });
  const words = (await waiting.allTextContents()).map((text) => text.trim().split(" ").at(-1));
  expect(words).toEqual([...words].sort().reverse());
  await picture(page, "priorities");
  expect(await axe()).toEqual([]);
});
