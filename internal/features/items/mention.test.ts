import { beforeEach, describe, expect, it, vi } from "vitest";
import { beginning, fits } from "./mention";

const answer = {
  said: "2 propositions",
  list: [
    { target: "account/1", name: "Camille Martin", note: "DNUM", initials: "CM", hue: 3 },
    { target: "group/2", name: "Copil", note: "Groupe, 4 membres", initials: "C", hue: 0 },
  ],
};

function field(): HTMLTextAreaElement {
  const found = document.querySelector("textarea");
  if (!found) {
    throw new Error("no field");
  }
  return found;
}

function type(text: string): void {
  field().value = text;
  field().setSelectionRange(text.length, text.length);
  field().dispatchEvent(new Event("input", { bubbles: true }));
}

function press(key: string): boolean {
  return field().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

describe("a field in which people are named", () => {
  beforeEach(() => {
    document.body.innerHTML = `<div id="live-region"></div><form><div class="field"><textarea id="texte" data-mentions="/p/1/-/mentions"></textarea></div></form>`;
    field().focus();
    vi.stubGlobal("fetch", vi.fn().mockResolvedValue({ ok: true, json: () => Promise.resolve(answer) }));
  });

  it.each([
    ["Bonjour @cam", "cam"],
    ["(@cam mar", "cam mar"],
    ["cam@exemple", null],
    ["\\@cam", null],
    ["@ cam", null],
    ["@un deux trois quatre cinq", null],
    ["rien", null],
    ["@", ""],
  ])("finds what begins in %s", (text, want) => {
    field().value = text;
    field().setSelectionRange(text.length, text.length);
    expect(beginning(field())).toBe(want);
  });

  it("proposes, moves, and writes the name chosen with who it is", async () => {
    type("Merci @c");
    await vi.waitFor(() => expect(document.querySelectorAll("[role=option]")).toHaveLength(2));
    expect(field().getAttribute("aria-activedescendant")).toBe("texte-propositions-0");
    press("ArrowDown");
    expect(field().getAttribute("aria-activedescendant")).toBe("texte-propositions-1");
    press("ArrowDown");
    expect(press("Enter")).toBe(false);
    expect(field().value).toBe("Merci @Camille Martin ");
    expect(document.querySelector<HTMLInputElement>("input[name=mention]")?.value).toBe("account/1");
    expect(document.querySelector("[role=listbox]")).toBeNull();
    expect(field().hasAttribute("aria-controls")).toBe(false);
  });

  it("takes the place of all that was typed, and keeps none that one has typed past", async () => {
    type("Merci @c");
    await vi.waitFor(() => expect(document.querySelectorAll("[role=option]")).toHaveLength(2));
    type("Merci @cam");
    expect(document.querySelectorAll("[role=option]")).toHaveLength(1);
    expect(press("Enter")).toBe(false);
    expect(field().value).toBe("Merci @Camille Martin ");
    type("Merci @c");
    await vi.waitFor(() => expect(document.querySelectorAll("[role=option]")).toHaveLength(2));
    type("Merci @chloé");
    expect(document.querySelector("[role=listbox]")).toBeNull();
    expect(press("Enter")).toBe(true);
  });

  it.each([
    ["Élise Fontaine", "eli", true],
    ["Élise Fontaine", "fon", true],
    ["Jean-Luc Petit", "luc pe", true],
    ["Élise Fontaine", "lise", false],
    ["Anne", "", true],
  ])("%s for %s: %s", (name, begun, want) => {
    expect(fits(name, begun)).toBe(want);
  });

  it("leaves its keys to the field once closed", async () => {
    type("@c");
    await vi.waitFor(() => expect(document.querySelector("[role=listbox]")).not.toBeNull());
    expect(press("Escape")).toBe(false);
    expect(document.querySelector("[role=listbox]")).toBeNull();
    expect(press("Enter")).toBe(true);
  });

  it("proposes nothing that is not what a server of ours says", async () => {
    const asked = vi
      .fn()
      .mockResolvedValue({ ok: true, json: () => Promise.resolve({ said: "", list: [{ name: 1 }] }) });
    vi.stubGlobal("fetch", asked);
    type("@c");
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    await Promise.resolve();
    expect(document.querySelector("[role=listbox]")).toBeNull();
  });
});
