// What the page itself costs, in Chromium: frames with many marks and with 60 nodes, a worker started again after a
// crash, memory over a long play. node bench-page.js [frames | restart | play [MINUTES]]; all of them by default.
// It prints and never fails on a figure: machines are noisy.

import { chromium } from "@playwright/test";

import serve from "./helpers/host.js";
import { enumOf, write } from "./helpers/wire.js";

const [only, minutes = "30"] = process.argv.slice(2);
const parts = { frames, restart, play };

const stop = await serve();
const browser = await chromium.launch({
  executablePath: process.env.HEADROOM_BROWSER || undefined,
  args: ["--disable-gpu"],
});
try {
  console.log(`Chromium ${browser.version()}, 1440 x 900, without a GPU`);
  for (const [name, part] of Object.entries(parts)) if (!only || only === name) await part();
} finally {
  await browser.close();
  await stop();
}

async function frames() {
  for (const marks of [1_000, 3_000, 5_000]) await frameRate(`${marks.toLocaleString("en")} marks`, { marks });
  await frameRate("60 nodes", { scenario: sixtyNodes() });
}

/** Frames of a lab that plays for five seconds, with so many marks on the screen or another system in it. */
async function frameRate(title, { marks = 0, scenario }) {
  const page = await open({ marks, scenario });
  await page.waitForTimeout(2_000);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  };
  const [before, { gaps, longest }, after] = [await busy(), await page.evaluate(watchFrames, 5_000), await busy()];
  gaps.sort((a, b) => a - b);
  const rate = (gaps.length / gaps.reduce((sum, gap) => sum + gap, 0)) * 1000;
  console.log(
    `  ${title}: ${rate.toFixed(0)} frames/s, 95 of 100 within ${gaps[Math.floor(gaps.length * 0.95)].toFixed(1)} ms, ` +
      `main thread busy ${(((after - before) / 5) * 100).toFixed(0)} %, longest task ${longest.toFixed(0)} ms`,
  );
  await page.close();
}

/** Runs in the page: the times between frames and the longest task within `wait` milliseconds. */
function watchFrames(wait) {
  return new Promise((resolve) => {
    const gaps = [];
    let longest = 0;
    // What is shorter than 50 ms is not told.
    const observer = new PerformanceObserver((list) =>
      list.getEntries().forEach(({ duration }) => (longest = Math.max(longest, duration))),
    );
    observer.observe({ type: "longtask" });
    const start = performance.now();
    let last;
    const frame = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      if (now - start < wait) requestAnimationFrame(frame);
      else resolve({ gaps, longest });
    };
    requestAnimationFrame(frame);
  });
}

/** From the crash on the screen to the run as it was, with what was done to it, best and worst of five. */
async function restart() {
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    const page = await open({});
    await page.getByRole("button", { name: "Pause" }).click();
    const time = page.getByRole("slider", { name: "Time", exact: true });
    const knob = page.getByRole("slider", { name: "Cache capacity", exact: true }).first();
    await time.fill("5000000");
    await knob.fill("100");
    await time.fill("20000000");
    await page.locator(".transport .time").getByText("0:20.000").waitFor();
    await page.workers()[0].evaluate(() => setTimeout(() => { throw new Error("provoked"); }));
    await page.getByRole("button", { name: "Reload lab" }).waitFor();
    times.push(await page.evaluate(reload));
    await page.close();
  }
  times.sort((a, b) => a - b);
  console.log(
    `  a crashed worker started again, settings and time restored: ${times[0].toFixed(0)} to ${times.at(-1).toFixed(0)} ms; budget: at most 1,000 ms`,
  );
}

/** Runs in the page: presses "Reload lab" and waits until time, knob and picture are back. */
function reload() {
  const started = performance.now();
  [...document.querySelectorAll("[role=alert] button")].find((button) => button.textContent === "Reload lab").click();
  const back = () =>
    document.querySelector(".transport .time")?.textContent === "0:20.000" &&
    document.querySelector(".stage canvas")?.getAttribute("aria-label")?.startsWith("At 0:20.000; ") &&
    document.querySelector("input[type=range][aria-valuetext='1,000 keys']") !== null;
  return new Promise((resolve) => {
    const look = () => (back() ? resolve(performance.now() - started) : setTimeout(look, 2));
    look();
  });
}

