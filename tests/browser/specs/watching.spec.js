// Looking closer: one request's way in bars and words, following a request, what failed and why.
import { chart, clock, open, scene, seek } from "../helpers/learner.js";
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
  const waits = dialog(page).getByText("64 of 64 places are taken.");
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
  await expect(why).toContainText(/It had waited [\d.]+ m?s to be let in; 64 of 64 places were taken\./);
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
  await open(page, home, "busy-is-not-full");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 30);
  const box = await scene(page).boundingBox();
  // Somewhere between the two cards a mark is on its way.
  for (let x = box.width * 0.3; x < box.width * 0.7; x += 6) {
    await scene(page).click({ position: { x, y: box.height / 2 - 14 } });
    if (await dialog(page).isVisible()) break;
  }
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByText(/^(Read: (answered after|on its way for)|Not sent yet)/)).toBeVisible();
  await expect(dialog(page).getByRole("button", { name: "Follow it again" })).toBeVisible();
});

test("a percentile says what it means and shows one of those above it; failures show one, and why", async ({
  page,
  home,
}) => {
  test.slow();
  await open(page, home, "what-a-miss-costs", "spike");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 42);
  const p99 = chart(page, "Latency").getByRole("button", { name: /^p99/ });
  await p99.hover();
  await expect(page.getByRole("tooltip").filter({ hasText: "1 of 100" })).toHaveText(
    /^1 of 100 requests took longer than [\d.]+ ms\. In this second: about 1\d of them\./,
  );
  const limit = Number((await p99.textContent()).match(/p99 (\d+)/)[1]);
  await p99.click();
  await expect(table(page)).toBeVisible();
  const took = (await dialog(page).textContent()).match(/answered after ([\d.]+) ms/);
  expect(Number(took[1])).toBeGreaterThanOrEqual(limit - 1);
  await page.keyboard.press("Escape");
  await seek(page, 47);
  await chart(page, "Requests").getByRole("button", { name: /failed/ }).click();
  await expect(page.getByRole("region", { name: "Why it failed" })).toContainText("The client stopped waiting");
});

test("a node is looked into from the list: figures, charts, who is inside and what happened; so is a link", async ({
  page,
  home,
  axe,
}) => {
  test.slow();
  await open(page, home, "what-a-miss-costs", "spike");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 46);
  await page.getByRole("button", { name: "Kill App 2" }).click();
  await page.keyboard.press("n");
  await page.getByRole("dialog", { name: "Nodes and links" }).getByRole("button", { name: "App 2" }).click();
  const app = page.getByRole("dialog", { name: "App 2" });
  await expect(app).toContainText("Statedown");
  await expect(app.getByRole("region", { name: "Waiting", exact: true })).toBeVisible();
  const died = app.getByRole("region", { name: "What happened" }).getByRole("button", { name: /died, with [\d,]+ requests inside/ });
  await expect(died).toHaveText(/^0:46\.\d+ /);
  expect(await axe()).toEqual([]);
  await picture(page, "node-inspector");
  await page.keyboard.press("n");
  await page.getByRole("button", { name: "App → Database" }).click();
  const link = page.getByRole("dialog", { name: "App → Database" });
  await expect(link).toContainText(/Connections in use\d+ of 30/);
  await expect(link).toContainText("One way1 ms");
  await expect(link.getByRole("region", { name: "Time of a call" })).toBeVisible();
  expect(await axe()).toEqual([]);
  await picture(page, "link-inspector");
});

test("where time passes so fast that marks say nothing, links are bands with their rates", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full");
  await seek(page, 20);
  const speed = page.getByRole("combobox", { name: "Speed" });
  // How much of the way between the two cards has the colour of a request in it.
  const covered = () =>
    scene(page).evaluate((canvas) => {
      const [from, to] = [Math.round(canvas.width * 0.28), Math.round(canvas.width * 0.6)];
      const { data } = canvas.getContext("2d").getImageData(from, 0, to - from, canvas.height);
      const columns = new Set();
      for (let index = 0; index < data.length; index += 4) {
        if (data[index + 2] > data[index] + 50) columns.add((index / 4) % (to - from));
      }
      return columns.size / (to - from);
    });
  expect(await covered()).toBeLessThan(0.75);
  await speed.selectOption({ label: "Faster: 1 s here = 100 s there" });
  await expect.poll(covered).toBeGreaterThan(0.8);
  await picture(page, "bands");
  await speed.selectOption({ label: "Live: 1 s here = 1 s there" });
  await expect.poll(covered).toBeLessThan(0.75);
});

test("the picture is looked at closer and moved, by keys, buttons, wheel and pointer", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs", "spike");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await seek(page, 30);
  const picture = () => scene(page).evaluate(async (canvas) => {
      const bytes = new TextEncoder().encode(canvas.toDataURL());
      return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join(" ");
    });
  // The frame of the jump has come once the picture stays as it is.
  let whole;
  await expect.poll(async () => whole === (whole = await picture())).toBe(true);
  const becomes = async (act, same = false) => {
    const before = await picture();
    await act();
    if (same) await expect.poll(picture).toBe(whole);
    else await expect.poll(picture).not.toBe(before);
  };
  await becomes(() => page.keyboard.press("+"));
  await becomes(() => page.keyboard.press("-"), true);
  await becomes(() => page.getByRole("button", { name: "Zoom in" }).click());
  const box = await scene(page).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + 60];
  await becomes(async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 80, y + 40, { steps: 4 });
    await page.mouse.up();
  });
  // Dragging is no click.
  await expect(page.getByRole("dialog")).toBeHidden();
  await becomes(() => page.getByRole("button", { name: "All of it" }).click(), true);
  await page.mouse.move(x, y);
  await becomes(() => page.mouse.wheel(0, -300));
  await becomes(() => page.keyboard.press("0"), true);
  await page.getByRole("button", { name: "All nodes and links" }).click();
  await expect(page.getByRole("dialog", { name: "Nodes and links" })).toBeVisible();
});
