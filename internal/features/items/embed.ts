/**
 * Files put into a text: chosen, pasted or dropped, they are sent at once, and the text
 * names them by what the server answers. An image stands in the text only with words
 * for those who do not see it.
 */

import { type Sent, upload } from "../../../web/src/upload";

/** Where files are put: the field of Markdown, or the visual editor. */
export interface Target {
  image(ref: string, alt: string): void;
  file(ref: string, name: string): void;
  focus(): void;
}

const scheme = "fichier:";

/** The destination by which a text calls a file. */
export function destination(ref: string): string {
  return scheme + ref;
}

/** What the address of an image of ours, on any of its pages, is in a text; null for others. */
export function embedded(address: string | null): string | null {
  if (address?.startsWith(scheme)) {
    return address;
  }
  const found = /\/fichiers\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//.exec(address ?? "");
  return found?.[1] ? destination(found[1]) : null;
}

/** Markdown of words that no mark of theirs ends. */
export function words(text: string): string {
  return text.replace(/[\\[\]*_`<>~&!]/g, "\\$&");
}

/** The files of a form, one after the other, and the words for each image. */
export class Embeds {
  private readonly box: HTMLElement;
  private readonly row: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly name: HTMLElement;
  private readonly state: HTMLElement;
  private readonly chooser: HTMLInputElement;
  private readonly target: () => Target;
  private waiting: Promise<void> = Promise.resolve();
  private settle: ((alt: string | null) => void) | null = null;

  constructor(box: HTMLElement, target: () => Target) {
    this.box = box;
    this.target = target;
    this.row = found(box, "[data-embed-words]", HTMLElement);
    this.input = found(this.row, "input", HTMLInputElement);
    this.name = found(this.row, "[data-embed-name]", HTMLElement);
    this.state = found(box, "[data-editor-state]", HTMLElement);
    this.chooser = found(box, "[data-embed-chooser]", HTMLInputElement);
    for (const button of box.querySelectorAll<HTMLButtonElement>("[data-embed]")) {
      button.addEventListener("click", () => {
        this.chooser.accept = button.dataset["embed"] === "image" ? "image/*" : "";
        this.chooser.click();
      });
    }
    this.chooser.addEventListener("change", () => {
      this.take([...(this.chooser.files ?? [])]);
      this.chooser.value = "";
    });
    found(this.row, "[data-embed-put]", HTMLButtonElement).addEventListener("click", () => this.put());
    found(this.row, "[data-embed-drop]", HTMLButtonElement).addEventListener("click", () => this.settle?.(null));
    this.row.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.input) {
        event.preventDefault();
        this.put();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.settle?.(null);
      }
    });
  }

  /** Takes what is pasted or dropped, if it is files. */
  transfer(data: DataTransfer | null): boolean {
    const files = [...(data?.files ?? [])];
    // A word processor pastes a picture of its text beside the text itself.
    if (files.length === 0 || data?.types.includes("text/html") || data?.types.includes("text/plain")) {
      return false;
    }
    this.take(files);
    return true;
  }

  take(files: File[]): void {
    for (const file of files) {
      this.waiting = this.waiting.then(() => this.one(file));
    }
  }

  private async one(file: File): Promise<void> {
    const sent = await this.send(file);
    if (!sent) {
      return;
    }
    this.say("");
    if (!sent.image) {
      this.target().file(sent.ref, sent.name);
      this.say(sent.said);
      return;
    }
    const alt = await this.ask(sent.name, "");
    if (alt !== null) {
      this.target().image(sent.ref, alt);
    }
    this.target().focus();
  }

  /** Asks the words for an image; null when it is given up. */
  async ask(name: string, alt: string): Promise<string | null> {
    this.settle?.(null);
    this.name.textContent = name;
    this.input.value = alt;
    this.refuse(false);
    this.row.hidden = false;
    this.input.focus();
    const answer = await new Promise<string | null>((settle) => {
      this.settle = settle;
    });
    this.settle = null;
    this.row.hidden = true;
    return answer;
  }

  private put(): void {
    const alt = this.input.value.trim().replace(/\s+/g, " ");
    this.refuse(alt === "");
    if (alt === "") {
      this.input.focus();
      return;
    }
    this.settle?.(alt);
  }

  private refuse(empty: boolean): void {
    this.input.setAttribute("aria-invalid", String(empty));
    found(this.row, "[data-embed-empty]", HTMLElement).hidden = !empty;
  }

  private say(text: string): void {
    this.state.textContent = text;
  }

  private async send(file: File): Promise<Sent | null> {
    const sending = (this.box.dataset["sending"] ?? "").replace("%", file.name);
    const sent = await upload(this.box.dataset["files"] ?? "", file, (percent) => this.say(`${sending} ${percent} %`));
    if (typeof sent === "string") {
      this.say(sent === "" ? (this.state.dataset["unsent"] ?? "") : sent);
      return null;
    }
    return sent;
  }
}

/** The field of Markdown as a place for files. */
export function inText(field: HTMLTextAreaElement): Target {
  const write = (text: string) => {
    const at = field.selectionStart;
    field.setRangeText(text, at, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    field.focus();
  };
  return {
    image: (ref, alt) => write(`![${words(alt)}](${destination(ref)})`),
    file: (ref, name) => write(`[${words(name)}](${destination(ref)})`),
    focus: () => field.focus(),
  };
}

/** The element that the page is sure to hold. */
export function found<T extends Element>(within: ParentNode, selector: string, kind: new () => T): T {
  const element = within.querySelector(selector);
  if (!(element instanceof kind)) {
    throw new Error(`the editor lacks ${selector}`);
  }
  return element;
}
