// Ways to find a lab: what is commonly said, what one sees in one's system, and a search over all of it.
import { expect, picture, test } from "../helpers/test.js";
import { open, scene } from "../helpers/learner.js";
import { show, views } from "../helpers/views.js";

const heading = (page, name) => page.getByRole("heading", { level: 1, name });

test("claims and symptoms are pages, each entry leads to the step that shows it", async ({ page, home, axe }) => {
  await home();
  for (const [name, address, entry, link, title] of [
    ["Commonly said", /page=commonly-said$/, "cache failure does not affect", "What a miss costs", "Survive the spike"],
    ["Symptoms", /page=symptoms$/, "no more comes out", "The narrow place", "Double one"],
  ]) {
    await page.getByRole("navigation").getByRole("link", { name }).click();
    await expect(page).toHaveURL(address);
    await expect(heading(page, name)).toBeVisible();
    expect(await axe()).toEqual([]);
    for (const view of views) {
      await show(page, view);
      await picture(page, `${name.toLowerCase().replace(" ", "-")}-${view.name}`);
    }
    await show(page, views[0]);
    await page.reload();
    const card = page.getByRole("listitem").filter({ hasText: entry });
    await card.getByRole("link", { name: link }).click();
    await expect(heading(page, title)).toBeVisible();
    await page.goBack();
  }
});

test("a lab's last card shows what is commonly said about its subject", async ({ page, home }) => {
  await open(page, home, "one-in-a-hundred", "in-your-system");
  const claim = page.getByRole("listitem").filter({ hasText: "Average the p99 of your servers" });
  await expect(claim).toContainText("Wrong.");
  await picture(page, "closing-claims");
});

test("a lab keeps its number whatever else is written: on its card, in search, in its header", async ({ page, home }) => {
  await home();
  const card = page.getByRole("link", { name: /^Stampede/ });
  await expect(card.locator(".foot")).toContainText("2.10");
  await expect(page.getByRole("link", { name: /^What a miss costs/ }).locator(".foot")).toContainText("2.1");
  await page.keyboard.press("/");
  await page.keyboard.type("2.10");
  await expect(page.getByRole("dialog").getByRole("link").first()).toContainText("2.10 Stampede");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/lab=stampede/);
  await expect(page.locator(".where")).toContainText("2.10 Stampede");
});

test("search finds labs, terms, symptoms and claims by keyboard alone", async ({ page, home, axe }) => {
  await home();
  await expect(scene(page)).toBeVisible();
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Search labs, terms and symptoms" });
  await expect(field).toBeFocused();
  await page.keyboard.type("idle");
  const found = page.getByRole("dialog", { name: "Search" }).getByRole("link");
  await expect(found.first()).toContainText("p99 is high and the processors are idle");
  expect(await axe()).toEqual([]);
  await picture(page, "search");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/lab=what-a-miss-costs&step=spike/);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("/");
  await page.keyboard.type("xyzzy");
  await expect(page.getByText("Nothing found.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.type("percentile");
  await page.getByRole("dialog").getByRole("link", { name: /^Term p99/ }).click();
  await expect(page).toHaveURL(/page=glossary$/);
  await expect(page.locator("#p99")).toBeInViewport();
});
