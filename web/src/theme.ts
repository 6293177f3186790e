import { notifyTrouble } from "./live";

/** Changes the theme at once, and tells the server, which keeps it. */
export function startTheme(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!(button instanceof HTMLButtonElement)) {
        return;
      }
      event.preventDefault();
      applyTheme(button.value);
      for (const other of form.querySelectorAll("button[name=theme]")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      void keep(form, button.value);
    });
  }
}

/** Draws the page in a theme; anything but "light" and "dark" follows the system. */
export function applyTheme(theme: string): void {
  const root = document.documentElement;
  const forced = theme === "light" || theme === "dark";
  if (forced) {
    root.dataset["theme"] = theme;
  } else {
    delete root.dataset["theme"];
  }
  document.querySelector("meta[name=color-scheme]")?.setAttribute("content", forced ? theme : "light dark");
}

async function keep(form: HTMLFormElement, theme: string): Promise<void> {
  const body = new URLSearchParams({ theme });
  try {
    // The answer is a redirect to this same page: nothing to follow.
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.status >= 400) {
      notifyTrouble("server");
    }
  } catch {
    notifyTrouble("network");
  }
}
