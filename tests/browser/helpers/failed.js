// Writes which tests failed, a line each, to the file that HEADROOM_FAILED names: what is printed above the last
// stage's hundred lines is easily missed.
import { appendFileSync } from "node:fs";
import { relative } from "node:path";

export default class Failed {
  onTestEnd(test, { status, error }) {
    if (status === test.expectedStatus || status === "skipped" || !process.env.HEADROOM_FAILED) return;
    const place = `${relative(process.cwd(), test.location.file)}:${test.location.line}`;
    // The first line says what was expected, without the colours of a terminal.
    const why = (error?.message ?? status).replace(/\u001b\[[0-9;]*m/g, "").split("\n")[0];
    appendFileSync(process.env.HEADROOM_FAILED, `${place} ${test.title}: ${why}\n`);
  }

  printsToStdio() {
    return false;
  }
}
