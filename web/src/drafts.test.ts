import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { arrived, startDrafts } from "./drafts";

const prefix = "ruche.draft.me/-/brouillons/item.1#";

const form = (fields = `<input name="title" value="Title"><textarea name="body">Body</textarea>`) => `
  <form data-draft="/-/brouillons/item.1" data-owner="me">
    <input type="hidden" name="base" value="3"><input type="hidden" name="compte" value="me">
    <input type="hidden" name="brouillon" value="s.0"><input type="password" name="secret" value="">${fields}
    <p data-draft-state data-offline="no network" data-expired="expired" data-sign-in="sign in" data-other="other" data-full="full" data-large="large" data-local="kept here" data-resume="take" data-drop="leave"></p>
  </form>`;

async function page(html = form()): Promise<HTMLTextAreaElement> {
  document.body.innerHTML = html;
  startDrafts();
  await vi.advanceTimersByTimeAsync(0);
  return document.querySelector("textarea") ?? document.createElement("textarea");
}

async function type(field: HTMLTextAreaElement, text: string): Promise<void> {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(300);
}

const state = () => document.querySelector("[data-draft-state]")?.textContent;
const names = () => Object.keys(localStorage).filter((name) => name.startsWith(prefix));
const kept = () => names().map((name) => JSON.parse(localStorage.getItem(name) ?? "null"));
const hidden = (name: string) => document.querySelector<HTMLInputElement>(`[name=${name}]`)?.value;
const copy = (body: string, more = {}) =>
  JSON.stringify({ at: Date.now(), base: "2", slot: "old.4", kept: false, fields: { title: "T", body }, ...more });
const press = (n: number) => document.querySelectorAll<HTMLButtonElement>("[data-draft-state] button")[n]?.click();
const submit = () => document.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
const sentBodies: string[] = [];

function answers(status: number, said = "", slot = "s.1"): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (_: string, init: RequestInit) => {
      sentBodies.push(String(init.body));
      if (status === 0) {
        throw new TypeError("network");
      }
      return new Response(JSON.stringify({ said, slot }), { status });
    }),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  sentBodies.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a form that is kept", () => {
  it("is kept here at a breath and there after a pause, in the slot that the server gives", async () => {
    answers(200, "Kept at 14:32");
    const field = await page();
    await type(field, "More");
    expect(kept()).toMatchObject([{ base: "3", kept: false, fields: { body: "More" } }]);
    expect(sentBodies).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(sentBodies).toEqual(["title=Title&body=More&base=3&compte=me&brouillon=s.0"]);
    expect(state()).toBe("Kept at 14:32");
    expect(hidden("brouillon")).toBe("s.1");
    expect(kept()).toMatchObject([{ kept: true, slot: "s.1" }]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sentBodies).toHaveLength(1);
  });

  it("never keeps a password", async () => {
    answers(200);
    await page();
    const secret = document.querySelector<HTMLInputElement>("[name=secret]");
    if (!secret) {
      throw new Error("no password field");
    }
    secret.value = "hunter2";
    secret.dispatchEvent(new Event("input", { bubbles: true }));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(JSON.stringify(kept())).not.toContain("hunter2");
  });

  it.each([
    [0, "no network"],
    [401, "expired sign in"],
    [403, "other"],
    [503, "no network"],
  ])("says what happened when the server answers %i, and tries again", async (status, words) => {
    answers(status);
    await type(await page(), "More");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(state()).toBe(words);
    expect(kept()).toMatchObject([{ kept: false, fields: { body: "More" } }]);
    answers(200, "kept");
    await vi.advanceTimersByTimeAsync(6_000);
    expect(state()).toBe("kept");
  });

  it("says that a text is too long for the server, and does not insist", async () => {
    answers(413);
    await type(await page(), "More");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(state()).toBe("large");
    expect(sentBodies).toHaveLength(1);
  });

  it("does not send what the server would not take", async () => {
    answers(200);
    const field = await page(form().replace("data-owner", 'data-max="100" data-owner'));
    await type(field, "x".repeat(100));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(state()).toBe("large");
    const event = new Event("submit", { cancelable: true });
    document.querySelector("form")?.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(sentBodies).toHaveLength(0);
  });

  it("says that this browser has no room, and leaves what was there", async () => {
    answers(0);
    const field = await page();
    await type(field, "First");
    vi.stubGlobal("localStorage", {
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    });
    await type(field, "Second");
    expect(state()).toBe("full");
    vi.unstubAllGlobals();
    expect(kept()).toMatchObject([{ fields: { body: "First" } }]);
  });

  it("does not leave the page without a network", async () => {
    answers(0);
    await type(await page(), "More");
    vi.stubGlobal("navigator", { onLine: false });
    const event = new Event("submit", { cancelable: true });
    document.querySelector("form")?.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(state()).toBe("no network");
  });
});

