import { announce } from "./live";

/** How long to wait for more before asking, in milliseconds. */
const pause = 120;

/**
 * Opens the palette: by its link, by Ctrl K, and by "/" for who wants single keys and is
 * not typing. What is typed is asked of the server; arrows go from result to result, and
 * Enter in the field goes to the first.
 */
export function startPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  const input = dialog?.querySelector<HTMLInputElement>("input");
  const results = dialog?.querySelector<HTMLElement>("[data-palette-results]");
  if (!dialog || !input || !results) {
    return;
  }
  let timer = 0;
  let asked = 0;
  let told = "";
  const ask = async (said: boolean) => {
    const mine = ++asked;
    try {
      const answer = await fetch(`${dialog.dataset["from"] ?? ""}?q=${encodeURIComponent(input.value)}`);
      const html = answer.ok && !answer.redirected ? await answer.text() : "";
      if (mine !== asked || html === "") {
        return;
      }
      // What comes is of our own server, drawn by the same templates as the pages.
      results.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children);
      // As many as before is no news, however many keys it took.
      const count = results.querySelector<HTMLElement>("[data-said]")?.dataset["said"] ?? "";
      if (said && count !== told) {
        announce(count);
      }
      told = said ? count : "";
    } catch {
      // Cut off: the form still leads to the page.
    }
  };
  const open = () => {
    if (!dialog.open) {
      dialog.showModal();
      input.select();
      void ask(false);
    }
  };
  document.querySelector("[data-palette-open]")?.addEventListener("click", (event) => {
    if (event instanceof MouseEvent && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      document.querySelector<HTMLElement>("#rail:popover-open")?.hidePopover();
      open();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (opens(event, document.body.dataset["shortcuts"] !== undefined)) {
      event.preventDefault();
      open();
    }
  });
  dialog.querySelector("[data-palette-close]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close(); // beside the dialog, on what lies under it
    }
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(true), pause);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault(); // a field of search would only be emptied
      dialog.close();
      return;
    }
    const places = [input, ...results.querySelectorAll<HTMLElement>("a")];
    const at = places.findIndex((place) => place === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined && at >= 0) {
      event.preventDefault();
      places[(to + places.length) % places.length]?.focus();
    } else if (event.key === "Enter" && at === 0 && places[1] && !event.isComposing) {
      event.preventDefault();
      places[1].click();
    }
  });
}

/** Whether a key opens the palette; a key alone does so only for who wants it, and not while typing. */
export function opens(event: KeyboardEvent, single: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) {
    return false;
  }
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
    return !editing(event.target, true);
  }
  return single && event.key === "/" && !event.ctrlKey && !event.metaKey && !editing(event.target, false);
}

/** Whether something is being typed; a field of plain text has no use for Ctrl K. */
function editing(target: EventTarget | null, rich: boolean): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  return target.isContentEditable || (!rich && target.matches("input, textarea, select"));
}
