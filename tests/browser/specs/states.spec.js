// Empty, waiting and broken states have words.
import { expect, picture, test } from "../helpers/test.js";
import { chart, clock, next, open, pack, predict, scene, seek } from "../helpers/learner.js";

test("before it runs, the page says how to start it", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Back to the start" }).click();
  await expect(page.getByText("Press play or Space")).toBeVisible();
  await expect(chart(page, "Time in the system").locator("header")).toContainText(/mean\s*–/);
});

test("a second in which nothing ends is told, and is no 0 ms", async ({ page, home }) => {
  await open(page, home, "in-the-door-out-the-door", "stall");
  await predict(page, "less than 100 ms");
  await seek(page, 21.5);
  await expect(page.getByText("No requests finished in this second.")).toBeVisible();
  await expect(clock(page)).toHaveText("0:21.500");
  await picture(page, "state-silent");
  await seek(page, 30);
  await expect(page.getByText("No requests finished in this second.")).toHaveCount(0);
});

test("where everything fails, the page says which node, and since when", async ({ page, home, axe }) => {
  const actions = [{ at: "3s", do: "kill", node: "server" }];
  await home(`?lab=busy-is-not-full#run=${pack({ headroom: 1, engine: 1, lab: "busy-is-not-full", seed: 1, actions, until: 8 })}`);
  await expect(clock(page)).toHaveText("0:08.000");
  await expect(page.getByText("Every request has failed since 0:03. Server is down.")).toBeVisible();
  expect(await axe()).toEqual([]);
  await picture(page, "state-all-fail");
});

test("a browser that keeps nothing is told of, and what was done stands as long as one stays", async ({ page, home }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } });
  });
  await open(page, home, "one-in-a-hundred", "in-your-system");
  await page.getByRole("link", { name: "Headroom, all labs" }).click();
  await expect(page.getByText(/1 of \d+ labs done. This browser keeps nothing/)).toBeVisible();
});

test("a lab whose file does not arrive can be asked for again", async ({ page, home, axe, complaints }) => {
  const files = "**/labs/*.bin";
  await page.route(files, (route) => route.abort());
  await home();
  await page.getByRole("link", { name: /^One in a hundred/ }).click();
  await expect(page.getByRole("heading", { name: "This lab could not be fetched" })).toBeVisible();
  expect(await axe()).toEqual([]);
  await picture(page, "state-not-fetched");
  await page.unroute(files);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(scene(page)).toBeVisible();
  // That it could not be fetched is what was provoked.
  expect(complaints.length).toBeGreaterThan(0);
  complaints.length = 0;
});

test("symptoms that do not arrive can be asked for again, and search finds the rest", async ({ page, home, axe, complaints }) => {
  const file = "**/labs/sayings.bin";
  await page.route(file, (route) => route.abort());
  await home();
  await page.keyboard.press("/");
  await page.keyboard.type("busy");
  await expect(page.getByRole("dialog").getByRole("link").first()).toContainText("Busy is not full");
  await page.keyboard.press("Escape");
  await page.getByRole("navigation").getByRole("link", { name: "Symptoms" }).click();
  await expect(page.getByRole("alert")).toContainText("The file of this page did not arrive.");
  expect(await axe()).toEqual([]);
  await picture(page, "state-no-symptoms");
  await page.unroute(file);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "no more comes out" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(complaints.length).toBeGreaterThan(0);
  complaints.length = 0;
});

test("where WebAssembly is blocked there are words and a still picture", async ({ page, home, complaints }) => {
  await page.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "content-security-policy": "script-src 'self' 'unsafe-inline'" };
    await route.fulfill({ response, headers });
  });
  await home();
  await expect(page.getByText("WebAssembly is blocked here.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Busy is not full" })).toBeVisible();
  await expect(page.getByRole("img", { name: /four of them wait in line/ })).toBeVisible();
  await picture(page, "state-blocked");
  // That it could not be compiled is what was provoked.
  expect(complaints.length).toBeGreaterThan(0);
  complaints.length = 0;
});

test("a finished lab says what one can do now, and where to go next", async ({ page, home }) => {
  await open(page, home, "busy-is-not-full", "in-your-system");
  await expect(page.getByText("You can say how busy a server may be before its users wait.")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Next lab: / })).toBeVisible();
  await expect(page.getByRole("button", { name: "Share this run" })).toBeVisible();
  await expect(next(page)).toHaveCount(0);
  await expect(scene(page)).toBeVisible();
});
