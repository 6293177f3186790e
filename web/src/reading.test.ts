import { beforeEach, describe, expect, it, vi } from "vitest";
import { startContents, startTabs } from "./reading";

describe("a row of tabs", () => {
  it("shows the current one", () => {
    document.body.innerHTML = '<nav class="tabs"><a>First</a><a aria-current="page">Last</a></nav>';
    const row = document.querySelector<HTMLElement>(".tabs");
    const tab = document.querySelector<HTMLElement>("[aria-current]");
    if (!row || !tab) {
      throw new Error("the page is not what the test wrote");
    }
    Object.defineProperty(row, "clientWidth", { value: 300 });
    Object.defineProperty(tab, "offsetLeft", { value: 500 });
    Object.defineProperty(tab, "offsetWidth", { value: 100 });
    startTabs();
    expect(row.scrollLeft).toBe(400);
  });
});

describe("a table of contents", () => {
  beforeEach(() => {
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        observe(): void {}
      },
    );
    document.body.innerHTML = `
      <nav class="toc"><a href="#t-one">One</a><a href="#t-%C3%A9t%C3%A9">Two</a><a href="#t-gone">Gone</a></nav>
      <h2 id="t-one">One</h2><h2 id="t-été">Two</h2>`;
  });

  function marked(tops: Record<string, number>): string[] {
    for (const heading of document.querySelectorAll("h2")) {
      vi.spyOn(heading, "getBoundingClientRect").mockReturnValue({ top: tops[heading.id] ?? 0 } as DOMRect);
    }
    startContents();
    return [...document.querySelectorAll(".toc [aria-current]")].map((link) => link.textContent ?? "");
  }

  it("marks the last heading that has been reached", () => {
    expect(marked({ "t-one": -500, "t-été": 10 })).toEqual(["Two"]);
  });

  it("marks the first before any is reached", () => {
    expect(marked({ "t-one": 5000, "t-été": 6000 })).toEqual(["One"]);
  });
});
