// Speaks to the simulation worker directly, without the page: whole runs, as fast as they go.
import { enumOf, read, write } from "./wire.js";

// The variants of the protocol that are used here, by their place in the enums of crates/web/src/protocol.
const command = { load: 0, seek: 2, runFor: 10, report: 12, bring: 20 };
const answer = { ready: 0, loaded: 1, problems: 2, arrived: 10, reported: 11, crashed: 12 };
const source = { lab: 0, scenario: 1 };

/**
 * Runs `{ lab: id }` or `{ scenario: text }` to its end in the page's worker. Gives the report, as
 * `headroom run --json` prints it, and the milliseconds that the run took, by the clock or by a function
 * `processorMilliseconds` if the page has one, whichever is less; then those of each of `seeks`, times in seconds,
 * until the frame of that time comes. `warm` runs it four times and gives the best of the last three, when the browser
 * has compiled what it will.
 */
export async function simulate(page, system, { seed = null, seeks = [], warm = false } = {}) {
  const [[kind, text]] = Object.entries(system);
  const run = 1;
  const bytes = (name, ...fields) => write(enumOf(command[name], [run, ...fields]));
  const commands = {
    bring: kind === "lab" ? write(enumOf(command.bring, [await page.evaluate(file, text)])) : [],
    load: bytes("load", enumOf(source[kind], text), [], [], seed, 0),
    runFor: bytes("runFor", Number.MAX_SAFE_INTEGER),
    report: bytes("report"),
    seeks: seeks.map((seconds) => ({ at: seconds * 1e6, bytes: bytes("seek", seconds * 1e6) })),
  };
  const told = await page.evaluate(runInWorker, { commands, answer, warm });
  const [, , report] = read(told.report).value;
  return { report, milliseconds: told.milliseconds, seeks: told.seeks };
}

/** Runs in the page: a lab's file. */
async function file(lab) {
  return [...new Uint8Array(await (await fetch(`./labs/${lab}.bin`)).arrayBuffer())];
}

/** Runs in the page: gives the bytes of the report. Which answer it is stands in the second byte. */
async function runInWorker({ commands, answer, warm }) {
  const program = document.querySelector("link[rel=modulepreload]").href;
  const worker = new Worker(`./worker_loader.js#${program}`, { type: "module" });
  const compiled = document.querySelector("link[rel=preload][as=fetch]").href;
  worker.postMessage(await WebAssembly.compileStreaming(fetch(compiled)));
  const waiting = new Map();
  const next = (...kinds) => new Promise((resolve) => kinds.forEach((kind) => waiting.set(kind, resolve)));
  // The third number of a frame is its time; the worker counts in whole nanoseconds.
  const frameAt = (time) =>
    next("frame").then((frame) => (Math.abs(frame[2] - time) < 1 ? frame : frameAt(time)));
  const say = (bytes) => worker.postMessage(Uint8Array.from(bytes));
  worker.onmessage = ({ data }) => {
    if (data instanceof Uint8Array) waiting.get(data[1])?.([...data]);
    else waiting.get("frame")?.(data);
  };
  const failed = new Promise((_, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    next(answer.problems, answer.crashed).then((bytes) =>
      reject(new Error(new TextDecoder().decode(Uint8Array.from(bytes)))),
    );
  });
  const clock = () => performance.now();
  const processor = async () => (await window.processorMilliseconds?.()) ?? clock();
  const once = async () => {
    say(commands.load);
    await next(answer.loaded);
    const [used, started] = [await processor(), clock()];
    say(commands.runFor);
    await next(answer.arrived);
    const passed = clock() - started;
    return Math.min(passed, (await processor()) - used);
  };
  const run = async () => {
    await next(answer.ready);
    if (commands.bring.length > 0) say(commands.bring);
    if (warm) await once();
    let milliseconds = await once();
    for (let more = warm ? 2 : 0; more > 0; more -= 1) milliseconds = Math.min(milliseconds, await once());
    say(commands.report);
    const report = await next(answer.reported);
    const seeks = [];
    for (const { at, bytes } of commands.seeks) {
      const started = clock();
      say(bytes);
      await frameAt(at);
      seeks.push(clock() - started);
    }
    return { report, milliseconds, seeks };
  };
  try {
    return await Promise.race([run(), failed]);
  } finally {
    worker.terminate();
  }
}
