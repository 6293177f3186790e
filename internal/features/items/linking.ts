/**
 * Proposes where a link may lead while one types words in place of an address: the spaces
 * and the contents that one may read, as the palette finds them.
 */
import { dismiss, propose } from "./proposals";

/** How long to wait for more before asking, in milliseconds. */
const pause = 120;
/** From how many characters on places are looked for, and how many are shown. */
const shortest = 2;
const most = 8;

/** A place of the instance. */
export interface Place {
  href: string;
  label: string;
  /** The space of a content; empty for a space. */
  note: string;
}

/** The words that are typed in place of an address; null for an address, and for too little. */
export function sought(typed: string): string | null {
  const words = typed.trim();
  const address = /^[/#?]|^[a-z][a-z0-9+.-]*:|^www\.|^\S+\.\S+$/i.test(words);
  return address || words.length < shortest ? null : words;
}

/** Proposes places for what is typed in a field; choosing one hands it over. */
export function proposePlaces(field: HTMLInputElement, from: string, take: (place: Place) => void): void {
  let timer = 0;
  const ask = async (words: string) => {
    let found: Found = { said: "", list: [] };
    try {
      const answer = await fetch(`${from}?q=${encodeURIComponent(words)}`);
      found = answer.ok && !answer.redirected ? read(await answer.text()) : found;
    } catch {
      // Cut off: an address is set all the same.
    }
    if (document.activeElement === field && sought(field.value) === words) {
      propose({ element: field }, { ...found, draw, take });
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    dismiss();
    const words = sought(field.value);
    if (words !== null) {
      timer = window.setTimeout(() => void ask(words), pause);
    }
  });
}

interface Found {
  said: string;
  list: Place[];
}

/** Reads what the palette is answered. */
export function read(html: string): Found {
  const page = new DOMParser().parseFromString(html, "text/html");
  const list = [...page.querySelectorAll<HTMLAnchorElement>("a.go-place")].map((link) => ({
    href: link.getAttribute("href") ?? "",
    label: link.querySelector(".go-label")?.textContent?.trim() ?? "",
    note: link.querySelector(".go-note")?.textContent?.trim() ?? "",
  }));
  return {
    said: page.querySelector<HTMLElement>("[data-said]")?.dataset["said"] ?? "",
    list: list.filter(({ href, label }) => href.startsWith("/") && label !== "").slice(0, most),
  };
}

function draw(place: Place): Node[] {
  const name = document.createElement("span");
  name.className = "proposal-name";
  name.textContent = place.label;
  const note = document.createElement("span");
  note.className = "proposal-note";
  note.textContent = place.note;
  return [name, document.createTextNode(" "), note];
}
