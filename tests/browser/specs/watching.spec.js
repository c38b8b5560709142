// Looking closer: one request's way in bars and words, following a request, what failed and why.
import { clock, open, scene, seek } from "../helpers/learner.js";
import { expect, picture, test } from "../helpers/test.js";

const dialog = (page) => page.getByRole("dialog", { name: "One request" });
const table = (page) => page.getByRole("table", { name: "One request" });

/** Opens the cache lab in its spike, where everybody waits for connections. */
async function inTheSpike(page, home) {
  await open(page, home, "what-a-miss-costs", "spike");
  await seek(page, 46);
  await expect(clock(page)).toContainText("0:46");
}

test("a request is followed by keyboard: it says where it is and why it waits, and grows until it has failed", async ({
  page,
  home,
  axe,
}) => {
  test.slow();
  await inTheSpike(page, home);
  await page.keyboard.press("f");
  const waits = dialog(page).getByText("All 64 places are taken.");
  await expect(waits).toContainText(/^Now: waits to be let in at App [123]\./, { timeout: 20_000 });
  await expect(page.getByRole("combobox", { name: "Speed" })).toContainText("Slow: 1 s here = 0.1 s there");
  const soFar = async () => Number((await table(page).getByRole("row").last().textContent()).match(/(\d+) ms/)[1]);
  const first = await soFar();
  await expect.poll(soFar).toBeGreaterThan(first + 50);
  expect(await axe()).toEqual([]);
  await picture(page, "following");
  // It gives up after a second; time stands, and the chain of causes is told.
  const why = page.getByRole("region", { name: "Why it failed" });
  await expect(why).toContainText("The client stopped waiting for Balancer after 1 s.", { timeout: 30_000 });
  await expect(why).toContainText(/It had waited \d+ ms to be let in; all 64 places were taken\./);
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  // Time passes again as before.
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
});

test("each row tells work from waiting from those further down from travel", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs", "look");
  await seek(page, 20);
  await page.keyboard.press("f");
  await page.getByRole("button", { name: "Show the slowest" }).click();
  await expect(table(page).getByRole("row", { name: /^Database/ })).toContainText(/worked [\d.]+ ms/);
  await expect(table(page).getByRole("row", { name: /^App/ }).first()).toContainText(/waited [\d.]+ ms for Cache, Database/);
  // A look-up costs time inside the cache; it is no wait.
  const cache = table(page).getByRole("row", { name: /^Cache/ }).first();
  await expect(cache).toContainText(/took [\d.]+ ms inside/);
  await expect(cache).not.toContainText("waited");
  for (const kind of ["at work here", "waiting here", "waiting for those further down", "on its way"]) {
    await expect(dialog(page).getByText(kind, { exact: true })).toBeVisible();
  }
});

test("a mark that is clicked is followed, drawn whatever the sample", async ({ page, home }) => {
  test.slow();
  await open(page, home, "busy-is-not-full", "");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const box = await scene(page).boundingBox();
  // Somewhere between the two cards a mark is on its way.
  for (let x = box.width * 0.3; x < box.width * 0.7; x += 6) {
    await scene(page).click({ position: { x, y: box.height / 2 } });
    if (await dialog(page).isVisible()) break;
  }
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByText(/^(Read: (answered after|on its way for)|Not sent yet)/)).toBeVisible();
  await expect(dialog(page).getByRole("button", { name: "Follow it again" })).toBeVisible();
});
