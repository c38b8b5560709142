// The page for those who read it in another language, in the system's colours, from right to left, or much larger.
import { expect, test } from "../helpers/test.js";
import { check, knob, open, scene, turn } from "../helpers/learner.js";

const lab = "what-a-miss-costs";

/** Nothing is wider than the window. */
async function fits(page) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider).toBeLessThanOrEqual(0);
}

test.describe("in German", () => {
  test.use({ locale: "de-AT" });

  test("the browser's language is spoken, lessons stay English, and the choice is kept", async ({ page, home, axe }) => {
    await home(`?lab=${lab}&step=spike`);
    await expect(page.getByRole("button", { name: "Mit 5 Läufen prüfen" })).toBeVisible({ timeout: 20_000 });
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    await expect(page.getByRole("heading", { level: 1 })).toHaveAttribute("lang", "en");
    expect(await axe()).toEqual([]);

    await home();
    await expect(page.getByText("Die Lektionen sind auf Englisch.")).toBeVisible();
    await fits(page);
    await page.getByRole("combobox", { name: "Sprache" }).selectOption("English");
    await expect(page.getByRole("heading", { name: "Feel how systems scale, one request at a time" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("combobox", { name: "Language" })).toHaveValue("en");
  });
});

test("from right to left the lesson stands right, and time still runs to the right", async ({ page, home }) => {
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.documentElement.dir === "ltr") document.documentElement.dir = "rtl";
    }).observe(document, { attributes: true, subtree: true });
  });
  await open(page, home, lab, "spike");
  await fits(page);
  const [lesson, picture] = [page.locator(".lesson"), scene(page)];
  expect((await lesson.boundingBox()).x).toBeGreaterThan((await picture.boundingBox()).x);
  await page.getByRole("button", { name: "Pause" }).click();
  const time = page.getByRole("slider", { name: "Time", exact: true });
  const before = Number(await time.inputValue());
  await time.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => Number(await time.inputValue())).toBeGreaterThan(before);
});

test.describe("in the system's colours", () => {
  test.use({ forcedColors: "active" });

  test("what a ground or a shadow told is told by a border", async ({ page, home }) => {
    await open(page, home, lab, "spike");
    const primary = page.getByRole("button", { name: "Check with 5 runs" });
    const plain = page.getByRole("button", { name: "Flush Cache" });
    const border = (locator) => locator.evaluate((element) => getComputedStyle(element).borderTopWidth);
    expect([await border(primary), await border(plain)]).toEqual(["2px", "1px"]);
    const ground = (locator) => locator.evaluate((element) => getComputedStyle(element).backgroundColor);
    const steps = page.locator(".steps li");
    expect(await ground(steps.nth(0))).not.toBe(await ground(steps.nth(3)));
    await turn(page, "Pool size", 20);
    expect(await check(page)).toBe("Passed");
  });
});

// 1440 x 900 at 200 and 400 %.
for (const [zoom, viewport] of [["200 %", { width: 720, height: 450 }], ["400 %", { width: 360, height: 225 }]]) {
  test.describe(`at ${zoom}`, () => {
    test.use({ viewport });

    test("everything can be reached and nothing scrolls sideways", async ({ page, home }) => {
      await open(page, home, lab, "spike");
      await fits(page);
      for (const part of [
        page.getByText("Make it survive.", { exact: false }).first(),
        knob(page, "Pool size"),
        page.getByRole("button", { name: "Check with 5 runs" }),
      ]) {
        await part.scrollIntoViewIfNeeded();
        await expect(part).toBeInViewport({ ratio: 1 });
        // Nothing that keeps its place lies over it.
        const seen = await part.evaluate((element) => {
          const box = element.getBoundingClientRect();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return element.contains(top) || top.contains(element);
        });
        expect(seen).toBe(true);
      }
      await page.getByRole("button", { name: "Settings" }).click();
      await fits(page);
    });
  });
}

test.describe("under a finger", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("what is to be touched is 44 px high, or stands alone in a line of text", async ({ page, home }) => {
    for (const step of ["look", "shrink", "spike"]) {
      await open(page, home, lab, step);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, select, input[type=range], summary")]
          .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".body p, .say"))
          .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
          .filter(([, box]) => box.width > 1 && box.height < 43.5)
          .map(([element, box]) => `${element.className} ${element.textContent.trim()} ${Math.round(box.height)}`),
      );
      expect(small, step).toEqual([]);
    }
  });
});
