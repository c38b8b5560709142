// What a visit to the heaviest lab downloads, compressed as a host would, page and worker together: everything but the
// other labs, claims and symptoms, the other languages and the cache workbench, which are fetched only where they are opened. The budgets
// are 350 KB for the first labs and 600 KB with everything. Packed by Brotli, as many hosts do, a visit meets the second,
// which is held to; by gzip, which every host can do, both are missed: this test prints by how much, and holds the line so
// that it gets no worse.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

import { expect, test } from "../helpers/test.js";

const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const kilobyte = 1024;
const budgets = "350 KB for the first labs, 600 KB with everything";
const line = 742 * kilobyte;
const workbenchLine = 250 * kilobyte;

test("the page grows no further beyond its budgets", async () => {
  const total = { gzip: 0, brotli: 0 };
  const heaviest = { gzip: 0, brotli: 0 };
  const apart = { gzip: 0, brotli: 0 };
  const workbench = { gzip: 0, brotli: 0 };
  const sizes = [];
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    const file = await readFile(join(parentPath, name));
    const size = {
      gzip: (await promisify(gzip)(file, { level: 9 })).length,
      brotli: (await promisify(brotliCompress)(file)).length,
    };
    sizes.push(`  ${name}: ${written(size)}`);
    const folder = parentPath.slice(dist.length);
    const sum = name.startsWith("workbench") ? workbench : folder === "" ? total : apart;
    sum.gzip += size.gzip;
    sum.brotli += size.brotli;
    if (folder === "labs" && name !== "sayings.bin" && size.gzip > heaviest.gzip) Object.assign(heaviest, size);
  }
  total.gzip += heaviest.gzip;
  total.brotli += heaviest.brotli;
  console.log(`${sizes.join("\n")}\n  all labs, claims and symptoms, languages and recorded traces: ${written(apart)}\n  the cache workbench, fetched when it is opened: ${written(workbench)}\n  a visit to the heaviest lab: ${written(total)}; the budgets are ${budgets}`);
  expect(total.brotli).toBeLessThanOrEqual(600 * kilobyte);
  expect(total.gzip).toBeLessThanOrEqual(line);
  expect(workbench.gzip).toBeLessThanOrEqual(workbenchLine);
});

const written = ({ gzip, brotli }) => `${(gzip / kilobyte).toFixed(1)} KB by gzip, ${(brotli / kilobyte).toFixed(1)} by brotli`;
