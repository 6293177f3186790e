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

let open: List | null = null;
let timer = 0;
let asked = 0;

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !field.dataset["mentions"]) {
    return;
  }
  clearTimeout(timer);
  const begun = beginning(field);
  if (begun === null) {
    close();
    return;
  }
  timer = window.setTimeout(() => void propose(field, begun), pause);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (open && event.target === open.field && !event.isComposing && open.press(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.field) {
    close();
  }
});

/** What is typed since the "@" before the caret; null when there is none. */
export function beginning(field: HTMLTextAreaElement): string | null {
  if (field.selectionStart !== field.selectionEnd) {
    return null;
  }
  const before = field.value.slice(Math.max(0, field.selectionStart - reach), field.selectionStart);
  const found = /(?:^|[^\p{L}\p{N}@\\])@([^\n@]*)$/u.exec(before);
  const begun = found?.[1] ?? null;
  return begun === null || begun.startsWith(" ") || begun.split(" ").length > 4 ? null : begun;
}

async function propose(field: HTMLTextAreaElement, begun: string): Promise<void> {
  const mine = ++asked;
  let answer: Answer | null = null;
  try {
    const got = await fetch(`${field.dataset["mentions"] ?? ""}?debut=${encodeURIComponent(begun)}`);
    answer = got.ok ? read(await got.json()) : null;
  } catch {
    // Cut off: a name typed whole is understood without us.
  }
  if (mine !== asked || document.activeElement !== field || beginning(field) !== begun) {
    return;
  }
  close();
  if (answer && answer.list.length > 0) {
    open = new List(field, answer, begun);
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
  readonly field: HTMLTextAreaElement;
  private readonly answer: Answer;
  private readonly begun: string;

  constructor(field: HTMLTextAreaElement, answer: Answer, begun: string) {
    this.field = field;
    this.answer = answer;
    this.begun = begun;
    this.element.className = "menu mention-list";
    this.element.id = `${field.id}-propositions`;
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
    field.after(this.element);
    field.setAttribute("aria-controls", this.element.id);
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
    this.field.removeAttribute("aria-controls");
    this.field.removeAttribute("aria-activedescendant");
  }

  private show(): void {
    [...this.element.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === this.active));
    });
    const option = this.element.children[this.active];
    option?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  /** Writes the name chosen, and keeps in the form who it is. */
  private take(): void {
    const chosen = this.answer.list[this.active];
    const { field } = this;
    const end = field.selectionStart;
    close();
    if (!chosen || !field.form) {
      return;
    }
    field.setRangeText(`${chosen.name} `, end - this.begun.length, end, "end");
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = "mention";
    kept.value = chosen.target;
    field.form.append(kept);
    asked++;
    field.dispatchEvent(new Event("input", { bubbles: true }));
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
