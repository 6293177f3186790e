/**
 * Keeps what is typed in a form until the server has it: in this browser at
 * every pause, and at the server a little later. A form takes part by
 * data-draft, the address that keeps its text, and says what is kept in its
 * [data-draft-state], whose other attributes hold the ready-made sentences.
 *
 * The copy in this browser is named by that address and the account, so that
 * nobody else who signs in here is shown it. It goes when the server has
 * answered that the form is kept for good: when the next page is another one.
 */
const prefix = "ruche.draft.";
const pause = 2_000;
const retry = 15_000;

/** What a form held when it was last looked at. */
interface Copy {
  at: number;
  /** Set when the form was sent: the next page tells whether it arrived. */
  sent: boolean;
  fields: Record<string, string>;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Starts keeping the forms of the page. */
export function startDrafts(): void {
  forget();
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    new Keeper(form).start();
  }
}

/** Drops the copies of forms that were sent and whose page is not this one. */
function forget(): void {
  const here = new Set([...document.querySelectorAll<HTMLFormElement>("form[data-draft]")].map(nameOf));
  for (const name of names()) {
    if (!here.has(name) && read(name)?.sent) {
      drop(name);
    }
  }
}

class Keeper {
  private readonly state: HTMLElement | null;
  private timer = 0;
  private last: string;
  private readonly form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.form = form;
    this.state = form.querySelector("[data-draft-state]");
    this.last = JSON.stringify(valuesOf(form));
  }

  start(): void {
    this.recall();
    this.form.addEventListener("input", () => {
      this.keepHere(false);
      this.later(pause);
    });
    this.form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) {
        clearTimeout(this.timer);
        this.keepHere(true);
      }
    });
    addEventListener("online", () => this.later(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.timer !== 0) {
        this.later(0);
      }
    });
  }

  /** Offers the copy of an earlier visit, unless the page shows it or it arrived. */
  private recall(): void {
    const name = nameOf(this.form);
    const kept = read(name);
    const asked = document.querySelector<HTMLFormElement>("form.draft-choice");
    asked?.addEventListener("submit", () => drop(name));
    if (!kept) {
      return;
    }
    const arrived = kept.sent && document.querySelector("[data-flash]") !== null;
    if (arrived || JSON.stringify(kept.fields) === this.last) {
      drop(name);
    } else if (
      !asked &&
      !document.querySelector("[data-conflict]") &&
      !this.form.querySelector("[aria-invalid=true]")
    ) {
      this.offer(kept);
    }
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keepThere(), wait);
  }

  private keepHere(sent: boolean): void {
    write(nameOf(this.form), { at: Date.now(), sent, fields: valuesOf(this.form) });
  }

  private async keepThere(): Promise<void> {
    this.timer = 0;
    const fields = valuesOf(this.form);
    const now = JSON.stringify(fields);
    if (now === this.last) {
      return;
    }
    try {
      const answer = await fetch(this.form.dataset["draft"] ?? "", {
        method: "POST",
        body: new URLSearchParams(withBase(this.form, fields)),
      });
      if (answer.ok) {
        this.last = now;
        this.say(await answer.text());
      } else {
        this.say(this.words(answer.status === 401 ? "expired" : answer.status === 413 ? "large" : "offline"));
        this.later(retry);
      }
    } catch {
      this.say(this.words("offline"));
      this.later(retry);
    }
  }

  /** Offers what this browser kept; the person decides. */
  private offer(kept: Copy): void {
    if (!this.state) {
      return;
    }
    const take = button(this.state.dataset["resume"] ?? "");
    const leave = button(this.state.dataset["drop"] ?? "");
    take.addEventListener("click", () => {
      for (const field of fieldsOf(this.form)) {
        field.value = kept.fields[field.name] ?? field.value;
      }
      this.state?.replaceChildren();
      fieldsOf(this.form)[0]?.focus();
      this.later(0);
    });
    leave.addEventListener("click", () => {
      drop(nameOf(this.form));
      this.state?.replaceChildren();
      fieldsOf(this.form)[0]?.focus();
    });
    this.state.replaceChildren(`${this.words("local")} `, take, " ", leave);
  }

  private words(which: string): string {
    return this.state?.dataset[which] ?? "";
  }

  private say(text: string): void {
    if (this.state && this.state.textContent !== text) {
      this.state.textContent = text;
    }
  }
}

function button(label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-small";
  made.textContent = label;
  return made;
}

function nameOf(form: HTMLFormElement): string {
  return `${prefix}${form.dataset["owner"] ?? ""}${form.dataset["draft"] ?? ""}`;
}

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((field): field is Field =>
    field.matches(
      "textarea[name], input[name]:not([type=hidden], [type=password], [type=checkbox], [type=radio], [type=file])",
    ),
  );
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
}

function withBase(form: HTMLFormElement, fields: Record<string, string>): Record<string, string> {
  const base = form.querySelector<HTMLInputElement>("input[name=base]");
  return base ? { ...fields, base: base.value } : fields;
}

// Storage may be full or forbidden: the server then keeps the text alone.
function write(name: string, copy: Copy): void {
  try {
    localStorage.setItem(name, JSON.stringify(copy));
  } catch {
    drop(name);
  }
}

function read(name: string): Copy | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return isCopy(kept) ? kept : null;
  } catch {
    return null;
  }
}

function isCopy(value: unknown): value is Copy {
  return (
    typeof value === "object" &&
    value !== null &&
    "at" in value &&
    typeof value.at === "number" &&
    "sent" in value &&
    typeof value.sent === "boolean" &&
    "fields" in value &&
    typeof value.fields === "object" &&
    value.fields !== null &&
    Object.values(value.fields).every((text) => typeof text === "string")
  );
}

function drop(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Storage is forbidden: there is nothing to drop.
  }
}

function names(): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}
