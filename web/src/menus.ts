/**
 * Gives the menus that unfold (details[data-menu]) the manners of a menu: they
 * close on Escape, on a click elsewhere and when the focus leaves them.
 */
export function startMenus(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    const menu = openMenu();
    if (menu) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) {
        menu.querySelector("summary")?.focus();
      }
    }
  });
  document.addEventListener("click", (event) => closeUnless(event.target));
  document.addEventListener("focusin", (event) => closeUnless(event.target));
}

function openMenu(): HTMLDetailsElement | null {
  return document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
}

function closeUnless(target: EventTarget | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (!(target instanceof Node && menu.contains(target))) {
      menu.open = false;
    }
  }
}
