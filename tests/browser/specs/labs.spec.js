// Labs played as a learner plays them.
import { expect, picture, test } from "../helpers/test.js";
import { show, views } from "../helpers/views.js";

test("the first minute of the first lab", async ({ page, home }) => {
  await home("?lab=busy-is-not-full");
  // Something moves by itself, and one knob asks to be turned.
  const clock = page.getByText(/^0:0\d\.\d{3}$/).first();
  const before = await clock.textContent();
  await expect(clock).not.toHaveText(before ?? "");
  const next = page.getByRole("button", { name: /^Next/ });
  await expect(next).toBeDisabled();
  const knob = page.getByRole("slider", { name: "Requests a second" }).first();
  await knob.fill("80");
  await expect(next).toBeEnabled();
  await next.click();
  // The prediction: answered, locked in, revealed.
  await page.getByRole("radio").last().check({ force: true });
  await page.getByRole("button", { name: "Lock it in and run" }).click();
  await expect(page.getByText("You said")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("It was")).toBeVisible();
});

test("what a miss costs: predict, see the spike, fail the task, pass it", async ({ page, home }) => {
  test.slow();
  await home("?lab=what-a-miss-costs&step=shrink");
  await expect(page.getByText("after your prediction").first()).toBeVisible();
  await page.getByRole("radio", { name: "45 to 65 %" }).check({ force: true });
  await page.getByRole("button", { name: "Lock it in and run" }).click();
  await expect(page.getByText("It was")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/^5[67]\.\d %$/).first()).toBeVisible();
  await page.getByRole("button", { name: "Next: survive the spike" }).click();
  const check = page.getByRole("button", { name: "Check with 5 runs" });
  await check.click();
  await expect(page.getByText("Not yet")).toBeVisible({ timeout: 60_000 });
  // One of the two cures: a wider pool.
  await page.getByRole("slider", { name: "Pool size" }).first().fill("20");
  await check.click();
  await expect(page.getByText("missed", { exact: true })).toHaveCount(0, { timeout: 60_000 });
  await expect(page.getByText("met", { exact: true })).toHaveCount(3, { timeout: 60_000 });
});

for (const view of views) {
  test(`a lab has no accessibility violations, ${view.name}`, async ({ page, home, axe }) => {
    await show(page, view);
    await home("?lab=what-a-miss-costs&step=spike");
    await expect(page.getByRole("button", { name: "Check with 5 runs" })).toBeVisible();
    await expect(page.getByText("Starting the simulation")).toHaveCount(0);
    await expect(page.getByText(/^0:4[1-9]\.\d+$/).first()).toBeVisible({ timeout: 20_000 });
    await picture(page, `lab-${view.name}`);
    expect(await axe()).toEqual([]);
  });
}
