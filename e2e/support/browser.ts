import type { LaunchOptions } from "@playwright/test";

/**
 * The browser is the one that the system's packages bring; Playwright downloads
 * none. The flags keep it from calling home: a test run talks to 127.0.0.1 only.
 * The sandbox of Chromium needs rights that root in a container has not, and the
 * only pages shown are our own.
 */
export const launchOptions: LaunchOptions = {
  executablePath: process.env["RUCHE_CHROMIUM"] || "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
  ],
};
