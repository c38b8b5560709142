// Speaks to the simulation worker directly, without the page: whole runs, as fast as they go.

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
