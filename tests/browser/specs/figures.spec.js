// How quick the page is, as figures beside their budgets: machines differ, so nothing here fails for being slow.
import { expect, test } from "../helpers/test.js";
import { knob, open, scene } from "../helpers/learner.js";

test("first paint", async ({ page, home }) => {
  await home();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  console.log(`  first paint ${paint.toFixed(0)} ms after the load began, budget 400 ms`);
  expect(paint).toBeGreaterThan(0);
});

test("frames while the spike is on", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs", "spike");
  await expect(page.getByText(/^0:4[3-9]\.\d+$/)).toBeVisible({ timeout: 20_000 });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  };
  const before = await busy();
  const frames = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const times = [];
        const frame = (now) => {
          times.push(now);
          if (now - times[0] < 3_000) requestAnimationFrame(frame);
          else resolve(times.slice(1).map((time, index) => time - times[index]));
        };
        requestAnimationFrame(frame);
      }),
  );
  const seconds = frames.reduce((sum, frame) => sum + frame, 0) / 1_000;
  const share = ((await busy()) - before) / seconds;
  frames.sort((one, other) => one - other);
  const at = (part) => frames[Math.floor(frames.length * part)].toFixed(1);
  console.log(`  ${(frames.length / seconds).toFixed(1)} frames/s, budget 60; p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
  console.log(`  page busy ${(share * 100).toFixed(0)} %, budget 60 %`);
  expect(frames.length).toBeGreaterThan(1);
});

test("a knob", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full");
  await expect(scene(page)).toHaveAttribute("aria-label", /send [45]\d a second/, { timeout: 10_000 });
  const times = await knob(page, "Requests a second").evaluate(async (input) => {
    const until = async (done) => {
      const started = performance.now();
      while (!done()) await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - started;
    };
    const value = input.closest(".knob").querySelector("output");
    const picture = document.querySelector(".stage canvas");
    const rate = () => Number(picture.getAttribute("aria-label").match(/send ([\d,]+) a second/)[1]);
    const before = rate();
    input.value = "110";
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const said = await until(() => value.textContent === "110");
    return { said, metric: said + (await until(() => rate() > before + 8)) };
  });
  console.log(`  a knob's value after ${times.said.toFixed(0)} ms, budget 100 ms`);
  console.log(`  the rate moves after ${times.metric.toFixed(0)} ms, budget 250 ms of the run`);
  expect(times.said).toBeGreaterThan(0);
});
