// The worker gives the golden runs: the same digests as native builds, bit for bit.
import { readFile } from "node:fs/promises";

import { expect, test } from "../helpers/test.js";
import { simulate } from "../helpers/worker.js";

const golden = new URL("../../golden/", import.meta.url);
const { engine, scenarios, labs } = JSON.parse(await readFile(new URL("digests.json", golden), "utf8"));

for (const [name, digest] of Object.entries(scenarios)) {
  test(`runs ${name} as native builds do`, async ({ page, home }) => {
    await home();
    const scenario = await readFile(new URL(`${name}.toml`, golden), "utf8");
    const { report } = await simulate(page, { scenario });
    expect(report).toMatchObject({ digest, engine });
  });
}

for (const [lab, digest] of Object.entries(labs)) {
  test(`runs the lab ${lab} as native builds do`, async ({ page, home }) => {
    await home();
    const { report } = await simulate(page, { lab });
    expect(report).toMatchObject({ digest, engine });
  });
}
