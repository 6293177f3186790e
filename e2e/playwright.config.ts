import { defineConfig } from "@playwright/test";
import { launchOptions } from "./support/browser";
import { type CombinationOptions, combinations, projectOf } from "./support/matrix";

const report = process.env["RUCHE_E2E_REPORT"];
// RUCHE_E2E_ENGINES=sqlite runs without PostgreSQL.
const engines = (process.env["RUCHE_E2E_ENGINES"] || "sqlite,postgres").split(",");

export default defineConfig<CombinationOptions>({
  testDir: "journeys",
  outputDir: "results/traces",
  globalSetup: "./support/setup.ts",
  fullyParallel: true,
  workers: 2,
  // A journey that passes only when tried again is a failure.
  retries: 0,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 10_000 },
  reporter: report ? [["dot"], ["json", { outputFile: report }]] : [["list"]],
  use: {
    launchOptions,
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    contextOptions: { reducedMotion: "reduce" },
    timezoneId: "Europe/Paris",
  },
  projects: combinations()
    .filter(({ engine }) => engines.includes(engine))
    .map(projectOf),
});
