import type { HtmxRequestCtx } from "htmx.org";
import { arrived } from "./drafts";
import { release } from "./guard";
import { announce, notify, notifyTrouble } from "./live";

/**
 * The rules by which an answer to htmx changes the page (see ui.Swap):
 *
 * - a redirect leads where the browser would go;
 * - 422 is a form to correct and takes its place like any other answer;
 * - another error leaves the page as it is and shows a notice;
 * - a whole page gives the one part that was asked for;
 * - what the part has to say (data-announce) is said, and the focus is not lost.
 */
export function startAnswers(): void {
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const response = ctx.response;
    if (!response) {
      return;
    }
    const address = response.headers.get("HX-Redirect") ?? (response.raw.redirected ? response.raw.url : null);
    if (address !== null) {
      event.preventDefault();
      follow(address, ctx);
    } else if (response.status >= 400 && response.status !== 422) {
      event.preventDefault();
      void tell(response.raw);
    }
  });

  document.addEventListener("htmx:after:request", (event) => {
    if (!takePart(event.detail.ctx)) {
      event.preventDefault();
      notifyTrouble("server");
    } else if ((event.detail.ctx.response?.status ?? 500) < 400) {
      arrived(event.detail.ctx.sourceElement.closest("form"));
    }
  });

  document.addEventListener("htmx:after:swap", (event) => {
    mendTitle(event.detail.ctx);
    const part = document.getElementById(partOf(event.detail.ctx));
    announce(part?.closest<HTMLElement>("[data-announce]")?.dataset["announce"] ?? "");
    if (part && document.activeElement === document.body) {
      keepFocus(part);
    }
  });

  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) {
      notifyTrouble("network");
    }
  });
}

let titleBefore: string | null = null;

/**
 * A refused form that came within a page renames the document ("Erreur : …");
 * the answer that accepts it may be a part, which says nothing of the title.
 */
function mendTitle(ctx: HtmxRequestCtx & { title?: string | null }): void {
  if (ctx.response?.status === 422) {
    titleBefore ??= document.title;
  } else if (titleBefore !== null) {
    document.title = ctx.title || titleBefore;
    titleBefore = null;
  }
}

/** Goes to an address; to the same page with another anchor, by loading it again. */
function follow(address: string, ctx: HtmxRequestCtx): void {
  const to = new URL(address, location.href);
  // Signing in first is not what was asked: the text is not kept yet.
  if (to.pathname !== "/connexion") {
    release(ctx.sourceElement.closest("form"));
    arrived(ctx.sourceElement.closest("form"));
  }
  const samePage = to.pathname === location.pathname && to.search === location.search;
  if (samePage && to.hash !== "") {
    location.hash = to.hash;
    location.reload();
  } else {
    location.assign(to);
  }
}

/** Tells an error in the words of the page that came with it, or in ours. */
async function tell(raw: Response): Promise<void> {
  const words = errorWords(await raw.text().catch(() => ""));
  if (words === "") {
    notifyTrouble("server");
  } else {
    notify(words);
  }
}

/** The title and the explanation of an error page (ui.ErrorPage). */
export function errorWords(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll(".failure h1, .failure .lede")]
    .map((line) => (line.textContent ?? "").trim().replace(/([^.?…])$/, "$1."))
    .filter((line) => line !== "")
    .join(" ");
}

/**
 * Makes htmx take the part that was asked for out of a whole page. Answers false
 * when the page does not hold it.
 */
export function takePart(ctx: HtmxRequestCtx): boolean {
  const html = ctx.text ?? "";
  if (ctx.select || !/^\s*(<!doctype|<html)/i.test(html)) {
    return true;
  }
  const id = partOf(ctx);
  const selector = `#${CSS.escape(id)}`;
  if (id === "" || !new DOMParser().parseFromString(html, "text/html").querySelector(selector)) {
    return false;
  }
  ctx.select = selector;
  return true;
}

function partOf(ctx: HtmxRequestCtx): string {
  return ctx.target instanceof Element ? ctx.target.id : "";
}

/** Puts a lost focus on the first faulty field, on what opened the part, or on the part itself. */
function keepFocus(part: HTMLElement): void {
  const fault = part.querySelector<HTMLElement>("[aria-invalid=true]");
  if (fault) {
    fault.focus();
    return;
  }
  const opener = [...document.querySelectorAll<HTMLElement>("[hx-target]")].find(
    (element) => element.getAttribute("hx-target") === `#${part.id}` && !part.contains(element),
  );
  if (opener) {
    opener.focus();
    return;
  }
  part.tabIndex = -1;
  part.focus();
}
