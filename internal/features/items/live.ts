/**
 * Tells a page that is open what happens to its item. The server says that
 * something happened, never what: the page is asked for again by its own address,
 * with its own right, and compared. What is new is announced and waits to be shown;
 * nothing moves under the hand, and what is typed stays.
 */
import htmx from "htmx.org";
import { announce } from "../../../web/src/live";
import { listen } from "../../../web/src/socket";

/** How long to wait for more before asking, in milliseconds. */
const pause = 400;

function start(thread: HTMLElement): void {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const page = new Page();
  const begin = () =>
    listen(`${scheme}://${location.host}/-/live`, thread.dataset["live"] ?? "", {
      heard: (message) => page.heard(idsOf([message])),
      opened: (recent, again) => (again ? page.ask() : page.heard(idsOf(recent))),
    });
  let stop = begin();
  addEventListener("pagehide", () => stop());
  // A page that comes back from the browser's memory listens anew.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      stop = begin();
      page.ask();
    }
  });
}

class Page {
  private readonly told = new Set<string>();
  private timer = 0;

  /** Asks for the page again if one of the messages was not heard before. */
  heard(ids: string[]): void {
    const fresh = ids.filter((id) => !this.told.has(id));
    for (const id of fresh) {
      this.told.add(id);
    }
    if (fresh.length > 0) {
      this.ask();
    }
  }

  ask(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.compare(), pause);
  }

  private async compare(): Promise<void> {
    let answer: Response;
    try {
      answer = await fetch(location.href);
    } catch {
      return; // cut off: what comes back asks again
    }
    const current = document.querySelector<HTMLElement>("section[data-live]");
    if (!answer.ok || !current) {
      return;
    }
    const other = new DOMParser()
      .parseFromString(await answer.text(), "text/html")
      .querySelector<HTMLElement>("section[data-live]");
    if (!other) {
      return;
    }
    refreshSigns(other.ownerDocument);
    const fresh = [...other.querySelectorAll<HTMLElement>("article.comment")].filter(
      (comment) => !document.getElementById(comment.id),
    );
    offer(current, other, fresh);
  }
}

/** Takes over the signs given, but those that somebody is about to press. */
function refreshSigns(other: Document): void {
  for (const bar of document.querySelectorAll<HTMLElement>(".reactions")) {
    const now = other.getElementById(bar.id);
    if (now && now.textContent !== bar.textContent && !bar.matches(":hover, :focus-within")) {
      const taken = document.importNode(now, true);
      bar.replaceWith(taken);
      htmx.process(taken);
    }
  }
}

/** Says how many comments are new, with a button that shows them. */
function offer(current: HTMLElement, other: HTMLElement, fresh: HTMLElement[]): void {
  const place = current.querySelector<HTMLElement>("[data-live-new]");
  if (!place || fresh.length === 0) {
    place?.replaceChildren();
    return;
  }
  const words = (fresh.length === 1 ? place.dataset["one"] : place.dataset["many"]) ?? "";
  const text = words.replace("#", String(fresh.length));
  if (place.textContent?.startsWith(text)) {
    return;
  }
  const show = document.createElement("button");
  show.type = "button";
  show.className = "btn btn-small";
  show.textContent = place.dataset["show"] ?? "";
  show.addEventListener("click", () => {
    place.replaceChildren();
    insert(current, other, fresh);
  });
  place.replaceChildren(`${text} `, show);
  announce(text);
}

/** Puts new comments where they stand, and goes to the first. */
function insert(current: HTMLElement, other: HTMLElement, fresh: HTMLElement[]): void {
  for (const comment of fresh) {
    const line = comment.closest("li");
    const list = line && listFor(current, line);
    if (line && list && !document.getElementById(comment.id)) {
      const taken = document.importNode(line, true);
      list.append(taken);
      htmx.process(taken);
    }
  }
  const title = current.querySelector("h2");
  const count = other.querySelector("h2");
  if (title && count) {
    title.textContent = count.textContent;
  }
  const first = fresh[0] && document.getElementById(fresh[0].id);
  first?.classList.add("comment-new");
  first?.focus();
}

/** The list of this page that a new comment belongs to, made when it is the first of it. */
function listFor(current: HTMLElement, line: Element): Element | null {
  const above = line.parentElement?.closest("article.comment");
  const parent = above ? document.getElementById(above.id) : current;
  const name = above ? "replies" : "thread";
  const found = parent?.querySelector(`:scope > ol.${name}`);
  if (found || !parent) {
    return found ?? null;
  }
  const list = document.createElement("ol");
  list.className = name;
  list.setAttribute("role", "list");
  if (above) {
    parent.append(list);
  } else {
    parent.querySelector(".section-head")?.after(list);
  }
  return list;
}

function idsOf(messages: unknown[]): string[] {
  return messages.flatMap((message) =>
    typeof message === "object" && message !== null && "id" in message && typeof message.id === "string"
      ? [message.id]
      : [],
  );
}

const thread = document.querySelector<HTMLElement>("section[data-live]");
if (thread) {
  start(thread);
}
