/**
 * Keeps what is typed in a form until the server has it: in this browser at every
 * pause, and at the server a little later. A form takes part by data-draft, the
 * address that keeps its text, and says what is kept in its [data-draft-state],
 * whose other attributes hold the ready-made sentences. The form of a comment is
 * kept in this browser alone.
 *
 * A copy in this browser goes when the server has answered that it keeps the same
 * text, or when the page that comes after the form tells that it arrived.
 */
import * as copies from "./copies";

const breath = 250;
const pause = 2_000;
const firstRetry = 5_000;
const lastRetry = 60_000;

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Starts keeping the forms of the page. */
export function startDrafts(): void {
  copies.sweep(Date.now());
  copies.settle(document.querySelector("[data-flash]") !== null, document.querySelector("[data-again]") !== null);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    void new Keeper(form).start();
  }
  startComments();
}

class Keeper {
  private readonly form: HTMLFormElement;
  private readonly state: HTMLElement | null;
  private readonly name: string;
  /** Copies of earlier pages that this page shows: they go when it arrives. */
  private adopted: string[] = [];
  private timer = 0;
  private breather = 0;
  private retry = firstRetry;
  private last: string;
  private sending: AbortController | null = null;

  constructor(form: HTMLFormElement) {
    this.form = form;
    this.state = form.querySelector("[data-draft-state]");
    this.name = copies.nameOf(this.owner(), this.address(), copies.newPage());
    this.last = JSON.stringify(valuesOf(form));
  }

  async start(): Promise<void> {
    this.form.addEventListener("input", () => {
      clearTimeout(this.breather);
      this.breather = window.setTimeout(() => this.keepHere(), breath);
      this.retry = firstRetry;
      this.later(pause);
    });
    this.form.addEventListener("submit", (event) => this.leave(event));
    addEventListener("online", () => this.later(0));
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      this.flush();
      if (this.timer !== 0) {
        this.later(0);
      }
    });
    const alive = await this.live();
    this.recall(alive);
  }

  private owner(): string {
    return this.form.dataset["owner"] ?? "";
  }

  private address(): string {
    return this.form.dataset["draft"] ?? "";
  }

  /** Tells the other tabs that this page lives, and asks which of them do. */
  private async live(): Promise<Set<string>> {
    // Locks exist on safe origins only; elsewhere a tab still open is offered too.
    if (!("locks" in navigator)) {
      return new Set();
    }
    try {
      const { held } = await navigator.locks.query();
      void navigator.locks.request(this.name, () => new Promise<void>(() => undefined));
      return new Set((held ?? []).map((lock) => lock.name ?? ""));
    } catch {
      return new Set();
    }
  }

  /** Offers the copies that pages now closed have left, the last one first. */
  private recall(alive: Set<string>): void {
    const shown = this.form.querySelector("[data-conflict], [aria-invalid=true]") !== null;
    for (const { name, copy } of copies.copies(copies.nameOf(this.owner(), this.address()))) {
      if (name === this.name || alive.has(name)) {
        continue;
      }
      const same = JSON.stringify(copy.fields) === this.last;
      if (shown) {
        if (same || document.querySelector("[data-conflict]")) {
          this.adopted.push(name);
        }
      } else if (copy.kept || same) {
        copies.drop(name);
      } else {
        this.offer(name, copy, alive);
        return;
      }
    }
  }

  /** Whether the server would refuse it, which needs no megabytes on the way. */
  private tooLarge(text: string): boolean {
    const max = Number(this.form.dataset["max"]);
    return max > 0 && new Blob([text]).size > max;
  }

  /** Lets the form go, with a network to carry it and a server to take it. */
  private leave(event: SubmitEvent): void {
    if (event.defaultPrevented) {
      return;
    }
    this.keepHere();
    const trouble = !navigator.onLine ? "offline" : this.tooLarge(JSON.stringify(valuesOf(this.form))) ? "large" : "";
    if (trouble !== "") {
      event.preventDefault();
      this.say(this.words(trouble));
      return;
    }
    clearTimeout(this.timer);
    this.timer = 0;
    this.sending?.abort();
    copies.send([this.name, ...this.adopted]);
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keepThere(), wait);
  }

  private flush(): void {
    if (this.breather !== 0) {
      this.keepHere();
    }
  }

  private keepHere(kept = false): void {
    clearTimeout(this.breather);
    this.breather = 0;
    const written = copies.write(this.name, {
      at: Date.now(),
      base: this.hidden("base")?.value ?? "",
      slot: this.hidden("brouillon")?.value ?? "",
      kept,
      fields: valuesOf(this.form),
    });
    if (!written) {
      this.say(this.words("full"));
    }
  }

  private async keepThere(): Promise<void> {
    this.timer = 0;
    const fields = valuesOf(this.form);
    const now = JSON.stringify(fields);
    if (now === this.last) {
      return;
    }
    if (this.sending) {
      this.later(pause);
      return;
    }
    if (this.tooLarge(now)) {
      this.say(this.words("large"));
      return;
    }
    this.sending = new AbortController();
    try {
      const body = new URLSearchParams(fields);
      for (const name of ["base", "compte", "brouillon"]) {
        const field = this.hidden(name);
        if (field) {
          body.set(name, field.value);
        }
      }
      const answer = await fetch(this.address(), { method: "POST", body, signal: this.sending.signal });
      await this.answered(answer, now);
    } catch {
      if (!this.sending.signal.aborted) {
        this.say(this.words("offline"));
        this.again();
      }
    } finally {
      this.sending = null;
    }
  }

  private async answered(answer: Response, sent: string): Promise<void> {
    if (answer.ok) {
      const kept: unknown = await answer.json();
      if (!isKept(kept)) {
        throw new TypeError("the answer is not ours");
      }
      this.last = sent;
      this.retry = firstRetry;
      const slot = this.hidden("brouillon");
      if (slot) {
        slot.value = kept.slot;
      }
      this.keepHere(JSON.stringify(valuesOf(this.form)) === sent);
      this.say(kept.said);
      return;
    }
    switch (answer.status) {
      case 401:
        this.say(this.words("expired"), signIn(this.words("signIn")));
        this.again();
        return;
      case 403:
        this.say(this.words("other"));
        this.again();
        return;
      case 413:
        this.say(this.words("large"));
        return;
      default:
        this.say(this.words("offline"));
        this.again();
    }
  }

  private again(): void {
    this.later(this.retry);
    this.retry = Math.min(this.retry * 2, lastRetry);
  }

  /** Offers what this browser kept; the person decides. */
  private offer(name: string, copy: copies.Copy, alive: Set<string>): void {
    if (!this.state) {
      return;
    }
    const take = button(this.words("resume"));
    const leave = button(this.words("drop"));
    take.addEventListener("click", () => {
      for (const field of fieldsOf(this.form)) {
        field.value = copy.fields[field.name] ?? field.value;
      }
      this.form.dispatchEvent(new CustomEvent("resumed"));
      this.set("base", copy.base);
      this.set("brouillon", copy.slot);
      this.state?.replaceChildren();
      fieldsOf(this.form)[0]?.focus();
      this.keepHere();
      copies.drop(name);
      this.later(0);
    });
    leave.addEventListener("click", () => {
      copies.drop(name);
      this.state?.replaceChildren();
      fieldsOf(this.form)[0]?.focus();
      this.recall(alive);
    });
    this.state.replaceChildren(`${this.words("local")} `, take, " ", leave);
  }

  private hidden(name: string): HTMLInputElement | null {
    return this.form.querySelector(`input[type=hidden][name=${name}]`);
  }

  private set(name: string, value: string): void {
    const field = this.hidden(name);
    if (field && value !== "") {
      field.value = value;
    }
  }

  private words(which: string): string {
    return this.state?.dataset[which] ?? "";
  }

  private say(text: string, more?: HTMLElement): void {
    if (this.state && this.state.dataset["said"] !== text) {
      this.state.replaceChildren(text, ...(more ? [" ", more] : []));
      this.state.dataset["said"] = text;
    }
  }
}

