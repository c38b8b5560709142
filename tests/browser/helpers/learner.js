// What a learner does in a lab, by what is written on the page.
import { inflateRawSync, deflateRawSync } from "node:zlib";

import { expect } from "./test.js";

/** Opens a lab at a step and waits until its system stands on the screen. */
export async function open(page, home, lab, step = "") {
  await home(`?lab=${lab}${step && `&step=${step}`}`);
  await expect(scene(page)).toBeVisible({ timeout: 20_000 });
}

/** The picture of the system; its name says in a sentence what it shows. */
export const scene = (page) => page.getByRole("img", { name: /^At \d/ });

/** The time on the screen, as it is written. */
export const clock = (page) => page.locator(".transport .time");

/** A chart by its name, with the figures in its header. */
export const chart = (page, name) => page.getByRole("region", { name, exact: true });

/** The first slider of that name: the one in the lesson where there is one. */
export const knob = (page, name) => page.getByRole("slider", { name, exact: true }).first();

/** Turns a knob; on a logarithmic one `value` is the slider's place. */
export const turn = (page, name, value) => knob(page, name).fill(String(value));

/** The button that leads on. */
export const next = (page) => page.getByRole("button", { name: /^(Next|Finish)/ });

/** Chooses one of a knob's options. */
export const choose = (page, name, label) => page.getByRole("combobox", { name }).first().selectOption({ label });

/** Goes to a time of the run, in seconds. */
export async function seek(page, seconds) {
  await page.getByRole("slider", { name: "Time", exact: true }).fill(String(seconds * 1e6));
}

/** Chooses an answer, where one must be chosen, locks it in and waits for what it was. */
export async function predict(page, answer) {
  if (answer !== undefined) await page.getByRole("radio", { name: answer }).check({ force: true });
  await page.getByRole("button", { name: "Lock it in and run" }).click();
  await expect(page.getByText("It was", { exact: true })).toBeVisible({ timeout: 30_000 });
}

/** Draws a line by its sliders, one value for each point, locks it in and waits for what it was. */
export async function sketch(page, values) {
  const sliders = page.locator(".sketch-point input");
  await expect(sliders).toHaveCount(values.length);
  for (const [index, value] of values.entries()) await sliders.nth(index).fill(String(value));
  await predict(page);
}

/** Lets the five runs judge; gives "Passed" or "Not yet". */
export async function check(page) {
  await page.getByRole("button", { name: "Check with 5 runs" }).click();
  const verdict = page.getByRole("heading", { name: /^(Passed|Not yet)/ });
  await expect(verdict).toBeVisible({ timeout: 60_000 });
  return (await verdict.textContent()).split(" · ")[0];
}

/** Shares the run on the screen; gives the link and the run file in it, with its digest. */
export async function share(page) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const field = page.getByRole("textbox", { name: "Link" });
  await expect(field).toHaveValue(/#run=/, { timeout: 20_000 });
  const link = await field.inputValue();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  return { link, file: unpack(link.split("#run=")[1]) };
}

/** The run file of a link's fragment. */
export const unpack = (packed) => JSON.parse(inflateRawSync(Buffer.from(packed, "base64url")).toString());

/** The fragment for a run file, or for any other text. */
export const pack = (file) =>
  deflateRawSync(typeof file === "string" ? file : JSON.stringify(file)).toString("base64url");
