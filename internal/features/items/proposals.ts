/**
 * A list of things to choose from while one types: the focus stays where one types, and
 * aria-activedescendant tells what is chosen (APG, combobox with a list). One list is
 * open at a time.
 */
import { announce } from "../../../web/src/live";

/** Where one types, and what has the focus; the list stands after it. */
export interface Host {
  element: HTMLElement;
  /** Where the caret is in the window, for a list that opens beside it and not under the whole. */
  caret?(): { left: number; bottom: number };
}

/** What is proposed, and what a choice does. */
export interface Proposed<T> {
  /** Says how much there is; the name of the list too. */
  said: string;
  list: readonly T[];
  draw(choice: T): Node[];
  take(choice: T): void;
  /** One left it by Escape. */
  left?(): void;
}

let open: List<unknown> | null = null;

document.addEventListener(
  "keydown",
  (event) => {
    if (open && event.target === open.host.element && !event.isComposing && open.press(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.host.element) {
    dismiss();
  }
});

/** Opens the list instead of the one that is open; an empty one is none. What was just said of the same is not said again. */
export function propose<T>(host: Host, proposed: Proposed<T>): void {
  const said = open?.host.element === host.element ? open.said : "";
  dismiss();
  if (proposed.list.length > 0) {
    open = new List(host, proposed) as List<unknown>;
    if (proposed.said !== said) {
      announce(proposed.said);
    }
  }
}

export function dismiss(): void {
  open?.remove();
  open = null;
}

class List<T> {
  private readonly element = document.createElement("ul");
  private active = 0;
  readonly host: Host;
  readonly said: string;
  private readonly proposed: Proposed<T>;

  constructor(host: Host, proposed: Proposed<T>) {
    this.host = host;
    this.proposed = proposed;
    this.said = proposed.said;
    this.element.className = "menu proposals";
    this.element.id = `${host.element.id}-propositions`;
    this.element.setAttribute("role", "listbox");
    this.element.setAttribute("aria-label", proposed.said);
    proposed.list.forEach((choice, at) => {
      const option = document.createElement("li");
      option.id = `${this.element.id}-${at}`;
      option.className = "menu-item proposal";
      option.setAttribute("role", "option");
      option.append(...proposed.draw(choice));
      // Before the field loses the focus.
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.active = at;
        this.take();
      });
      this.element.append(option);
    });
    host.element.after(this.element);
    host.element.setAttribute("aria-controls", this.element.id);
    this.place();
    this.show();
  }

  /** Answers whether the key was for the list. */
  press(key: string): boolean {
    const count = this.proposed.list.length;
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
        dismiss();
        this.proposed.left?.();
        return true;
      default:
        return false;
    }
    this.show();
    return true;
  }

  remove(): void {
    this.element.remove();
    this.host.element.removeAttribute("aria-controls");
    this.host.element.removeAttribute("aria-activedescendant");
  }

  /** Puts the list under the caret, and within what holds it. */
  private place(): void {
    const caret = this.host.caret?.();
    const around = this.element.offsetParent;
    if (!caret || !around) {
      return;
    }
    const box = around.getBoundingClientRect();
    const room = Math.max(0, box.width - this.element.offsetWidth);
    this.element.style.insetBlockStart = `${caret.bottom - box.top}px`;
    this.element.style.insetInlineStart = `${Math.min(Math.max(0, caret.left - box.left), room)}px`;
  }

  private show(): void {
    [...this.element.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === this.active));
    });
    const option = this.element.children[this.active];
    option?.scrollIntoView({ block: "nearest" });
    this.host.element.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  private take(): void {
    const chosen = this.proposed.list[this.active];
    dismiss();
    if (chosen !== undefined) {
      this.proposed.take(chosen);
    }
  }
}
