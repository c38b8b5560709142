// What the page weighs, compressed as a host would, page and worker together. The budget of the first labs is 350 KB and is
// missed so far: this test prints by how much, and holds the line so that it gets no worse.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { expect, test } from "../helpers/test.js";

const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const kilobyte = 1024;
const budget = 350 * kilobyte;
const line = 570 * kilobyte;

test("the page grows no further beyond its budget of 350 KB compressed", async () => {
  let total = 0;
  const sizes = [];
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    const { length } = await promisify(gzip)(await readFile(join(parentPath, name)), { level: 9 });
    sizes.push(`  ${name}: ${(length / kilobyte).toFixed(1)} KB`);
    total += length;
  }
  console.log(`${sizes.join("\n")}\n  total: ${(total / kilobyte).toFixed(1)} of ${budget / kilobyte} KB`);
  expect(total).toBeLessThanOrEqual(line);
});
