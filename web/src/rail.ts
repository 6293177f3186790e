const year = 365 * 24 * 60 * 60;

/**
 * Makes the button that folds the rail work. The choice is kept in a cookie, so
 * that the server draws the next page as it will be.
 */
export function startRail(): void {
  const app = document.querySelector(".app");
  const rail = document.getElementById("rail");
  const button = rail?.querySelector<HTMLButtonElement>("[data-rail-fold]");
  if (!app || !rail || !button) {
    return;
  }
  const draw = (folded: boolean): void => {
    app.classList.toggle("app-folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    for (const item of rail.querySelectorAll<HTMLElement>(".rail-item")) {
      item.title = folded ? (item.querySelector(".rail-label")?.textContent ?? "") : "";
    }
  };
  draw(app.classList.contains("app-folded"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const folded = !app.classList.contains("app-folded");
    draw(folded);
    // biome-ignore lint/suspicious/noDocumentCookie: Safari 17 and Firefox ESR lack the cookie store
    document.cookie = railCookie(folded, location.protocol === "https:");
  });
  // A drawer left open on a phone has no place on a screen made wide.
  matchMedia("(min-width: 48.01rem)").addEventListener("change", () => {
    if (rail.matches(":popover-open")) {
      rail.hidePopover();
    }
  });
}

/** The cookie that remembers whether the rail is folded. */
export function railCookie(folded: boolean, secure: boolean): string {
  const value = folded ? `folded; max-age=${year}` : "; max-age=0";
  return `ruche_rail=${value}; path=/; samesite=lax${secure ? "; secure" : ""}`;
}
