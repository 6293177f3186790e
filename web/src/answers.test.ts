import type { HtmxRequestCtx } from "htmx.org";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { errorWords, startAnswers, takePart } from "./answers";

function context(html: string, target: Element | null, select?: string): HtmxRequestCtx {
  return { text: html, target, select } as unknown as HtmxRequestCtx;
}

const page = '<!DOCTYPE html><html><body><form id="form">again</form></body></html>';

describe("takePart", () => {
  const form = document.createElement("form");
  form.id = "form";

  it("takes the part out of a whole page", () => {
    const ctx = context(page, form);
    expect(takePart(ctx)).toBe(true);
    expect(ctx.select).toBe("#form");
  });

  it("leaves a fragment as it is", () => {
    const ctx = context('<form id="form">again</form>', form);
    expect(takePart(ctx)).toBe(true);
    expect(ctx.select).toBeUndefined();
  });

  it("leaves what the element asked to select", () => {
    const ctx = context(page, form, ".other");
    expect(takePart(ctx)).toBe(true);
    expect(ctx.select).toBe(".other");
  });

  it("refuses a page that does not hold the part", () => {
    expect(takePart(context("<!doctype html><p>Sign in</p>", form))).toBe(false);
    expect(takePart(context(page, null))).toBe(false);
  });
});

describe("errorWords", () => {
  it("reads the title and the explanation of an error page", () => {
    const html =
      '<main><div class="failure"><h1>Trop de demandes</h1><p class="lede">Attendez une minute.</p></div></main>';
    expect(errorWords(html)).toBe("Trop de demandes. Attendez une minute.");
  });

  it("finds nothing in an answer of another kind", () => {
    expect(errorWords("Bad gateway")).toBe("");
  });
});

describe("an answer", () => {
  startAnswers();

  beforeEach(() => {
    document.body.innerHTML =
      '<form id="part"><textarea id="text">typed</textarea></form><div id="toasts" data-server="No answer" data-network="No network"></div><div id="live-region"></div>';
  });

  function answer(status: number, headers: Record<string, string> = {}, body = ""): boolean {
    const raw = new Response(body, { status });
    const detail = {
      ctx: {
        sourceElement: document.getElementById("part"),
        response: { raw, status, headers: new Headers(headers) },
      },
    };
    return document.dispatchEvent(new CustomEvent("htmx:before:response", { detail, cancelable: true }));
  }

  it("goes on when it is a page or a form to correct", () => {
    expect(answer(200)).toBe(true);
    expect(answer(422)).toBe(true);
  });

  it("leaves the page as it is on an error, and says so", async () => {
    expect(answer(503)).toBe(false);
    await vi.waitFor(() => expect(document.getElementById("toasts")?.textContent).toContain("No answer"));
    expect(document.querySelector("textarea")?.value).toBe("typed");
  });

  it("says an error in the words of its page", async () => {
    expect(answer(403, {}, '<div class="failure"><h1>Refusé</h1></div>')).toBe(false);
    await vi.waitFor(() => expect(document.getElementById("toasts")?.textContent).toContain("Refusé."));
  });

  it("follows a redirect as the browser would", () => {
    const assign = vi.spyOn(location, "assign").mockImplementation(() => undefined);
    expect(answer(204, { "HX-Redirect": "/espaces/demat" })).toBe(false);
    expect(assign).toHaveBeenCalledOnce();
    expect(String(assign.mock.calls[0]?.[0])).toMatch(/\/espaces\/demat$/);
  });

  it("gives a lost focus to the field that was refused", () => {
    document.body.insertAdjacentHTML(
      "beforeend",
      '<section id="thread"><input id="wrong" aria-invalid="true"></section>',
    );
    const ctx = { target: document.getElementById("thread") };
    document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx } }));
    expect(document.activeElement?.id).toBe("wrong");
  });

  it("takes back the title of a refused form once it is accepted", () => {
    const swapped = (status: number, title?: string) => {
      const ctx = { target: document.getElementById("part"), response: { status }, title };
      document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx } }));
    };
    document.title = "Post";
    swapped(422, "Error: Post");
    document.title = "Error: Post"; // as htmx does after the event
    swapped(422, "Error: Post");
    swapped(200);
    expect(document.title).toBe("Post");
  });

  it("gives a lost focus back to what opened the part", () => {
    document.body.insertAdjacentHTML(
      "beforeend",
      '<a href="/x" id="opener" hx-target="#slot">Reply</a><div id="slot"></div>',
    );
    const ctx = { target: document.getElementById("slot") };
    document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx } }));
    expect(document.activeElement?.id).toBe("opener");
  });
});
