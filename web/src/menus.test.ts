import { beforeEach, describe, expect, it } from "vitest";
import { startMenus } from "./menus";

startMenus();

beforeEach(() => {
  document.body.innerHTML = `
    <details data-menu open><summary>Actions</summary><a href="/edit" id="inside">Edit</a></details>
    <details open id="other"><summary>Not a menu</summary></details>
    <button id="outside">Elsewhere</button>`;
});

function open(): boolean {
  return document.querySelector<HTMLDetailsElement>("[data-menu]")?.open ?? false;
}

describe("a menu", () => {
  it("closes on Escape and gives the focus back", () => {
    document.getElementById("inside")?.focus();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(open()).toBe(false);
    expect(document.activeElement?.tagName).toBe("SUMMARY");
  });

  it("closes when one clicks elsewhere, not within", () => {
    document.querySelector("summary")?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(open()).toBe(true);
    document.getElementById("outside")?.click();
    expect(open()).toBe(false);
    expect(document.querySelector<HTMLDetailsElement>("#other")?.open).toBe(true);
  });

  it("closes when the focus leaves it", () => {
    document.getElementById("outside")?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(open()).toBe(false);
  });
});
