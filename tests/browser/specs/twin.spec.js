// Lab 2.1 from its first step to its last card by words alone. The test sees nothing: it hears what a screen reader
// would be given (the name, role and value of what has the focus, the first heading, and what live regions say), and
// presses keys. The picture, the charts and all other text are out of its reach.
import { expect, test } from "../helpers/test.js";

/** What is heard and done without seeing. */
class Listener {
  constructor(page) {
    this.page = page;
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  /** The focused element as it is read out: "slider, Cache capacity, 500 keys". */
  focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      const label = element.getAttribute("aria-label") ?? [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
      const role = element.type === "range" ? "slider" : element.type || element.tagName.toLowerCase();
      const value = element.type === "radio" ? "" : (element.getAttribute("aria-valuetext") ?? element.value ?? "");
      return [role, label.trim() || element.textContent.trim(), value].join(", ");
    });
  }

  /** Goes on with Tab until what has the focus sounds like that. */
  async find(sound) {
    for (let presses = 0; presses < 90; presses += 1) {
      if (sound.test(await this.focused())) return;
      await this.press("Tab");
    }
    throw new Error(`nothing that is read out as ${sound} within 90 presses of Tab`);
  }

  /** Everything that live regions say at this moment. */
  told() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll("[role=log], [role=status], [role=alert], [aria-live=polite]")]
        .map((region) => region.textContent.trim())
        .filter(Boolean)
        .join(" | "),
    );
  }

  async hears(words, timeout = 30_000) {
    await expect.poll(() => this.told(), { timeout }).toMatch(words);
  }

  async heading(words) {
    await expect.poll(() => this.page.evaluate(() => document.querySelector("h1").textContent)).toBe(words);
  }

  /** Presses a button by its name. */
  async act(name) {
    await this.find(new RegExp(`^(button|submit), ${name}`));
    await this.press("Enter");
  }

  /** Chooses an answer: Tab enters the list, arrows go along it. */
  async choose(answer) {
    await this.find(/^radio, /);
    const sound = new RegExp(`^radio, ${answer}`);
    await this.press("Space");
    for (let presses = 0; !sound.test(await this.focused()); presses += 1) {
      if (presses === 10) throw new Error(`no answer is read out as ${answer}`);
      await this.press("ArrowDown");
    }
  }

  /** Turns a slider until it sounds right. */
  async turn(name, key, right) {
    await this.find(new RegExp(`^slider, ${name}`));
    for (let presses = 0; presses < 200; presses += 1) {
      if (right.test(await this.focused())) return;
      await this.press(key);
    }
    throw new Error(`${name} never sounded like ${right}: ${await this.focused()}`);
  }
}

test("a whole lab by words alone", async ({ page, home }) => {
  test.slow();
  const listener = new Listener(page);
  await home("?lab=what-a-miss-costs");
  await listener.heading("What a miss costs");

  // The state in a sentence, then the knob that asks to be turned.
  await expect
    .poll(async () => {
      await listener.press("i");
      return listener.told();
    }, { timeout: 20_000 })
    .toMatch(/Clients send [\d,]+ a second; Balancer shares out [\d, ]+ %; App 1 \d+ % busy/);
  await listener.turn("Cache capacity", "ArrowRight", /4,\d{3} keys/);
  await listener.act("Next");

  await listener.heading("What a miss costs");
  await listener.choose("45 to 65 %");
  await listener.act("Lock it in and run");
  await listener.hears(/It was\s*5\d(\.\d)? %/);
  await listener.act("Next");

  // The spike is heard coming, and what it does.
  await listener.heading("Survive the spike");
  await listener.hears(/A queue has formed at App \d|Requests have begun to fail/, 60_000);
  await listener.act("Check with 5 runs");
  await listener.hears(/Not yet.*Missed.*p99 ≤ 120 ms/, 60_000);
  await listener.turn("Pool size", "ArrowRight", /, 20 connections/);
  await listener.act("Check with 5 runs");
  await listener.hears(/Passed.*Why it passes/, 60_000);
  await listener.act("Next");

  await listener.heading("Which proposal holds?");
  await listener.choose("20 connections in each pool");
  await listener.act("Lock it in and run");
  await listener.hears(/20 connections in each pool, instead of 5\s*You said\s*It was\s*[\d.]+ ms/, 60_000);
  await listener.act("Next");

  // The clock runs: what is full is heard, and mended.
  await listener.heading("Bring it back");
  await listener.act("Start the clock");
  await listener.turn("Pool size", "ArrowRight", /, 20 connections/);
  await listener.act("Check with 5 runs");
  await listener.hears(/Passed.*Time to recover/, 60_000);
  await listener.act("Finish");
  await listener.heading("In your system");
});
