/**
 * Proposes people and groups while one types a name after "@" in a field that says
 * where to ask. The field stays a field of text: what is proposed is a list under
 * it, told by aria-activedescendant, and the text typed is never changed but by a
 * choice. Without it, a whole name typed after "@" is understood all the same.
 */
import { dismiss, type Host, propose as proposeList } from "./proposals";

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
export interface Place extends Host {
  /** Where to ask. */
  address: string;
  form: HTMLFormElement | null;
  /** What is typed since the "@" before the caret; null when there is none. */
  begun(): string | null;
  /** Writes a text in place of so many characters before the caret. */
  put(text: string, instead: number): void;
}

let timer = 0;
let asked = 0;
/** What was answered last, to what, and where. */
let shown: { place: HTMLElement; begun: string; answer: Answer } | null = null;

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
    dismiss();
    shown = null;
    return;
  }
  narrow(place, begun);
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

/** Keeps of what is shown what still fits: Enter must never choose whom one has typed past. */
function narrow(place: Place, begun: string): void {
  if (shown === null) {
    return;
  }
  const { answer } = shown;
  const still = shown.place === place.element && begun.startsWith(shown.begun);
  const list = still ? answer.list.filter(({ name }) => fits(name, begun)) : [];
  show(place, begun, { said: answer.said, list });
}

/** Whether a word of a name begins with what is typed, or several do in a row. */
export function fits(name: string, begun: string): boolean {
  return ` ${plain(name)}`.includes(` ${plain(begun)}`);
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
}

function show(place: Place, begun: string, { said, list }: Answer): void {
  proposeList(place, { said, list, draw, take: (chosen) => take(place, begun, chosen) });
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
  shown = answer && { place: place.element, begun, answer };
  if (answer) {
    show(place, begun, answer);
  } else {
    dismiss();
  }
}

/** Writes the name chosen, and keeps in the form who it is. */
function take(place: Place, begun: string, chosen: Proposal): void {
  if (!place.form) {
    return;
  }
  const kept = document.createElement("input");
  kept.type = "hidden";
  kept.name = "mention";
  kept.value = chosen.target;
  kept.dataset["name"] = chosen.name;
  place.form.append(kept);
  asked++;
  shown = null;
  place.put(`${chosen.name} `, begun.length);
  clearTimeout(timer);
  dismiss();
}

function draw(proposal: Proposal): Node[] {
  const face = document.createElement("span");
  face.className = `avatar avatar-small ${proposal.hue > 0 ? `hue-${proposal.hue}` : "mention-group"}`;
  face.setAttribute("aria-hidden", "true");
  face.textContent = proposal.initials;
  const name = document.createElement("span");
  name.className = "proposal-name";
  name.textContent = proposal.name;
  const note = document.createElement("span");
  note.className = "proposal-note";
  note.textContent = proposal.note;
  return [face, name, document.createTextNode(" "), note];
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