describe("a text of an earlier page", () => {
  it("is offered and taken up, with the revision it began from", async () => {
    answers(200);
    localStorage.setItem(`${prefix}a`, copy("Lost?"));
    const field = await page();
    expect(state()).toContain("kept here");
    expect(field.value).toBe("Body");
    press(0);
    expect(field.value).toBe("Lost?");
    expect(hidden("base")).toBe("2");
    expect(hidden("brouillon")).toBe("old.4");
    expect(document.activeElement?.getAttribute("name")).toBe("title");
    expect(kept()).toMatchObject([{ fields: { body: "Lost?" } }]);
    expect(names()).not.toContain(`${prefix}a`);
  });

  it("is forgotten when given up, and the next one offered", async () => {
    answers(200);
    localStorage.setItem(`${prefix}a`, copy("Older", { at: Date.now() - 1000 }));
    localStorage.setItem(`${prefix}b`, copy("Newer"));
    const field = await page();
    press(1);
    expect(names()).toEqual([`${prefix}a`]);
    press(0);
    expect(field.value).toBe("Older");
  });

  it("is not written over by another page with the same form", async () => {
    answers(200);
    localStorage.setItem(`${prefix}a`, copy("The other tab"));
    await type(await page(), "This tab");
    expect(
      kept()
        .map((one) => one.fields.body)
        .sort(),
    ).toEqual(["The other tab", "This tab"]);
  });

  it("is not offered while its page is open", async () => {
    answers(200);
    localStorage.setItem(`${prefix}a`, copy("The other tab"));
    vi.stubGlobal("navigator", {
      onLine: true,
      locks: { query: async () => ({ held: [{ name: `${prefix}a` }] }), request: async () => undefined },
    });
    await page();
    expect(state()).toBe("");
    expect(names()).toEqual([`${prefix}a`]);
  });

  it("is one too many once the server keeps it, or the page shows it", async () => {
    answers(200);
    localStorage.setItem(`${prefix}a`, copy("There", { kept: true }));
    localStorage.setItem(`${prefix}b`, copy("Body", { fields: { title: "Title", body: "Body" } }));
    await page();
    expect(state()).toBe("");
    expect(names()).toEqual([]);
  });

  it("is another's when the account is another", async () => {
    answers(200);
    localStorage.setItem("ruche.draft.you/-/brouillons/item.1#a", copy("Yours"));
    await page();
    expect(state()).toBe("");
  });

  it("goes after ninety days, or when it is no copy", async () => {
    answers(200);
    localStorage.setItem(`${prefix}a`, copy("Old", { at: Date.now() - 91 * 24 * 3_600_000 }));
    localStorage.setItem(`${prefix}b`, '{"fields":{"body":1}}');
    await page();
    expect(names()).toEqual([]);
  });
});

describe("a text that was sent", () => {
  it("is forgotten when the next page tells that it arrived", async () => {
    answers(200);
    await type(await page(), "Sent");
    submit();
    await page("<p data-flash>Saved</p>");
    expect(names()).toEqual([]);
  });

  it("stays when the next page is an error, whatever is told later", async () => {
    answers(200);
    await type(await page(), "Sent");
    submit();
    await page("<h1>Something failed</h1>");
    await page("<p data-flash>Something else was saved</p>");
    expect(kept()).toMatchObject([{ fields: { body: "Sent" } }]);
  });

  it("stays while the session is over, and goes once it is sent again", async () => {
    answers(200);
    await type(await page(), "Sent");
    submit();
    await page("<form data-again></form>");
    expect(names()).toHaveLength(1);
    await page("<p data-flash>Saved</p>");
    expect(names()).toEqual([]);
  });

  it("stays beside a form that came back refused, and goes with it", async () => {
    answers(200);
    await type(await page(), "Sent");
    submit();
    await page(form(`<input name="title" value="Title" aria-invalid="true"><textarea name="body">Sent</textarea>`));
    expect(names()).toHaveLength(1);
    expect(state()).toBe("");
    submit();
    await page("<p data-flash>Saved</p>");
    expect(names()).toEqual([]);
  });
});

describe("a comment", () => {
  const composer = `<form class="composer" action="/p/1/-/commentaires"><textarea name="texte"></textarea></form>`;

  it("comes back into an empty form, and goes once it arrived", async () => {
    document.body.dataset["me"] = "me";
    await type(await page(composer), "Half a com");
    const again = await page(composer);
    expect(again.value).toBe("Half a com");
    arrived(document.querySelector("form"));
    expect((await page(composer)).value).toBe("");
  });

  it("is not given to another account, nor into a form that holds something", async () => {
    document.body.dataset["me"] = "me";
    await type(await page(composer), "Mine");
    document.body.dataset["me"] = "you";
    expect((await page(composer)).value).toBe("");
    document.body.dataset["me"] = "me";
    expect((await page(composer.replace("></textarea>", ">Theirs</textarea>"))).value).toBe("Theirs");
  });
});
