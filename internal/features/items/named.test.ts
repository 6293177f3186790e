import { describe, expect, it } from "vitest";
import { named } from "./named";

const names = ["Camille", "Camille Martin", "Élise Fontaine", "Copil"];

describe("the names in a text", () => {
  it.each([
    ["Merci @Camille Martin, à demain", ["@Camille Martin"]],
    ["Merci @Camille.", ["@Camille"]],
    ["@Élise Fontaine et (@Copil)", ["@Élise Fontaine", "@Copil"]],
    ["@Camille Martinez", ["@Camille"]],
    ["@Copilote, a@Copil, é@Copil, @@Copil, \\@Copil", []],
    ["Camille Martin sans arobase, @ Copil", []],
  ])("%s", (text, want) => {
    expect(named(text, names).map(([from, to]) => text.slice(from, to))).toEqual(want);
  });

  it("are none where none is known", () => {
    expect(named("@Camille", [])).toEqual([]);
  });
});
