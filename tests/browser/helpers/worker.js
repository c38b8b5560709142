// Speaks to the simulation worker directly, without the page: whole runs, as fast as they go.

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
export function simulate(page, source, { set = [], actions = [], seed = null } = {}) {
  return page.evaluate(
    async (load) => {
      const worker = new Worker("./worker_loader.js", { type: "module" });
      const waiting = new Map();
      const next = (...types) => new Promise((resolve) => types.forEach((type) => waiting.set(type, resolve)));
      const say = (command) => worker.postMessage(JSON.stringify(command));
      worker.onmessage = ({ data }) => {
        if (typeof data !== "string") return;
        const [[type, answer]] = Object.entries(JSON.parse(data));
        waiting.get(type)?.(answer);
      };
      const failed = new Promise((_, reject) => {
        worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
        next("problems", "crashed").then((answer) => reject(new Error(JSON.stringify(answer))));
      });
      const run = async () => {
        await next("ready");
        say(load);
        await next("loaded");
        const started = performance.now();
        say({ "run-for": { run: 1, until_us: Number.MAX_SAFE_INTEGER } });
        await next("arrived");
        const milliseconds = performance.now() - started;
        say({ report: { run: 1 } });
        const { report } = await next("reported");
        return { report, milliseconds };
      };
      try {
        return await Promise.race([run(), failed]);
      } finally {
        worker.terminate();
      }
    },
    { load: { run: 1, source, set, actions, seed, at_us: 0 } },
  );
}
