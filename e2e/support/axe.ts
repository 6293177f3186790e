import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, expect, type Page } from "@playwright/test";
import type axe from "axe-core";

const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/**
 * Runs every rule of axe on the page as it stands and expects no violation. It
 * passes under the page's own content security policy, which is not relaxed.
 *
 * axe needs scripts. For a page shown without them, the same document, with its
 * scripts still withheld, is opened in a second browser profile and judged there.
 */
export async function expectAxeClean(page: Page, browser: Browser, scripts: boolean): Promise<void> {
  const found = scripts ? await violations(page) : await violationsOfTwin(page, browser);
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(source, "utf8"));
  const results = await page.evaluate(async () => {
    const runner = (globalThis as unknown as { axe: typeof axe }).axe;
    return runner.run(document, { resultTypes: ["violations"] });
  });
  return results.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)} (${node.failureSummary ?? ""})`),
  );
}

async function violationsOfTwin(page: Page, browser: Browser): Promise<string[]> {
  const html = await page.content();
  const viewport = page.viewportSize();
  const context = await browser.newContext({ javaScriptEnabled: true, ...(viewport ? { viewport } : {}) });
  try {
    const twin = await context.newPage();
    await twin.route("**/*", async (route) => {
      const request = route.request();
      if (request.resourceType() === "script") {
        await route.abort();
      } else if (request.isNavigationRequest() && request.frame() === twin.mainFrame()) {
        await route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
      } else {
        await route.continue();
      }
    });
    await twin.goto(page.url());
    return await violations(twin);
  } finally {
    await context.close();
  }
}

/** Nobody should have to scroll sideways to read a page. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, window } = await page.evaluate(() => ({
    content: document.scrollingElement?.scrollWidth ?? 0,
    window: globalThis.innerWidth,
  }));
  expect(content, `width of ${page.url()} in a window of ${window} px`).toBeLessThanOrEqual(window);
}
