import { beforeEach, describe, expect, it } from "vitest";
import { release, startGuard, unsaved } from "./guard";

startGuard();

function field<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) {
    throw new Error(`no ${selector}`);
  }
  return found;
}

describe("a guarded form", () => {
  beforeEach(() => {
    document.body.innerHTML = `
      <form data-guard id="guarded">
        <input type="hidden" name="base" value="1">
        <input name="title" value="Title">
        <textarea name="body">Body</textarea>
        <select name="role"><option>Reader</option><option>Writer</option></select>
        <input type="checkbox" name="notify">
      </form>
      <form id="free"><input name="q"></form>`;
  });

  it("holds nothing unsaved at first", () => {
    expect(unsaved()).toBe(false);
  });

  it.each([
    ["a line", () => (field<HTMLInputElement>("[name=title]").value = "Other")],
    ["a text", () => (field<HTMLTextAreaElement>("[name=body]").value = "Other")],
    ["a choice", () => (field<HTMLSelectElement>("[name=role]").selectedIndex = 1)],
    ["a box", () => (field<HTMLInputElement>("[name=notify]").checked = true)],
  ])("holds %s that changed", (_, change) => {
    change();
    expect(unsaved()).toBe(true);
  });

  it("does not mind forms that are not guarded, nor what the page itself sets", () => {
    field<HTMLInputElement>("[name=q]").value = "search";
    field<HTMLInputElement>("[name=base]").value = "2";
    expect(unsaved()).toBe(false);
  });

  it("holds what came back refused", () => {
    field("[name=title]").setAttribute("aria-invalid", "true");
    expect(unsaved()).toBe(true);
  });

  it("lets go once it is sent", () => {
    field<HTMLInputElement>("[name=title]").value = "Other";
    field("#guarded").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    expect(unsaved()).toBe(false);
  });

  it("lets go once it is kept", () => {
    field<HTMLInputElement>("[name=title]").value = "Other";
    release(field("#guarded"));
    expect(unsaved()).toBe(false);
  });

  it("asks before the page is left", () => {
    const leave = () => dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(leave()).toBe(true);
    field<HTMLInputElement>("[name=title]").value = "Other";
    expect(leave()).toBe(false);
  });
});
