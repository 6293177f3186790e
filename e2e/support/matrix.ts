// The ways in which people reach Ruche, and the databases behind it. Each
// combination is one Playwright project.

import type { PlaywrightTestConfig } from "@playwright/test";

export type Engine = "sqlite" | "postgres";
export type Hand = "mouse" | "keyboard";
export type Language = "fr" | "en";

export interface Combination {
  engine: Engine;
  width: 1280 | 360;
  scripts: boolean;
  hand: Hand;
  language: Language;
}

/** Options that a test reads from its project. */
export interface CombinationOptions {
  engine: Engine;
  hand: Hand;
  language: Language;
  scripts: boolean;
}

const engines: Engine[] = ["sqlite", "postgres"];
const widths: Combination["width"][] = [1280, 360];
const hands: Hand[] = ["mouse", "keyboard"];

type Project = NonNullable<PlaywrightTestConfig<CombinationOptions>["projects"]>[number];

/** Every combination in French, and in English a choice in which each pair of values meets. */
export function combinations(): Combination[] {
  const all: Combination[] = [];
  for (const engine of engines) {
    for (const width of widths) {
      for (const scripts of [true, false]) {
        for (const hand of hands) {
          all.push({ engine, width, scripts, hand, language: "fr" });
        }
      }
    }
  }
  return all.concat(englishPairs());
}

// An orthogonal array of four two-valued factors in eight rows would cover all
// triples; these four rows cover every pair of the first three, and hand is
// chosen so that it meets both values of each.
function englishPairs(): Combination[] {
  return [
    { engine: "sqlite", width: 1280, scripts: true, hand: "mouse", language: "en" },
    { engine: "sqlite", width: 360, scripts: false, hand: "keyboard", language: "en" },
    { engine: "postgres", width: 1280, scripts: false, hand: "mouse", language: "en" },
    { engine: "postgres", width: 360, scripts: true, hand: "keyboard", language: "en" },
    { engine: "sqlite", width: 1280, scripts: true, hand: "keyboard", language: "en" },
    { engine: "postgres", width: 360, scripts: false, hand: "mouse", language: "en" },
  ];
}

export function nameOf(c: Combination): string {
  return [c.engine, c.width, c.scripts ? "scripts" : "noscript", c.hand, c.language].join("-");
}

/**
 * The tests that a project runs are chosen by tag: @matrix on every
 * combination; @engine once on each database; @wide and @narrow once at each
 * width, with scripts; @bare once without scripts.
 */
export function projectOf(c: Combination): Project {
  return {
    name: nameOf(c),
    grep: new RegExp(tagsOf(c).join("|")),
    use: {
      engine: c.engine,
      hand: c.hand,
      language: c.language,
      scripts: c.scripts,
      javaScriptEnabled: c.scripts,
      locale: c.language === "fr" ? "fr-FR" : "en-GB",
      viewport: c.width === 360 ? { width: 360, height: 740 } : { width: 1280, height: 800 },
      hasTouch: c.width === 360 && c.hand === "mouse",
    },
  };
}

function tagsOf(c: Combination): string[] {
  const tags = ["@matrix"];
  const ordinary = c.language === "fr" && c.hand === "mouse";
  if (ordinary && c.scripts && c.width === 1280) {
    tags.push("@engine");
  }
  if (ordinary && c.scripts && c.engine === "sqlite") {
    tags.push(c.width === 1280 ? "@wide" : "@narrow");
  }
  if (ordinary && !c.scripts && c.engine === "sqlite" && c.width === 360) {
    tags.push("@bare");
  }
  if (c.language === "en" && c.hand === "mouse" && c.scripts) {
    tags.push("@english");
  }
  return tags;
}