function isKept(value: unknown): value is { said: string; slot: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "said" in value &&
    typeof value.said === "string" &&
    "slot" in value &&
    typeof value.slot === "string"
  );
}

function button(label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-small";
  made.textContent = label;
  return made;
}

function signIn(label: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.className = "textlink";
  made.href = "/connexion";
  made.target = "_blank";
  made.rel = "noopener";
  made.textContent = label;
  return made;
}

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((field): field is Field =>
    field.matches(
      "textarea[name], select[name], input[name]:not([type=hidden], [type=password], [type=checkbox], [type=radio], [type=file])",
    ),
  );
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
}

/** Keeps what is typed in the form of a comment, and gives it back to an empty one. */
function startComments(): void {
  fillComments();
  document.addEventListener("htmx:after:swap", fillComments);
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form.composer") : null;
    if (form) {
      const fields = valuesOf(form);
      if (Object.values(fields).some((text) => text !== "")) {
        copies.write(commentOf(form), { at: Date.now(), base: "", slot: "", kept: false, fields });
      } else {
        copies.drop(commentOf(form));
      }
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.matches(".composer") && !event.defaultPrevented) {
      copies.send([commentOf(event.target)]);
    }
  });
}

/** Forgets the copy of a comment that arrived. */
export function arrived(form: Element | null): void {
  if (form instanceof HTMLFormElement && form.matches(".composer")) {
    copies.drop(commentOf(form));
  }
}

function fillComments(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form.composer")) {
    const kept = copies.read(commentOf(form));
    for (const field of kept ? fieldsOf(form) : []) {
      if (field.value === "") {
        field.value = kept?.fields[field.name] ?? "";
      }
    }
  }
}

function commentOf(form: HTMLFormElement): string {
  const hidden = [...form.querySelectorAll<HTMLInputElement>("input[type=hidden]")].map((field) => field.value);
  return copies.nameOf(
    document.body.dataset["me"] ?? "",
    [form.getAttribute("action") ?? "", ...hidden].join("|"),
    "comment",
  );
}
