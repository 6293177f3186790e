import { beforeEach, describe, expect, it, vi } from "vitest";
import { applyTheme, startTheme } from "./theme";

beforeEach(() => {
  document.head.innerHTML = '<meta name="color-scheme" content="light dark">';
  document.body.innerHTML = `<div id="toasts" data-server="No answer" data-network="No network"></div>
    <form data-theme-form method="post" action="/-/theme">
      <button name="theme" value="dark" aria-pressed="false">Dark</button>
      <button name="theme" value="system" aria-pressed="true">System</button>
    </form>`;
  applyTheme("system");
});

function scheme(): string | null | undefined {
  return document.querySelector("meta[name=color-scheme]")?.getAttribute("content");
}

describe("applyTheme", () => {
  it("forces a theme, and goes back to the system's", () => {
    applyTheme("dark");
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(scheme()).toBe("dark");
    applyTheme("anything else");
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
    expect(scheme()).toBe("light dark");
  });
});

describe("the choice of theme", () => {
  function choose(): Event {
    const button = document.querySelector<HTMLButtonElement>("[value=dark]");
    const event = new SubmitEvent("submit", { submitter: button, bubbles: true, cancelable: true });
    document.querySelector("form")?.dispatchEvent(event);
    return event;
  }

  it("shows at once and is told to the server", () => {
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(null, { status: 204 }));
    startTheme();
    expect(choose().defaultPrevented).toBe(true);
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(document.querySelector("[value=dark]")?.getAttribute("aria-pressed")).toBe("true");
    expect(document.querySelector("[value=system]")?.getAttribute("aria-pressed")).toBe("false");
    expect(String(fetched.mock.calls[0]?.[1]?.body)).toBe("theme=dark");
  });

  it("says when it could not be kept", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
    startTheme();
    choose();
    await vi.waitFor(() => expect(document.getElementById("toasts")?.textContent).toContain("No network"));
  });
});
