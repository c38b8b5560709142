// No accessibility violations: every step of every lab, what opens over it, and the home page, in every view.
import { expect, test } from "../helpers/test.js";
import { check, clock, open, predict, scene, seek, turn } from "../helpers/learner.js";
import { steps } from "../helpers/course.js";
import { show, views } from "../helpers/views.js";

const labs = await steps();

/** Looks at the page as it stands, in every view. */
async function look(page, axe, what) {
  // A run that goes on is drawn anew all the while, which only makes looking slow.
  const pause = page.getByRole("button", { name: "Pause" });
  if (await pause.isVisible()) await pause.click();
  for (const view of views) {
    await show(page, view);
    expect.soft(await axe(), `${what}, ${view.name}`).toEqual([]);
  }
  await show(page, views[0]);
}

test("what is wrong would be found", async ({ page, home, axe }) => {
  await home();
  // What is put into the page before the program has begun goes when it does.
  await expect(scene(page)).toBeVisible();
  await page.evaluate(() => {
    document.querySelector("main").insertAdjacentHTML(
      "afterbegin",
      '<button id="nameless"></button><p id="pale" style="color: #777; background: #888">pale</p>',
    );
  });
  expect(await axe()).toEqual(["button-name: #nameless", "color-contrast: #pale"]);
});

test("home", async ({ page, home, axe }) => {
  await home();
  await expect(scene(page)).toBeVisible();
  await look(page, axe, "home");
});

for (const [lab, ids] of Object.entries(labs)) {
  test(`the steps of ${lab}`, async ({ page, home, axe }) => {
    test.slow();
    for (const step of ids) {
      await open(page, home, lab, step);
      await look(page, axe, step);
    }
  });
}

test("an answer and a verdict", async ({ page, home, axe }) => {
  test.slow();
  await open(page, home, "what-a-miss-costs", "shrink");
  await predict(page, "below 20 %");
  await look(page, axe, "an answer");

  await open(page, home, "what-a-miss-costs", "spike");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, 52);
  await expect(clock(page)).toHaveText("0:52.000");
  await look(page, axe, "in the spike");
  await check(page);
  await look(page, axe, "not passed");
  await turn(page, "Pool size", 20);
  await check(page);
  await look(page, axe, "passed");
});

test("what opens over a lab", async ({ page, home, axe }) => {
  test.slow();
  await open(page, home, "what-a-miss-costs", "shrink");
  await page.getByRole("button", { name: "miss", exact: true }).click();
  await expect(page.getByRole("note")).toBeVisible();
  await page.getByRole("button", { name: "Table" }).first().click();
  await look(page, axe, "a definition and a table");

  await open(page, home, "what-a-miss-costs");
  await page.getByRole("button", { name: "Pause" }).click();
  await scene(page).click({ position: { x: 740, y: 90 } });
  await expect(page.getByRole("dialog")).toContainText("Keys stored");
  await look(page, axe, "an instance's figures");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys and signs" })).toBeVisible();
  await look(page, axe, "the keys");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Link" })).toHaveValue(/#run=/);
  await look(page, axe, "a link");

  await open(page, home, "one-in-a-hundred", "find");
  await page.getByRole("button", { name: /^Open a slow one/ }).click();
  await expect(page.getByRole("table", { name: "One request" })).toBeVisible();
  await look(page, axe, "a waterfall");
});
