// Every test gets a fresh page at one of the sizes in `sizes`, from a static host that serves dist/ under a sub-path.
import { defineConfig } from "@playwright/test";

import { sizes } from "./helpers/views.js";

const beside = /(access|balancing|course|digests|predictions|reading|states|twin)\.spec\.js$/;

export default defineConfig({
  testDir: "./specs",
  globalSetup: "./helpers/host.js",
  // Two cores: the page's worker simulates on the second. What looks at pages that stand still, or plays labs at its own
  // pace, leaves half of that idle, so it runs two at a time; what watches the clock runs alone.
  workers: 2,
  fullyParallel: true,
  projects: [
    // Each with a folder of its own: the second to run would clear away what the first has left.
    { name: "two at a time", testMatch: beside, outputDir: "./results/two" },
    { name: "alone", testIgnore: beside, workers: 1, outputDir: "./results/alone" },
  ],
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["./helpers/failed.js"]],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    viewport: sizes.desktop,
    colorScheme: "dark",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.HEADROOM_BROWSER || undefined,
      args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"],
    },
  },
});