/** Memory of page and worker while a lab plays, begun again whenever it is over. */
async function play() {
  const page = await open({ weigh: true });
  await page.getByRole("combobox", { name: "Speed" }).selectOption({ index: 4 });
  const samples = [];
  const rounds = Math.max(3, Math.round(Number(minutes) * 2));
  for (let round = 0; round < rounds; round += 1) {
    await page.waitForTimeout((Number(minutes) * 60_000) / rounds);
    const again = page.getByRole("button", { name: "Play", exact: true });
    if (await again.isVisible()) await again.click();
    samples.push(await weigh(page));
  }
  const third = Math.ceil(samples.length / 3);
  console.log(`  ${minutes} minutes of playing: the most in the first third and in the last, and nine samples, in MB:`);
  for (const name of ["page heap", "page program", "worker program"]) {
    const of = samples.map((sample) => sample[name] / 2 ** 20);
    const [first, last] = [Math.max(...of.slice(0, third)), Math.max(...of.slice(-third))];
    const nine = Array.from({ length: 9 }, (_, index) => of[Math.round((index * (of.length - 1)) / 8)]);
    console.log(
      `    ${name}: ${first.toFixed(2)}, ${last.toFixed(2)} (${last > first * 1.05 ? "it grows" : "flat"}); ` +
        nine.map((size) => size.toFixed(2)).join(" "),
    );
  }
  await page.close();
}

/** Bytes in use: of the page's heap after a collection, and what both programs have taken. */
async function weigh(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  const program = () => self.programs.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  const [worker] = page.workers();
  return {
    "page heap": usedSize,
    "page program": await page.evaluate(program),
    "worker program": await worker.evaluate(program),
  };
}

/** Lab 2.1 as it opens, or with so many marks, another system, or programs whose memory can be read. */
async function open({ marks = 0, scenario, weigh: weighs = false }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  if (weighs) {
    await page.addInitScript(keepPrograms);
    await page.route("**/worker_loader.js*", async (route) => {
      const script = await (await route.fetch()).text();
      await route.fulfill({ contentType: "text/javascript", body: `(${keepPrograms})();\n${script}` });
    });
  }
  const load = scenario && write(enumOf(0, [1, enumOf(1, scenario), [], [], null, 0]));
  await page.addInitScript(standBetween, { marks, load });
  await page.goto(`${process.env.HEADROOM_ADDRESS}?lab=what-a-miss-costs`);
  await page.getByRole("img", { name: /^At \d/ }).waitFor();
  return page;
}

/** Runs first in page or worker: keeps the memory of every program that is started. */
function keepPrograms() {
  self.programs = [];
  const keep = (name) => {
    const start = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await start(...given);
      self.programs.push((made.instance ?? made).exports.memory);
      return made;
    };
  };
  keep("instantiate");
  keep("instantiateStreaming");
}

/**
 * Runs first in the page, between it and its worker: puts another system in place of the lab's, and adds messages to
 * each frame until about `marks` are on their way, each for the 240 ms that the shortest takes.
 */
function standBetween({ marks, load }) {
  const [header, perInstance] = [12, 18];
  let root = 0;
  const more = (numbers) => {
    const instances = numbers[11];
    const places = header + instances * perInstance;
    const node = (instance) => numbers[header + instance * perInstance];
    const app = Array.from({ length: instances }, (_, n) => n).filter((n) => node(n) === 2);
    const hops = [];
    // At 60 frames a second.
    for (let hop = 0; hop < Math.round((marks / 240) * (1000 / 60)); hop += 1) {
      root += 1;
      const [from, to] = [app[hop % app.length], hop % 2 ? instances - 1 : instances - 2];
      hops.push(numbers[2] - 1, numbers[2], from, to, (root << 8) >>> 0, 0, root, (hop % 5) << 5);
    }
    return Float64Array.of(...numbers.slice(0, places), ...numbers.slice(places), ...hops);
  };
  window.Worker = class extends Worker {
    postMessage(message, ...rest) {
      const isLoad = message instanceof Uint8Array && message[1] === 0;
      super.postMessage(load && isLoad ? Uint8Array.from(load) : message, ...rest);
    }
    set onmessage(listen) {
      super.onmessage = (event) => {
        const frame = marks > 0 && event.data instanceof Float64Array;
        listen(frame ? new MessageEvent("message", { data: more(event.data) }) : event);
      };
    }
  };
}

/** Clients, a balancer before 29 services, each with a database of its own: 60 nodes. */
function sixtyNodes() {
  const names = Array.from({ length: 29 }, (_, n) => String(n + 1).padStart(2, "0"));
  const pair = (name) => `
[nodes.app${name}]
kind = "service"
cores = 2
service_time = { distribution = "exponential", mean = "2ms" }
to = "db${name}"
[nodes.db${name}]
kind = "database"
service_time = { distribution = "exponential", mean = "5ms" }`;
  return `title = "Sixty nodes"
duration = "10m"
[nodes.clients]
kind = "clients"
to = "lb"
arrivals = { process = "poisson", rate = 2000 }
keys = { distribution = "zipf", count = 1000, alpha = 1.0 }
[nodes.lb]
kind = "balancer"
algorithm = "round-robin"
to = [${names.map((name) => `"app${name}"`).join(", ")}]
${names.map(pair).join("")}
`;
}
