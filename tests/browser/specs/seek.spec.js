// Any time of a run may be gone to, and the run there is the same whichever way led to it.
import { expect, test } from "../helpers/test.js";
import { open, seek, share } from "../helpers/learner.js";
import { simulate } from "../helpers/worker.js";

test("a run that was jumped about in is the run that never was", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs", "spike");
  await page.getByRole("button", { name: "Pause" }).click();
  await seek(page, 50);
  const straight = (await share(page)).file;
  for (const seconds of [10, 59, 3.2, 46, 0, 50]) await seek(page, seconds);
  expect((await share(page)).file).toEqual(straight);
});

test("how long a jump takes", async ({ page, home }) => {
  await home();
  const seconds = [30, 5, 59, 43.1, 0.5, 55.5, 20, 48];
  const lab = { lab: "what-a-miss-costs" };
  const { milliseconds: wholeRun, seeks: jumps } = await simulate(page, lab, { seeks: seconds });
  const told = jumps.map((milliseconds, index) => `to ${seconds[index]} s ${milliseconds.toFixed(0)} ms`);
  console.log(`  whole run ${wholeRun.toFixed(0)} ms; ${told.join(", ")}`);
  console.log(`  slowest jump ${Math.max(...jumps).toFixed(0)} ms, budget 250 ms`);
  expect(jumps).toHaveLength(seconds.length);
});
