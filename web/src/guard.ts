/**
 * Asks before leaving a page with text typed and not sent. A form takes part by
 * the attribute data-guard.
 */
const sent = new WeakSet<HTMLFormElement>();

/** Starts watching the guarded forms, those there now and those to come. */
export function startGuard(): void {
  addEventListener("beforeunload", (event) => {
    if (unsaved()) {
      event.preventDefault();
    }
  });
  document.addEventListener("submit", (event) => {
    // A form that htmx sends is replaced by the answer; only what leaves the page counts.
    if (event.target instanceof HTMLFormElement && !event.defaultPrevented) {
      sent.add(event.target);
    }
  });
  // A page that comes back from the browser's memory is guarded anew.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-guard]")) {
      sent.delete(form);
    }
  });
}

/** Lets the page be left, once what it held is kept. */
export function release(form: Element | null): void {
  if (form instanceof HTMLFormElement) {
    sent.add(form);
  }
}

/** Whether some guarded form holds what was neither sent nor there at first. */
export function unsaved(): boolean {
  return [...document.querySelectorAll<HTMLFormElement>("form[data-guard]")].some(
    (form) => !sent.has(form) && holdsUnsaved(form),
  );
}

function holdsUnsaved(form: HTMLFormElement): boolean {
  // A form that came back refused shows what was typed as if it were its first text.
  if (form.querySelector("[aria-invalid=true], [data-summary]")) {
    return true;
  }
  return [...form.elements].some(isChanged);
}

function isChanged(field: Element): boolean {
  if (field instanceof HTMLTextAreaElement) {
    return field.value !== field.defaultValue;
  }
  if (field instanceof HTMLSelectElement) {
    return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex !== 0;
  }
  if (field instanceof HTMLInputElement) {
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    return field.type !== "hidden" && field.value !== field.defaultValue;
  }
  return false;
}
