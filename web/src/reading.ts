/** Shows the current tab of a row that scrolls. */
export function startTabs(): void {
  for (const row of document.querySelectorAll<HTMLElement>(".tabs")) {
    const tab = row.querySelector<HTMLElement>("[aria-current]");
    if (tab) {
      row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    }
  }
}

/** Marks in the table of contents the part that is being read. */
export function startContents(): void {
  const links = new Map<string, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".toc a")) {
    links.set(decodeURIComponent(link.hash.slice(1)), link);
  }
  const headings = [...links.keys()].flatMap((id) => document.getElementById(id) ?? []);
  if (headings.length === 0) {
    return;
  }
  const mark = (): void => {
    const current =
      headings.findLast((heading) => heading.getBoundingClientRect().top < innerHeight / 3) ?? headings[0];
    for (const [id, link] of links) {
      if (id === current?.id) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };
  const watcher = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
  for (const heading of headings) {
    watcher.observe(heading);
  }
  mark();
}
