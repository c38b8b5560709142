// Speaks to the simulation worker directly, without the page: whole runs, as fast as they go.
import { enumOf, read, write } from "./wire.js";

// The variants of the protocol that are used here, by their place in the enums of crates/web/src/protocol.
const command = { load: 0, runFor: 10, report: 12 };
const answer = { ready: 0, loaded: 1, problems: 2, arrived: 10, reported: 11, crashed: 12 };
const source = { lab: 0, scenario: 1 };

/**
 * Runs a source to its end, then jumps to each of the times, in seconds. Gives the milliseconds of the whole run and
 * of each jump, from the command to the frame that shows the run there.
 */
export function seekTimes(page, source, seconds) {
  return page.evaluate(
    async ({ source, seconds }) => {
      const worker = new Worker("./worker_loader.js", { type: "module" });
      let hear = () => {};
      worker.onmessage = ({ data }) => hear(typeof data === "string" ? JSON.parse(data) : data);
      const until = (done) => new Promise((resolve) => (hear = (answer) => done(answer) && resolve(performance.now())));
      const say = (command) => worker.postMessage(JSON.stringify(command));
      await until((answer) => answer.ready);
      say({ load: { run: 1, source, set: [], actions: [], seed: null, at_us: 0 } });
      await until((answer) => answer.loaded);
      let started = performance.now();
      say({ "run-for": { run: 1, until_us: Number.MAX_SAFE_INTEGER } });
      const wholeRun = (await until((answer) => answer.arrived)) - started;
      const jumps = [];
      for (const second of seconds) {
        started = performance.now();
        say({ seek: { run: 1, at_us: second * 1e6 } });
        // The third number of a frame is its time.
        jumps.push((await until((frame) => frame[2] === second * 1e6)) - started);
      }
      worker.terminate();
      return { wholeRun, jumps };
    },
    { source, seconds },
  );
}

/**
 * Runs `{ lab: id }` or `{ scenario: text }` to its end in the page's worker. Gives the report, as
 * `headroom run --json` prints it, and the milliseconds that the run took.
 */
export async function simulate(page, system, seed = null) {
  const [[kind, text]] = Object.entries(system);
  const run = 1;
  const commands = {
    load: write(enumOf(command.load, [run, enumOf(source[kind], text), [], [], seed, 0])),
    runFor: write(enumOf(command.runFor, [run, Number.MAX_SAFE_INTEGER])),
    report: write(enumOf(command.report, [run])),
  };
  const { bytes, milliseconds } = await page.evaluate(runInWorker, { commands, answer });
  const [, , report] = read(bytes).value;
  return { report, milliseconds };
}

/** Runs in the page: gives the bytes of the report. Which answer it is stands in the second byte. */
async function runInWorker({ commands, answer }) {
  const program = document.querySelector("link[rel=modulepreload]").href;
  const worker = new Worker(`./worker_loader.js#${program}`, { type: "module" });
  const compiled = document.querySelector("link[rel=preload][as=fetch]").href;
  worker.postMessage(await WebAssembly.compileStreaming(fetch(compiled)));
  const waiting = new Map();
  const next = (...kinds) => new Promise((resolve) => kinds.forEach((kind) => waiting.set(kind, resolve)));
  const say = (bytes) => worker.postMessage(Uint8Array.from(bytes));
  worker.onmessage = ({ data }) => {
    if (data instanceof Uint8Array) waiting.get(data[1])?.([...data]);
  };
  const failed = new Promise((_, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    next(answer.problems, answer.crashed).then((bytes) =>
      reject(new Error(new TextDecoder().decode(Uint8Array.from(bytes)))),
    );
  });
  const run = async () => {
    await next(answer.ready);
    say(commands.load);
    await next(answer.loaded);
    const started = performance.now();
    say(commands.runFor);
    await next(answer.arrived);
    const milliseconds = performance.now() - started;
    say(commands.report);
    return { bytes: await next(answer.reported), milliseconds };
  };
  try {
    return await Promise.race([run(), failed]);
  } finally {
    worker.terminate();
  }
}
