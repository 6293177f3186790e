/** The blocks that one begins by typing "/" and the first letters of their name. */

/** A thing to begin, by the name that its button has. */
export interface Block {
  label: string;
  icon: Element | null;
  run(): void;
}

/**
 * What is typed since a "/" that begins a paragraph or follows a space; null when there
 * is none. A date and "et/ou" have none.
 */
export function slashed(before: string): string | null {
  return (
    /(?:^|\s)\/(\p{L}[\p{L} -]{0,30})?$/u
      .exec(before.slice(-40))
      ?.at(0)
      ?.replace(/^\s*\//u, "") ?? null
  );
}

/** The blocks whose name has a word that begins so, accents and case apart. */
export function matching<T extends { label: string }>(blocks: readonly T[], typed: string): T[] {
  const wanted = folded(typed).trim();
  return blocks.filter(({ label }) => {
    const name = folded(label);
    return name.startsWith(wanted) || name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted));
  });
}

function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
