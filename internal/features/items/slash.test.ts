import { describe, expect, it } from "vitest";
import { matching, slashed } from "./slash";

describe("what is typed after a slash", () => {
  it.each([
    ["/", ""],
    ["/tab", "tab"],
    ["Bonjour /liste num", "liste num"],
  ])("%s begins a block", (before, typed) => expect(slashed(before)).toBe(typed));

  it.each(["et/ou", "12/11/2026", "https://exemple.fr", "/espaces/reseau", "a / ", "// "])("%s begins none", (before) =>
    expect(slashed(before)).toBeNull(),
  );
});

describe("the blocks that are proposed", () => {
  const blocks = ["Intertitre", "Liste numérotée", "Encadré : à retenir", "Tableau"].map((label) => ({ label }));
  const names = (typed: string) => matching(blocks, typed).map(({ label }) => label);

  it("has all of them for nothing typed", () => expect(names("")).toHaveLength(4));
  it("reads past accents, case and the first words", () => {
    expect(names("NUME")).toEqual(["Liste numérotée"]);
    expect(names("retenir")).toEqual(["Encadré : à retenir"]);
    expect(names("liste num")).toEqual(["Liste numérotée"]);
  });
  it("has none for what is no block", () => expect(names("zzz")).toEqual([]));
});
