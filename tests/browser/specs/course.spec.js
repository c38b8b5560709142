// Labs 0.2 to 0.4, those of chapter 2 after the first, and those of chapters 3 and 4, each played to its last card by what its page says; what was done stays done.
import { expect, test } from "../helpers/test.js";
import { check, choose, next, open, predict, sketch, turn } from "../helpers/learner.js";

/** The lab that the course ends with: it suggests no other. */
const last = "say-no-early";

const labs = {
  "one-in-a-hundred": [
    (page) => turn(page, "Requests a second", 300),
    (page) => predict(page),
    async (page) => {
      // Nothing on the time axis gives away what is to be found.
      const pauses = page.locator(".scrubber .hatched");
      await expect(pauses).toHaveCount(0);
      for (let opened = 0; opened < 3; opened += 1) {
        await page.getByRole("button", { name: `Open a slow one (${opened} of 3)` }).last().click();
        await expect(page.getByRole("table", { name: "One request" })).toContainText("Server C");
      }
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      await page.getByRole("radio", { name: "They were writes" }).check({ force: true });
      await expect(page.getByText("one of ten slow requests is a write")).toBeVisible();
      await page.getByRole("radio", { name: "They were sent to server C" }).check({ force: true });
      await expect(pauses).toHaveCount(6);
    },
    (page) => predict(page, "more than the average"),
  ],
  "the-narrow-place": [
    (page) => turn(page, "Requests a second", 2_000),
    (page) => predict(page, "Store"),
    async (page) => {
      await turn(page, "App", 12);
      expect(await check(page)).toBe("Passed");
    },
    (page) => predict(page, "2,700 to 3,300"),
    async (page) => {
      // The list stands in an order that gives nothing away; the last comes to the front.
      await page.getByRole("button", { name: "Move 24 cores for app, 6 for web up" }).click();
      await page.getByRole("button", { name: "Move 24 cores for app, 6 for web up" }).click();
      await page.getByRole("button", { name: "Lock it in and run" }).click();
      await expect(page.getByText("Twice as much of two parts sounds like most.")).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText("3. 6 cores for web, 144 for store")).toBeVisible();
    },
  ],
  "in-the-door-out-the-door": [
    (page) => turn(page, "Requests a second", 250),
    (page) => predict(page),
    async (page) => {
      await turn(page, "Pool size", 15);
      expect(await check(page)).toBe("Passed");
    },
    (page) => predict(page, "more than 1,000 ms"),
    (page) => predict(page, "more than 1,000 ms"),
  ],
  "the-last-per-cent": [
    (page) => turn(page, "Cache capacity", 1_000),
    (page) => predict(page, "50 to 56"),
    (page) => predict(page),
    async (page) => {
      await turn(page, "Cache capacity", 2_000);
      expect(await check(page)).toBe("Not yet");
      await turn(page, "Cache capacity", 800);
      expect(await check(page)).toBe("Passed");
    },
  ],
  "who-leaves": [
    (page) => turn(page, "Crawler's requests a second", 150),
    async (page) => {
      // LRU stands first, and stays there for who believes in it.
      await page.getByRole("button", { name: "Lock it in and run" }).click();
      await expect(page.getByText("LRU throws each figure out shortly before it is wanted.")).toBeVisible({ timeout: 30_000 });
    },
    (page) => predict(page, "LFU: used least often leaves"),
    async (page) => {
      await choose(page, "Pages: who leaves", "oldest unread since (SIEVE)");
      await choose(page, "Totals: who leaves", "oldest unread since (SIEVE)");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Totals: who leaves", "used last (MRU)");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "the-old-value-comes-back": [
    (page) => turn(page, "Share of reads", 0.7),
    (page) => predict(page, "none"),
    (page) => predict(page, "a time to live of 1 s"),
    async (page) => {
      await choose(page, "Second delete after", "50 ms");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Who may fill the cache", "the newest version");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "write-through": [
    (page) => turn(page, "Share of reads", 0.5),
    (page) => predict(page, "about 87, as before"),
    (page) => predict(page, "never: both are written"),
    async (page) => {
      await choose(page, "What a write leaves in the cache", "nothing (around)");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Who may fill the cache", "who holds a lease");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "refresh-ahead": [
    (page) => turn(page, "Visitors' requests a second", 800),
    (page) => predict(page, "nearly all"),
    (page) => predict(page, "never: it is loaded before its end"),
    async (page) => {
      await choose(page, "Popular pages are loaded ahead from age", "5 s");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Popular pages are loaded ahead from age", "9.5 s");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "write-behind": [
    (page) => turn(page, "Writes a second", 800),
    (page) => predict(page, "none"),
    (page) => predict(page, "room for 2,000 writes"),
    async (page) => {
      await choose(page, "A write is answered", "once the database has it");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "A write is answered", "at once, written behind");
      await choose(page, "The database is told every", "100 ms");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "ttl-event-tag": [
    (page) => turn(page, "Changes a second", 10),
    (page) => predict(page),
    (page) => predict(page, "a time to live of 6 s"),
    async (page) => {
      await choose(page, "Time to live", "1 s");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Time to live", "60 s");
      await choose(page, "Of a change the cache hears", "by an event");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "five-levels": [
    (page) => turn(page, "Reads a second", 400),
    (page) => predict(page, "none"),
    (page) => predict(page, "15 s at most"),
    async (page) => {
      await choose(page, "The app's memory keeps a page for", "no time");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "The app's memory keeps a page for", "15 s");
      await choose(page, "The proxy keeps a page for", "no time");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "stampede": [
    (page) => turn(page, "Requests a second", 1_000),
    (page) => predict(page),
    (page) => predict(page, "120 database cores"),
    async (page) => {
      await choose(page, "A miss while somebody loads", "waits");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Given out after its end for", "5 s");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "the-cache-is-gone": [
    (page) => turn(page, "Reads a second", 3_000),
    (page) => predict(page, "65 to 95 %"),
    (page) => predict(page, "1,500 keys in each cache node"),
    async (page) => {
      await turn(page, "Cache nodes", 2);
      await turn(page, "Room of each node", 1_350);
      expect(await check(page)).toBe("Not yet");
      await turn(page, "Cache nodes", 6);
      await turn(page, "Room of each node", 450);
      expect(await check(page)).toBe("Passed");
    },
    async (page) => {
      await choose(page, "A miss while somebody loads", "waits");
      expect(await check(page)).toBe("Not yet");
      await turn(page, "Database cores", 10);
      expect(await check(page)).toBe("Passed");
    },
  ],
  weights: [
    (page) => turn(page, "Requests a second", 300),
    (page) => predict(page, "nearly all"),
    (page) => predict(page, "Small"),
    (page) => predict(page, "20 to 25 ms"),
    async (page) => {
      await choose(page, "Weights: large, old, small", "4 : 2 : 1");
      await choose(page, "The balancer chooses", "by chance, by weight");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "The balancer chooses", "in turn, by weight");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "two-choices": [
    (page) => turn(page, "Requests a second", 900),
    (page) => predict(page),
    async (page) => {
      await page.getByRole("button", { name: "Lock it in and run" }).click();
      await expect(page.getByText("In turn is worse than chance")).toBeVisible({ timeout: 30_000 });
    },
    (page) => predict(page, "up to 15"),
    async (page) => {
      await choose(page, "Each balancer chooses", "by chance");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Each balancer chooses", "of two by chance, who has fewer");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "long-connections": [
    (page) => turn(page, "Requests a second", 380),
    (page) => predict(page, "as busy as the others"),
    (page) => predict(page, "choose the server with the fewest connections"),
    (page) => predict(page, "more than 80 ms"),
    async (page) => {
      await choose(page, "It chooses", "who has the fewest");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "It chooses", "in turn");
      await choose(page, "A connection ends", "after 15 s");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "one-at-a-time": [
    (page) => turn(page, "Requests a second", 300),
    (page) => predict(page, "none at all"),
    (page) => predict(page, "none: it is slow, but it answers"),
    async (page) => {
      await choose(page, "A server that leaves may finish for", "30 s");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "A new server gets its full share after", "20 s");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "hash-and-ring": [
    (page) => turn(page, "Users' requests a second", 240),
    (page) => predict(page, "about 20 %: those that the new one gets"),
    (page) => predict(page, "hardly more than the mean"),
    (page) => predict(page, "hardly more than the mean"),
    async (page) => {
      await choose(page, "The balancer chooses", "by key, on a ring");
      await choose(page, "Places of a server on the ring", "1");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Places of a server on the ring", "160");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "layer-4-or-7": [
    (page) => turn(page, "Requests a second", 200),
    (page) => predict(page, "as at layer 4"),
    (page) => predict(page, "three servers more, at layer 4"),
    (page) => predict(page, "about 90 %"),
    async (page) => {
      await turn(page, "Servers in app-a", 5);
      await turn(page, "Servers in app-b", 5);
      expect(await check(page)).toBe("Not yet");
      await turn(page, "Servers in app-a", 3);
      await turn(page, "Servers in app-b", 3);
      // At layer 4 there are no paths; what is refused is taken back.
      await choose(page, "Routes (layer 7)", "/search to app-b, /pay to app-a");
      await expect(page.getByText("a layer-4 balancer cannot see paths")).toBeVisible();
      await expect(page.getByRole("combobox", { name: "Routes (layer 7)" }).first()).toHaveValue("none");
      await choose(page, "The balancer passes on", "requests: layer 7");
      await choose(page, "Routes (layer 7)", "/search to app-b, /pay to app-a");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "near-is-not-always-quick": [
    (page) => turn(page, "Requests a second in Sydney", 190),
    (page) => predict(page, "less than 0.2 s"),
    async (page) => {
      await predict(page, "half to Tokyo: the four servers in turn");
      await expect(page.getByText("The picture shows: to Tokyo when each server here has 8 under way.")).toBeVisible();
      await expect(page.getByRole("region", { name: "p95 by clients" })).toContainText("Sydney users");
    },
    (page) => predict(page, "0.2 to 1 s"),
    async (page) => {
      await choose(page, "Sydney's balancer asks", "who has the fewest");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Sydney's balancer asks", "the nearest with room");
      await choose(page, "A server is full with", "8");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "fair-is-not-equal": [
    (page) => turn(page, "Requests a second", 180),
    (page) => predict(page, "as few as now"),
    (page) => predict(page, "a fifth server"),
    async (page) => {
      await turn(page, "Servers", 5);
      expect(await check(page)).toBe("Not yet");
      await turn(page, "Servers", 4);
      await choose(page, "The next request goes to", "the one with the fewest under way");
      expect(await check(page)).toBe("Passed");
    },
  ],
  alive: [
    (page) => turn(page, "Requests a second", 400),
    (page) => predict(page, "20 to 300"),
    (page) => predict(page, "hardly any"),
    (page) => predict(page, "nearly all"),
    async (page) => {
      await choose(page, "A check of each server every", "100 ms");
      await choose(page, "A check has failed without an answer after", "100 ms");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Panic: all are asked when healthy are", "less than half");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "retries-are-not-free": [
    (page) => turn(page, "Requests a second", 160),
    (page) => predict(page, "6 to 18"),
    (page) => predict(page, "twice as many cores"),
    async (page) => {
      await choose(page, "The shop tries again", "nothing");
      await choose(page, "The stock tries again", "nothing");
      expect(await check(page)).toBe("Not yet");
      await turn(page, "The page's further tries", 1);
      expect(await check(page)).toBe("Passed");
    },
  ],
  "it-stays-down": [
    (page) => turn(page, "Requests a second", 280),
    (page) => predict(page, "nearly all"),
    (page) => predict(page, "280 a second"),
    async (page) => {
      await choose(page, "Second tries", "at most 10 %");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Room in the line", "200");
      expect(await check(page)).toBe("Passed");
    },
    async (page) => {
      await page.getByRole("button", { name: "Start the clock" }).click();
      await choose(page, "Room in the line", "200");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "timeouts-and-deadlines": [
    (page) => turn(page, "Requests a second", 300),
    (page) => predict(page, "about two thirds"),
    async (page) => {
      // 30 s, 15 ms, 1 s: the last comes to the front, the first goes to the end.
      await page.getByRole("button", { name: /^Move 1 s.* up$/ }).click();
      await page.getByRole("button", { name: /^Move 1 s.* up$/ }).click();
      await page.getByRole("button", { name: /^Move 30 s.* down$/ }).click();
      await page.getByRole("button", { name: "Lock it in and run" }).click();
      await expect(page.getByText("At 1 s, 33 workers wait")).toBeVisible({ timeout: 30_000 });
    },
    (page) => predict(page, "about 200"),
    async (page) => {
      await choose(page, "What the database does past the deadline", "it drops the request");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Deadline, after users asked", "1 s");
      expect(await check(page)).toBe("Passed");
    },
  ],
  hedging: [
    (page) => turn(page, "Cores of each instance", 8),
    (page) => predict(page, "nearly twice as many"),
    async (page) => {
      await page.getByRole("button", { name: "Move two copies at once, for each call down" }).click();
      await page.getByRole("button", { name: "Lock it in and run" }).click();
      await expect(page.getByText("It sends the fewest copies, and each comes late")).toBeVisible({ timeout: 30_000 });
    },
    (page) => predict(page, "no second copies"),
    async (page) => {
      await choose(page, "A second copy goes out", "after 54 ms, at most for 5 %");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "A second copy goes out", "for the latest 5 %");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "breaker-bulkhead-fallback": [
    (page) => turn(page, "Pages a second", 160),
    (page) => predict(page, "nearly all"),
    async (page) => {
      await sketch(page, [0, 2, 1, 2, 2, 0]);
      await expect(page.getByRole("row", { name: /^0:41 / })).toHaveText(/0:41.*half-open.*half-open/);
    },
    async (page) => {
      await choose(page, "Breaker: opens when half have failed", "of the last 50");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "The shop waits for a call", "1 s at most");
      expect(await check(page)).toBe("Passed");
    },
    async (page) => {
      await choose(page, "If the recommender fails", "the page comes without it");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "The shop waits for a call", "200 ms at most");
      expect(await check(page)).toBe("Passed");
    },
  ],
  "say-no-early": [
    (page) => turn(page, "Users' requests a second", 160),
    (page) => predict(page, "about 33"),
    (page) => predict(page, "twice the cores"),
    async (page) => {
      await choose(page, "Room in the app's line", "10,000");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Room in the app's line", "50");
      expect(await check(page)).toBe("Passed");
    },
    async (page) => {
      await choose(page, "Who is next in the app's line", "users before the partner");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "Who is next in the app's line", "whoever came first");
      await choose(page, "Rate limit", "100 a second");
      expect(await check(page)).toBe("Not yet");
      await choose(page, "The rate limit is for", "each customer");
      expect(await check(page)).toBe("Passed");
    },
  ],
};

for (const [lab, steps] of Object.entries(labs)) {
  test(`${lab} is played to its last card, and that is kept`, async ({ page, home }) => {
    test.slow();
    await open(page, home, lab);
    for (const step of steps) {
      await expect(page.getByText(/^Step \d of \d$/).last()).toBeVisible();
      await step(page);
      await next(page).click();
    }
    await expect(page.getByRole("heading", { name: "In your system" })).toBeVisible();
    await expect(page.getByRole("link", { name: /^Next lab: / })).toHaveCount(lab === last ? 0 : 1);
    await page.reload();
    await expect(page.getByRole("heading", { name: "In your system" })).toBeVisible();
    await page.getByRole("link", { name: "Headroom, all labs" }).click();
    const card = page.locator(`.labs a[href*="${lab}"]`);
    await expect(card).toContainText("Done");
    await expect(page.locator(".labs").getByText("Done")).toHaveCount(1);
  });
}

test("a term opens its definition and the lab that teaches it", async ({ page, home }) => {
  await open(page, home, "what-a-miss-costs");
  const term = page.getByRole("button", { name: "cache", exact: true });
  await term.click();
  const note = page.getByRole("note");
  await expect(note).toContainText("Taught in");
  await page.keyboard.press("Escape");
  await expect(note).toHaveCount(0);
  await expect(term).toHaveAttribute("aria-expanded", "false");
});
