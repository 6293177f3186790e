import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startDrafts } from "./drafts";

const name = "ruche.draft.me/-/brouillons/item.1";

function page(more = ""): HTMLTextAreaElement {
  document.body.innerHTML = `${more}
    <form data-draft="/-/brouillons/item.1" data-owner="me">
      <input type="hidden" name="base" value="3"><input type="password" name="secret" value="">
      <input name="title" value="Title"><textarea name="body">Body</textarea>
      <p data-draft-state data-offline="no network" data-expired="expired" data-large="large" data-local="kept here" data-resume="take" data-drop="leave"></p>
    </form>`;
  const field = document.querySelector("textarea");
  if (!field) {
    throw new Error("no field");
  }
  return field;
}

function type(field: HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const state = () => document.querySelector("[data-draft-state]")?.textContent;
const kept = () => JSON.parse(localStorage.getItem(name) ?? "null");
const sentBodies: string[] = [];

function answers(status: number, text = ""): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (_: string, init: RequestInit) => {
      sentBodies.push(String(init.body));
      if (status === 0) {
        throw new TypeError("network");
      }
      return new Response(text, { status });
    }),
  );
}

describe("a form that is kept", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    sentBodies.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is kept here at once and there after a pause", async () => {
    answers(200, "Kept at 14:32");
    const field = page();
    startDrafts();
    type(field, "More");
    expect(kept().fields.body).toBe("More");
    expect(sentBodies).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(sentBodies).toEqual(["title=Title&body=More&base=3"]);
    expect(state()).toBe("Kept at 14:32");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sentBodies).toHaveLength(1);
  });

  it("never keeps a password", () => {
    answers(200);
    page();
    startDrafts();
    const secret = document.querySelector<HTMLInputElement>("[name=secret]");
    if (!secret) {
      throw new Error("no password field");
    }
    secret.value = "hunter2";
    secret.dispatchEvent(new Event("input", { bubbles: true }));
    expect(JSON.stringify(kept())).not.toContain("hunter2");
  });

  it.each([
    [0, "no network"],
    [401, "expired"],
    [413, "large"],
    [503, "no network"],
  ])("says what happened when the server answers %i and tries again", async (status, words) => {
    answers(status);
    const field = page();
    startDrafts();
    type(field, "More");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(state()).toBe(words);
    expect(kept().fields.body).toBe("More");
    answers(200, "kept");
    await vi.advanceTimersByTimeAsync(16_000);
    expect(state()).toBe("kept");
  });

  it("is offered after a reload, and taken up", () => {
    answers(200);
    type(page(), "x");
    localStorage.setItem(name, JSON.stringify({ at: 1, sent: false, fields: { title: "T", body: "Lost?" } }));
    const field = page();
    startDrafts();
    expect(state()).toContain("kept here");
    expect(field.value).toBe("Body");
    document.querySelector<HTMLButtonElement>("[data-draft-state] button")?.click();
    expect(field.value).toBe("Lost?");
    expect(document.activeElement?.getAttribute("name")).toBe("title");
  });

  it("is forgotten when given up", () => {
    answers(200);
    localStorage.setItem(name, JSON.stringify({ at: 1, sent: false, fields: { body: "Lost?" } }));
    page();
    startDrafts();
    document.querySelectorAll<HTMLButtonElement>("[data-draft-state] button")[1]?.click();
    expect(kept()).toBeNull();
  });

  it("is forgotten once it arrived: the next page is another, or tells so", () => {
    answers(200);
    const copy = JSON.stringify({ at: 1, sent: true, fields: { body: "Sent" } });
    localStorage.setItem(name, copy);
    document.body.innerHTML = "<p>The post</p>";
    startDrafts();
    expect(kept()).toBeNull();
    localStorage.setItem(name, copy);
    page("<p data-flash>Saved</p>");
    startDrafts();
    expect(kept()).toBeNull();
  });

  it("stays when what was sent did not arrive", () => {
    answers(200);
    localStorage.setItem(name, JSON.stringify({ at: 1, sent: true, fields: { body: "Sent" } }));
    page();
    startDrafts();
    expect(state()).toContain("kept here");
  });

  it("is another's when the account is another", () => {
    answers(200);
    localStorage.setItem(
      "ruche.draft.you/-/brouillons/item.1",
      JSON.stringify({ at: 1, sent: false, fields: { body: "Yours" } }),
    );
    page();
    startDrafts();
    expect(state()).toBe("");
  });

  it("survives a copy that is no copy", () => {
    answers(200);
    localStorage.setItem(name, '{"fields":{"body":1}}');
    page();
    startDrafts();
    expect(state()).toBe("");
  });
});
