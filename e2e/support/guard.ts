// What must never happen on any page, collected over a whole test. Chromium
// writes each violation of a content security policy to the console as an error.

import { type BrowserContext, expect, type Page, type Request, type Response } from "@playwright/test";
import type { House } from "./servers";

/**
 * Runs in each page: after a part of it was swapped, the focus that was somewhere is on something that has a name; and
 * what the page says to those who listen, it says once. What is wrong is an error that nobody catches, which the guard hears.
 */
function watchSwaps(): void {
  const nowhere = () => document.activeElement === null || document.activeElement === document.body;
  const named = (at: Element | null) => {
    const labels =
      at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement
        ? at.labels
        : null;
    const by = (at?.getAttribute("aria-labelledby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "");
    const words = [at?.getAttribute("aria-label"), at?.getAttribute("title"), at?.textContent, ...by];
    return (labels?.length ?? 0) > 0 || words.some((text) => (text ?? "").trim() !== "");
  };
  let focused = false;
  document.addEventListener("htmx:before:response", () => {
    focused = !nowhere();
  });
  document.addEventListener("htmx:after:swap", () => {
    // The page puts the focus back in the same turn, or in the next.
    setTimeout(() => {
      if (focused && nowhere()) {
        reportError(new Error("swap: the focus is lost"));
      } else if (focused && !named(document.activeElement)) {
        reportError(
          new Error(
            `swap: the focus is on something without a name: ${document.activeElement?.outerHTML.slice(0, 200)}`,
          ),
        );
      }
    }, 100);
  });
  document.addEventListener("DOMContentLoaded", () => {
    const region = document.getElementById("live-region");
    let last = "";
    let at = 0;
    // What one does next may well say the same again.
    for (const act of ["keydown", "pointerdown"]) {
      document.addEventListener(
        act,
        () => {
          last = "";
        },
        true,
      );
    }
    if (region) {
      new MutationObserver(() => {
        const text = region.textContent ?? "";
        const now = performance.now();
        if (text !== "" && text === last && now - at < 300) {
          reportError(new Error(`swap: said twice: ${text}`));
        }
        if (text !== "") {
          last = text;
          at = now;
        }
      }).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
}

export class Guard {
  private readonly faults: string[] = [];
  private readonly allowed = new Set<number>();
  private readonly origins: Set<string>;
  private readonly mails: string;
  private offline = false;

  constructor(house: House) {
    this.mails = house.mails;
    this.origins = new Set([house.url, house.mails]);
  }

  /** Says that the test provokes answers with this status, which browsers write to their console. */
  allowStatus(...statuses: number[]): void {
    for (const status of statuses) {
      this.allowed.add(status);
    }
  }

  /** Says that the test cuts the network: what then fails to leave is no fault. */
  allowOffline(): void {
    this.offline = true;
  }

  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(watchSwaps);
    context.on("page", (page) => this.watchPage(page));
    context.on("request", (request) => this.onRequest(request));
    context.on("requestfailed", (request) => this.onFailure(request));
    context.on("response", (response) => this.onResponse(response));
  }

  private watchPage(page: Page): void {
    page.on("pageerror", (error) => this.faults.push(`${page.url()}: uncaught ${error.message}`));
    page.on("console", (message) => {
      const kind = message.type();
      if (kind !== "error" && kind !== "warning") {
        return;
      }
      const text = message.text();
      const status = /the server responded with a status of (\d+)/.exec(text)?.[1];
      if (status && this.allowed.has(Number(status))) {
        return;
      }
      if (this.offline && text.includes("net::ERR_INTERNET_DISCONNECTED")) {
        return;
      }
      if (text.startsWith(`Blocked script execution in '${this.mails}/`)) {
        // What Playwright itself injects, refused by the sandbox around a mail.
        return;
      }
      this.faults.push(`${page.url()}: console ${kind}: ${text}`);
    });
  }

  private onRequest(request: Request): void {
    const url = request.url();
    if (/^(data|blob|about):/.test(url)) {
      return;
    }
    if (!this.origins.has(new URL(url).origin)) {
      this.faults.push(`a request left for ${url}`);
    }
  }

  private onFailure(request: Request): void {
    const reason = request.failure()?.errorText ?? "";
    // The browser gives up what it was fetching when the person goes elsewhere.
    if (reason !== "net::ERR_ABORTED" && !(this.offline && reason === "net::ERR_INTERNET_DISCONNECTED")) {
      this.faults.push(`${request.method()} ${request.url()} failed: ${reason}`);
    }
  }

  private onResponse(response: Response): void {
    const status = response.status();
    if (status >= 400 && !this.allowed.has(status)) {
      this.faults.push(`${response.request().method()} ${response.url()} answered ${status}`);
    }
  }

  /** Fails with everything that was seen. */
  expectNothing(): void {
    expect([...new Set(this.faults)], "console, CSP, failed and foreign requests").toEqual([]);
  }
}
