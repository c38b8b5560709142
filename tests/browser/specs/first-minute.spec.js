// The first minute of the first lab: it moves by itself, one knob asks to be turned, the line grows, one prediction is
// answered, one task is passed. How long it takes a machine is printed; people read.
import { expect, test } from "../helpers/test.js";
import { check, clock, knob, next, open, predict, scene, turn } from "../helpers/learner.js";

test("the first minute of the first lab", async ({ page, home }) => {
  const started = Date.now();
  const at = (what) => console.log(`  ${((Date.now() - started) / 1000).toFixed(1)} s: ${what}`);

  await open(page, home, "busy-is-not-full");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const before = await clock(page).textContent();
  await expect(clock(page)).not.toHaveText(before);
  at("something moves");

  await expect(page.getByText("Turn it up to 80.")).toBeVisible();
  const rate = knob(page, "Requests a second");
  await expect(rate).toHaveClass(/inviting/);
  await expect(page.getByRole("button", { name: "Next" })).toBeDisabled();
  at("one sentence and one knob that asks to be turned");

  await turn(page, "Requests a second", 80);
  await expect(rate).not.toHaveClass(/inviting/);
  const waiting = async () => Number((await scene(page).getAttribute("aria-label")).match(/(\d+) waiting/)[1]);
  await expect.poll(waiting, { timeout: 20_000, intervals: [50] }).toBeGreaterThan(2);
  at("the line has grown");

  await next(page).click();
  await expect(page.getByText("after your prediction")).toBeVisible();
  await predict(page, "60 to 140 ms");
  await expect(page.getByText("It bends more")).toBeVisible();
  at("one prediction is answered");

  await next(page).click();
  await turn(page, "Requests a second", 78);
  expect(await check(page)).toBe("Passed");
  await expect(page.getByText(/Served: 78 a second. Par, the best known, is 79 a second/)).toBeVisible();
  at("one task is passed");
});
