// What the picture says of balancers and of who protects itself: shares, whose the keys are, who is out, breakers.
import { expect, test } from "../helpers/test.js";
import { choose, clock, open, scene, seek } from "../helpers/learner.js";

/** Opens a lab's step and stands still. */
async function still(page, home, lab, step) {
  await open(page, home, lab, step);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
}

/** How many pixels of the picture have just this colour. */
const pixels = (page, property) =>
  scene(page).evaluate((canvas, name) => {
    const colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count += 1;
    }
    return count;
  }, property);

test("who fails its checks gets no more, and the others get its share", async ({ page, home }) => {
  await still(page, home, "alive");
  await seek(page, 20);
  await expect(scene(page)).toHaveAccessibleName(/Balancer shares out 2[3-7], 2[3-7], 2[3-7], 2[3-7] %/);
  await page.getByRole("button", { name: "Kill App 2" }).click();
  // Its checks have not failed yet: it gets as many as before, and they are lost.
  await seek(page, 22);
  await expect(scene(page)).toHaveAccessibleName(/shares out 2[3-7], 2[3-7], 2[3-7], 2[3-7] %/);
  await expect(page.locator("#twin")).not.toContainText("gets no calls");
  await seek(page, 30);
  await expect(scene(page)).toHaveAccessibleName(/shares out 3[0-6], 0, 3[0-6], 3[0-6] %/);
  await expect(page.locator("#twin")).toContainText("App 2 is unhealthy and gets no calls");
});

test("a zone that is out takes its servers with it, and is taken back when it is over", async ({ page, home }) => {
  await still(page, home, "alive");
  await seek(page, 12);
  await page.getByText("More to break").click();
  await page.getByRole("button", { name: "Zone A is out" }).click();
  await seek(page, 21.5);
  await expect(scene(page)).toHaveAccessibleName(/shares out 0, (4[4-9]|5[0-6]), 0, (4[4-9]|5[0-6]) %/);
  await expect(page.locator("#twin")).toContainText("App 1 is unhealthy and gets no calls");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await seek(page, 20);
  await expect(scene(page)).toHaveAccessibleName(/shares out 2[3-7], 2[3-7], 2[3-7], 2[3-7] %/);
});

test("keys and their servers have the same colours, on a ring and in a table", async ({ page, home }) => {
  await still(page, home, "hash-and-ring", "add");
  await seek(page, 20);
  await choose(page, "The balancer chooses", "in turn");
  await expect.poll(() => pixels(page, "--neutral-2")).toBe(0);
  for (const algorithm of ["by key, on a ring", "by key, in Maglev's table", "by key, modulo"]) {
    await choose(page, "The balancer chooses", algorithm);
    // DNS alone remembers its answers: this balancer has no time to live to tell of.
    await expect(page.getByText(/ · TTL/)).toHaveCount(0);
    for (const server of [1, 2, 3]) {
      await expect.poll(() => pixels(page, `--neutral-${server}`), { message: `${algorithm}: ${server}` }).toBeGreaterThan(100);
    }
  }
});

test("a breaker that opens is told, and looked into", async ({ page, home }) => {
  await still(page, home, "breaker-bulkhead-fallback", "checkout");
  // Calls that are under way keep the time-out they began with, so what is set is set before the trouble at 0:30.
  await seek(page, 28);
  await expect(clock(page)).toHaveText("0:28.000");
  await choose(page, "Breaker: opens when half have failed", "of the last 50");
  await choose(page, "The shop waits for a call", "1 s at most");
  await seek(page, 29);
  await expect(clock(page)).toHaveText("0:29.000");
  await page.getByRole("button", { name: "All nodes and links" }).click();
  await page.getByRole("dialog", { name: "Nodes and links" }).getByRole("button", { name: "Shop", exact: true }).click();
  await expect(page.getByText("closed, towards Recommender")).toBeVisible();
  await seek(page, 36);
  await expect(page.getByText(/^(open|half-open), towards Recommender/)).toBeVisible();
  await expect(page.locator("#twin")).toContainText("The breaker of Shop has opened");
});
