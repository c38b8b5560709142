// A plain static host on this machine. It serves dist/ from a folder deep in the site, as a course page would have
// it, so that an address starting at the root fails here rather than there. Started once before all tests.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const folder = "/courses/scalability/week-3/";

const types = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** Playwright's global set-up: starts the host, names it in HEADROOM_ADDRESS, and returns what stops it. */
export default async function start() {
  await stat(join(dist, "index.html")).catch(() => {
    throw new Error("dist/index.html is missing; run `cargo xtask build` first");
  });
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.HEADROOM_ADDRESS = `http://127.0.0.1:${server.address().port}${folder}`;
  return () => new Promise((resolve) => server.close(resolve));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://host");
  const path = pathname.startsWith(folder) ? pathname.slice(folder.length) || "index.html" : undefined;
  const file = path === undefined ? undefined : normalize(join(dist, decodeURIComponent(path)));
  const found = file?.startsWith(dist.replace(/[/\\]$/, "") + sep) && (await stat(file).catch(() => undefined));
  if (!found || !found.isFile()) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    return;
  }
  const type = types[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": found.size });
  createReadStream(file).pipe(response);
}
