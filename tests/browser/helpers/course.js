// The course as its files list it, so that a step that is added is looked at too.
import { readdir, readFile } from "node:fs/promises";

const content = new URL("../../../crates/labs/content/", import.meta.url);

/** Labs with the ids of their steps, and of the last card. */
export async function steps() {
  const labs = {};
  for (const chapter of await readdir(content, { withFileTypes: true })) {
    if (!chapter.isDirectory()) continue;
    for (const lab of await readdir(new URL(`${chapter.name}/`, content))) {
      const text = await readFile(new URL(`${chapter.name}/${lab}/lab.toml`, content), "utf8");
      const ids = [...text.matchAll(/^\[\[steps\]\]\nid = "([^"]+)"/gm)].map(([, id]) => id);
      labs[lab] = [...ids, "in-your-system"];
    }
  }
  return labs;
}
