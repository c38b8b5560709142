// Links that cannot be used say so, and the lab stands there as it ships.
import { expect, test } from "../helpers/test.js";
import { clock, knob, pack, scene } from "../helpers/learner.js";

const run = {
  headroom: 1,
  engine: 1,
  lab: "what-a-miss-costs",
  seed: 42,
  actions: [{ at: "2s", do: "set", path: "nodes.cache.capacity", value: 100 }],
  until: 4,
};
const whole = pack(run);

// what is wrong, the fragment, what is said
const links = [
  ["half of it is missing", whole.slice(0, whole.length / 2), "damaged"],
  ["one letter was changed", `${whole.slice(0, 9)}${whole[9] === "A" ? "B" : "A"}${whole.slice(10)}`, "damaged"],
  ["no base64", "%%%", "damaged"],
  ["nothing", "", "damaged"],
  ["no run file", pack("[1, 2, 3]"), "damaged"],
  ["an action that nobody knows", pack({ ...run, actions: [{ at: "1s", do: "explode" }] }), "damaged"],
  ["two megabytes once unpacked", pack(" ".repeat(2 << 20)), "damaged"],
  ["a lab that is not here", pack({ ...run, lab: "no-such-lab" }), "leads to a lab that is not here"],
];

for (const [name, packed, said] of links) {
  test(`a link is refused: ${name}`, async ({ page, home }) => {
    await home(`?lab=what-a-miss-costs#run=${packed}`);
    await expect(page.getByRole("alert")).toContainText(said);
    await expect(scene(page)).toBeVisible();
    await expect(knob(page, "Cache capacity")).toHaveAttribute("aria-valuetext", "2,000 keys");
    const before = await clock(page).textContent();
    await expect(clock(page)).not.toHaveText(before);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
}

test("a run of another engine runs, and says that figures may differ", async ({ page, home }) => {
  await home(`?lab=what-a-miss-costs#run=${pack({ ...run, engine: 0 })}`);
  await expect(page.getByRole("alert")).toContainText("Made with engine 0");
  await expect(clock(page)).toHaveText("0:04.000");
  await expect(knob(page, "Cache capacity")).toHaveAttribute("aria-valuetext", "100 keys");
});

test("a setting that the lab refuses says so", async ({ page, home }) => {
  const actions = [{ at: "2s", do: "set", path: "nodes.cache.capacity", value: -5 }];
  await home(`?lab=what-a-miss-costs#run=${pack({ ...run, actions })}`);
  await expect(page.getByRole("alert")).toContainText("nodes.cache.capacity");
});
