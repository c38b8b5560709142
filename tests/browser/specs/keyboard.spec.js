// Everything by keyboard: the whole first lab, and the keys that the list names.
import { expect, test } from "../helpers/test.js";
import { clock, knob, next, open, scene } from "../helpers/learner.js";

/** Presses Tab until `target` has the focus. */
async function tabTo(page, target) {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("not reached by 60 presses of Tab");
}

async function press(page, key, times) {
  for (let presses = 0; presses < times; presses += 1) await page.keyboard.press(key);
}

async function go(page, target) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

const passed = (page) => expect(page.getByRole("heading", { name: /^Passed/ })).toBeVisible({ timeout: 60_000 });

test("the first lab from its first step to its last card", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full");
  const rate = knob(page, "Requests a second");
  await tabTo(page, rate);
  await press(page, "ArrowRight", 30);
  await expect(rate).toHaveValue("80");
  await go(page, next(page));

  await tabTo(page, page.getByRole("radio").first());
  await press(page, "ArrowDown", 2);
  await expect(page.getByRole("radio").last()).toBeChecked();
  await go(page, page.getByRole("button", { name: "Lock it in and run" }));
  await expect(page.getByText("It was", { exact: true })).toBeVisible({ timeout: 30_000 });
  await go(page, next(page));

  await tabTo(page, rate);
  await press(page, "ArrowLeft", 18);
  await expect(rate).toHaveValue("77");
  await go(page, page.getByRole("button", { name: "Check with 5 runs" }));
  await passed(page);
  await go(page, next(page));

  await tabTo(page, rate);
  await press(page, "ArrowLeft", 16);
  await go(page, page.getByRole("button", { name: "Check with 5 runs" }));
  await passed(page);
  await go(page, next(page));
  await expect(page.getByRole("heading", { name: "In your system" })).toBeVisible();
});

test("keys that come faster than the page is drawn all count", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs");
  await page.keyboard.press("Space");
  await page.keyboard.press("Home");
  await expect(clock(page)).toHaveText("0:00.000");
  await page.evaluate(() => {
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "]", "]"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  });
  await expect(clock(page)).toHaveText("0:03.000");
  await expect(page.getByRole("combobox", { name: "Speed" })).toHaveValue(/^Fast/);
});

test("play, step, scrub, undo, say, list", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs");
  const time = async () => {
    const [minutes, seconds] = (await clock(page).textContent()).split(":").map(Number);
    return minutes * 60 + seconds;
  };
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Play" })).toBeVisible();
  await page.keyboard.press("Home");
  await expect(clock(page)).toHaveText("0:00.000");
  await press(page, "ArrowRight", 3);
  await expect(clock(page)).toHaveText("0:03.000");
  await page.keyboard.press("ArrowLeft");
  await expect(clock(page)).toHaveText("0:02.000");

  await page.keyboard.press(".");
  await expect.poll(time).toBeGreaterThan(2 - 1e-6);
  // At 1,200 a second a request may end within the millisecond.
  await press(page, ">", 8);
  await expect.poll(time).toBeGreaterThan(2);
  expect(await time()).toBeLessThan(2.1);

  await page.keyboard.press("]");
  await expect(page.getByRole("combobox", { name: "Speed" })).toHaveValue(/^Quick/);
  await page.keyboard.press("[");
  await expect(page.getByRole("combobox", { name: "Speed" })).toHaveValue(/^Live/);

  const capacity = knob(page, "Cache capacity");
  await tabTo(page, capacity);
  await press(page, "ArrowLeft", 20);
  const turned = await capacity.getAttribute("aria-valuetext");
  expect(turned).not.toBe("2,000 keys");
  await page.keyboard.press("Control+z");
  await expect(capacity).toHaveAttribute("aria-valuetext", "2,000 keys");
  await page.keyboard.press("Control+Shift+z");
  await expect(capacity).toHaveAttribute("aria-valuetext", turned);

  // The picture has it too; what is said then is what is seen.
  await expect(scene(page)).toHaveAttribute("aria-label", new RegExp(`Cache holds ${turned}`));
  await page.keyboard.press("i");
  await expect(page.locator("#state")).toBeInViewport();
  await expect(page.locator("#state")).toHaveText(/^At 0:02\.\d+; Clients send [\d,]+ a second; Balancer shares out [\d, ]+ %; App 1 \d+ % busy, /);
  await expect(page.locator("#state")).toHaveText((await scene(page).getAttribute("aria-label")) ?? "");

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys and signs" })).toContainText("Say what the picture shows");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
