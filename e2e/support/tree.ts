// The accessibility tree of a page, as the browser gives it to those who do not see.

import { expect, type Page } from "@playwright/test";

/** A node of the tree that has a role. */
interface Node {
  depth: number;
  role: string;
  name: string;
  level: number;
}

/** Roles of what one presses or fills: without a name nobody knows what it does. */
const pressed = new Set([
  "button",
  "checkbox",
  "combobox",
  "link",
  "listbox",
  "menuitem",
  "option",
  "radio",
  "searchbox",
  "slider",
  "spinbutton",
  "switch",
  "tab",
  "textbox",
]);

/** Roles that one goes to by name where there are several: each has one of its own. */
const places = new Set(["complementary", "dialog", "form", "navigation", "region", "search", "toolbar"]);

/**
 * Expects the tree of the page as it stands to be one that can be used by ear: one main
 * part with one first heading in it, no level of heading left out, a name for each thing
 * that is pressed or filled and for each picture that says something, and names that
 * tell its places apart.
 */
export async function expectATree(page: Page): Promise<void> {
  expect(faultsOf(read(await page.locator("body").ariaSnapshot())), `tree of ${page.url()}`).toEqual([]);
}

/** Reads the lines of a snapshot: - role "name" [level=1]: text. */
export function read(snapshot: string): Node[] {
  const nodes: Node[] = [];
  for (const line of snapshot.split("\n")) {
    const found = /^(\s*)- '?([a-z]+)(?: "((?:[^"\\]|\\.)*)"| (\/.*\/))?([^:]*)/.exec(line);
    if (found) {
      const [, indent = "", role = "", quoted, pattern, rest = ""] = found;
      const level = Number(/\[level=(\d)\]/.exec(rest)?.[1] ?? 0);
      nodes.push({ depth: indent.length, role, name: quoted ?? pattern ?? "", level });
    }
  }
  return nodes;
}

/** What is wrong with a tree, in words. */
export function faultsOf(nodes: Node[]): string[] {
  const faults: string[] = [];
  for (const [role, most] of [
    ["main", 1],
    ["banner", 1],
    ["contentinfo", 1],
  ] as const) {
    const n = nodes.filter((node) => node.role === role).length;
    if (n > most || (role === "main" && n === 0)) {
      faults.push(`${n} ${role}`);
    }
  }
  const headings = nodes.filter((node) => node.role === "heading");
  const first = headings.filter((node) => node.level === 1).length;
  if (first !== 1) {
    faults.push(`${first} headings of level 1`);
  }
  let above = 0;
  for (const { name, level } of headings) {
    if (level > above + 1 && above > 0) {
      faults.push(`heading "${name}" of level ${level} after level ${above}`);
    }
    above = level;
  }
  const seen = new Set<string>();
  for (const { role, name } of nodes) {
    if ((pressed.has(role) || places.has(role) || role === "heading" || role === "img") && name === "") {
      faults.push(`${role} without a name`);
    }
    if (places.has(role)) {
      if (seen.has(`${role} ${name}`)) {
        faults.push(`two ${role} named "${name}"`);
      }
      seen.add(`${role} ${name}`);
    }
  }
  return faults;
}
