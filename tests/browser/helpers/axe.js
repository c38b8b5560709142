// The accessibility rules, run inside the page. `@axe-core/playwright` does the same, but reads its half megabyte anew
// for every look and opens a tab beside the page to put the frames' results together: two seconds a look, where this
// takes a third of one. The page has no frames, and a look at one that has says so.
import axe from "axe-core";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The violations of the WCAG 2.2 AA rules on the page as it stands, each as one line. */
export async function violations(page) {
  if (page.frames().length > 1) throw new Error("axe looks at the page alone, and this one has frames");
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (tags) => {
    const { violations } = await window.axe.run({ runOnly: { type: "tag", values: tags } });
    return violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target.join(" ")) }));
  }, rules);
  return found.map(({ id, targets }) => `${id}: ${targets.join(", ")}`);
}
