// A worker that dies takes nothing with it.
import { expect, test } from "../helpers/test.js";
import { clock, knob, open, seek, share, turn } from "../helpers/learner.js";

// how it dies, what the page says
const deaths = {
  "it throws": [() => setTimeout(() => { throw new Error("provoked"); }), "provoked"],
  "it is told something unreadable": [
    () => self.dispatchEvent(new MessageEvent("message", { data: "not a command" })),
    "a command that cannot be read",
  ],
};

for (const [name, [die, said]] of Object.entries(deaths)) {
  test(`the lab is reloaded with nothing lost: ${name}`, async ({ page, home, context, complaints }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await open(page, home, "what-a-miss-costs");
    await page.getByRole("button", { name: "Pause" }).click();
    await seek(page, 5);
    await turn(page, "Cache capacity", 0);
    await page.getByRole("button", { name: "Slow Database" }).click();
    await seek(page, 9);
    const before = await share(page);

    await page.workers()[0].evaluate(die);
    const panel = page.getByRole("alert");
    await expect(panel).toContainText("The simulation stopped");
    await expect(panel).toContainText(said);
    await panel.getByRole("button", { name: "Copy report" }).click();
    await expect(panel.getByRole("button", { name: "Copied" })).toBeVisible();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toContain("lab: what-a-miss-costs");
    expect(report).toContain("nodes.cache.capacity");

    await panel.getByRole("button", { name: "Reload lab" }).click();
    await expect(clock(page)).toHaveText("0:09.000");
    await expect(knob(page, "Cache capacity")).toHaveAttribute("aria-valuetext", "100 keys");
    const after = await share(page);
    expect(after.file).toEqual(before.file);
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await expect(knob(page, "Cache capacity")).toHaveAttribute("aria-valuetext", "2,000 keys");
    // That it died is what was provoked.
    complaints.length = 0;
  });
}
