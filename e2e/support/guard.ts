// What must never happen on any page, collected over a whole test. Chromium
// writes each violation of a content security policy to the console as an error.

import { type BrowserContext, expect, type Page, type Request, type Response } from "@playwright/test";
import type { House } from "./servers";

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

  watch(context: BrowserContext): void {
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
