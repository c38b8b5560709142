// What the page weighs, compressed as a host would, page and worker together. The budget of the first labs is 350 KB and is
// missed so far: this test prints by how much, and holds the line so that it gets no worse. What every host can do is
// gzip, so that is what counts.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

import { expect, test } from "../helpers/test.js";

const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const kilobyte = 1024;
const budget = 350 * kilobyte;
const line = 600 * kilobyte;

test("the page grows no further beyond its budget of 350 KB compressed", async () => {
  const total = { gzip: 0, brotli: 0 };
  const sizes = [];
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    const file = await readFile(join(parentPath, name));
    const size = {
      gzip: (await promisify(gzip)(file, { level: 9 })).length,
      brotli: (await promisify(brotliCompress)(file)).length,
    };
    sizes.push(`  ${name}: ${written(size)}`);
    total.gzip += size.gzip;
    total.brotli += size.brotli;
  }
  console.log(`${sizes.join("\n")}\n  total: ${written(total)}; the budget is ${budget / kilobyte} KB`);
  expect(total.gzip).toBeLessThanOrEqual(line);
});

const written = ({ gzip, brotli }) => `${(gzip / kilobyte).toFixed(1)} KB by gzip, ${(brotli / kilobyte).toFixed(1)} by brotli`;
