import { beforeEach, describe, expect, it, vi } from "vitest";
import { announce, announceFlash, notify, notifyTrouble } from "./live";

beforeEach(() => {
  document.body.innerHTML =
    '<div id="toasts" data-network="No network" data-server="No answer" data-close="Close"></div><div id="live-region"></div>';
});

function said(): string {
  return document.getElementById("live-region")?.textContent ?? "";
}

describe("the live region", () => {
  it("says the same words again", async () => {
    vi.useFakeTimers();
    announce("Kept");
    await vi.advanceTimersByTimeAsync(200);
    expect(said()).toBe("Kept");
    announce("Kept");
    expect(said()).toBe("");
    await vi.advanceTimersByTimeAsync(200);
    expect(said()).toBe("Kept");
    vi.useRealTimers();
  });

  it("says what the last page left", async () => {
    document.body.insertAdjacentHTML("beforeend", "<div data-flash>\n  The post\n  is published.</div>");
    announceFlash();
    await vi.waitFor(() => expect(said()).toBe("The post is published."));
  });
});

describe("a notice", () => {
  it("shows one at a time, as text, until it is closed", () => {
    notify("First");
    notify("<b>Second</b>");
    const toasts = document.querySelectorAll(".toast");
    expect(toasts).toHaveLength(1);
    expect(toasts[0]?.querySelector("p")?.textContent).toBe("<b>Second</b>");
    document.querySelector<HTMLButtonElement>(".toast button")?.click();
    expect(document.querySelector(".toast")).toBeNull();
  });

  it("has the words that came with the page", () => {
    notifyTrouble("network");
    expect(document.querySelector(".toast p")?.textContent).toBe("No network");
    expect(document.querySelector(".toast button")?.textContent).toBe("Close");
  });
});
