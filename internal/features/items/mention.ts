/**
 * Proposes people and groups while one types a name after "@" in a field that says
 * where to ask. The field stays a field of text: what is proposed is a list under
 * it, told by aria-activedescendant, and the text typed is never changed but by a
 * choice. Without it, a whole name typed after "@" is understood all the same.
 */
import { announce } from "../../../web/src/live";

/** How long to wait for more before asking, in milliseconds. */
const pause = 120;
/** How far back an "@" is looked for, in characters. */
const reach = 60;

interface Proposal {
  target: string;
  name: string;
  note: string;
  initials: string;
  hue: number;
}

interface Answer {
  said: string;
  list: Proposal[];
}

/** Where one types: a field of text, or the visual editor. */
export interface Place {
  /** What has the focus and tells of the list, which stands after it. */
  element: HTMLElement;
  /** Where to ask. */
  address: string;
  form: HTMLFormElement | null;
  /** What is typed since the "@" before the caret; null when there is none. */
  begun(): string | null;
  /** Writes a text in place of so many characters before the caret. */
  put(text: string, instead: number): void;
}

let open: List | null = null;
let timer = 0;
let asked = 0;

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field instanceof HTMLTextAreaElement && field.dataset["mentions"]) {
    typed(inField(field));
  }
});

/** Proposes, after a pause, who may be meant by what was just typed. */
export function typed(place: Place): void {
  clearTimeout(timer);
  const begun = place.begun();
  if (begun === null) {
    close();
    return;
  }
  timer = window.setTimeout(() => void propose(place, begun), pause);
}

function inField(field: HTMLTextAreaElement): Place {
  return {
    element: field,
    address: field.dataset["mentions"] ?? "",
    form: field.form,
    begun: () => beginning(field),
    put(text, instead) {
      const end = field.selectionStart;
      field.setRangeText(text, end - instead, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
}

document.addEventListener(
  "keydown",
  (event) => {
    if (open && event.target === open.place.element && !event.isComposing && open.press(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.place.element) {
    close();
  }
});

/** What is typed since the "@" before the caret; null when there is none. */
export function beginning(field: HTMLTextAreaElement): string | null {
  if (field.selectionStart !== field.selectionEnd) {
    return null;
  }
  return nameIn(field.value.slice(0, field.selectionStart));
}

/** The name that a text ends with, begun after "@"; null when it ends with none. */
export function nameIn(text: string): string | null {
  const before = text.slice(-reach);
  const found = /(?:^|[^\p{L}\p{N}@\\])@([^\n@]*)$/u.exec(before);
  const begun = found?.[1] ?? null;
  return begun === null || begun.startsWith(" ") || begun.split(" ").length > 4 ? null : begun;
}

async function propose(place: Place, begun: string): Promise<void> {
  const mine = ++asked;
  let answer: Answer | null = null;
  try {
    const got = await fetch(`${place.address}?debut=${encodeURIComponent(begun)}`);
    answer = got.ok ? read(await got.json()) : null;
  } catch {
    // Cut off: a name typed whole is understood without us.
  }
  if (mine !== asked || document.activeElement !== place.element || place.begun() !== begun) {
    return;
  }
  close();
  if (answer && answer.list.length > 0) {
    open = new List(place, answer, begun);
    announce(answer.said);
  }
}

function close(): void {
  open?.remove();
  open = null;
}

/** The list under a field. */
class List {
  private readonly element = document.createElement("ul");
  private active = 0;
  readonly place: Place;
  private readonly answer: Answer;
  private readonly begun: string;

  constructor(place: Place, answer: Answer, begun: string) {
    this.place = place;
    this.answer = answer;
    this.begun = begun;
    this.element.className = "menu mention-list";
    this.element.id = `${place.element.id}-propositions`;
    this.element.setAttribute("role", "listbox");
    this.element.setAttribute("aria-label", answer.said);
    answer.list.forEach((proposal, at) => {
      const option = draw(proposal, `${this.element.id}-${at}`);
      // Before the field loses the focus.
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.active = at;
        this.take();
      });
      this.element.append(option);
    });
    place.element.after(this.element);
    place.element.setAttribute("aria-controls", this.element.id);
    this.show();
  }

  /** Answers whether the key was for the list. */
  press(key: string): boolean {
    const count = this.answer.list.length;
    switch (key) {
      case "ArrowDown":
        this.active = (this.active + 1) % count;
        break;
      case "ArrowUp":
        this.active = (this.active + count - 1) % count;
        break;
      case "Enter":
      case "Tab":
        this.take();
        return true;
      case "Escape":
        close();
        return true;
      default:
        return false;
    }
    this.show();
    return true;
  }

  remove(): void {
    this.element.remove();
    this.place.element.removeAttribute("aria-controls");
    this.place.element.removeAttribute("aria-activedescendant");
  }

  private show(): void {
    [...this.element.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === this.active));
    });
    const option = this.element.children[this.active];
    option?.scrollIntoView({ block: "nearest" });
    this.place.element.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  /** Writes the name chosen, and keeps in the form who it is. */
  private take(): void {
    const chosen = this.answer.list[this.active];
    const { place } = this;
    close();
    if (!chosen || !place.form) {
      return;
    }
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = "mention";
    kept.value = chosen.target;
    place.form.append(kept);
    asked++;
    place.put(`${chosen.name} `, this.begun.length);
    clearTimeout(timer);
    close();
  }
}

function draw(proposal: Proposal, id: string): HTMLLIElement {
  const option = document.createElement("li");
  option.id = id;
  option.className = "menu-item mention-option";
  option.setAttribute("role", "option");
  const face = document.createElement("span");
  face.className = `avatar avatar-small ${proposal.hue > 0 ? `hue-${proposal.hue}` : "mention-group"}`;
  face.setAttribute("aria-hidden", "true");
  face.textContent = proposal.initials;
  const name = document.createElement("span");
  name.className = "mention-name";
  name.textContent = proposal.name;
  const note = document.createElement("span");
  note.className = "mention-note";
  note.textContent = proposal.note;
  option.append(face, name, " ", note);
  return option;
}

/** Reads an answer of the server, which is as foreign as any. */
function read(value: unknown): Answer | null {
  if (typeof value !== "object" || value === null || !("said" in value) || !("list" in value)) {
    return null;
  }
  if (typeof value.said !== "string" || !Array.isArray(value.list)) {
    return null;
  }
  return { said: value.said, list: value.list.filter(isProposal) };
}

function isProposal(value: unknown): value is Proposal {
  return (
    typeof value === "object" &&
    value !== null &&
    ["target", "name", "note", "initials"].every((key) => typeof Reflect.get(value, key) === "string") &&
    typeof Reflect.get(value, "hue") === "number"
  );
}
