import { defineConfig } from "@playwright/test";
import { launchOptions } from "./support/browser";

// Pictures of every page, to be looked at: nothing is asserted here.
export default defineConfig({
  testDir: "screens",
  testMatch: "*.ts",
  outputDir: "results/traces",
  globalSetup: "./support/setup.ts",
  workers: 2,
  fullyParallel: true,
  reporter: [["line"]],
  use: { launchOptions, contextOptions: { reducedMotion: "reduce" }, locale: "fr-FR" },
  projects: [{ name: "screens" }],
});
