// `test` and `expect` for every spec, with two fixtures:
//   home   opens the page: `await home()`, `await home("?lab=busy-is-not-full")`
//   axe    `await axe()` gives the violations of the WCAG 2.2 AA rules on the page as it stands
// Every test that uses `page` fails if the page logged an error, threw, or asked another host for anything.
import { test as base, expect } from "@playwright/test";

import { violations } from "./axe.js";

export { expect };

export const test = base.extend({
  /** What the page did wrong so far; a test that provokes an error empties it after looking. */
  complaints: async ({}, use) => {
    const complaints = [];
    await use(complaints);
    expect(complaints, "what the page complained of").toEqual([]);
  },

  page: async ({ page, complaints }, use) => {
    watch(page, complaints);
    await use(page);
  },

  home: async ({ page }, use) => {
    await use((query = "") => page.goto(process.env.HEADROOM_ADDRESS + query));
  },

  axe: async ({ page }, use) => {
    await use(() => violations(page));
  },
});

/** Notes errors, exceptions and requests to other hosts of `page` in `complaints`. Use it for further tabs as well. */
export function watch(page, complaints) {
  const host = new URL(process.env.HEADROOM_ADDRESS).host;
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (address.protocol.startsWith("http") && address.host !== host) complaints.push(`asked ${address.host}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} for ${response.url()}`);
  });
}

/** A picture of the page as it stands, in results/pictures/NAME.png, to be looked at beside the design. */
export async function picture(page, name) {
  await page.screenshot({ path: `results/pictures/${name}.png`, animations: "disabled" });
}
