import { describe, expect, it } from "vitest";
import { read } from "../../../web/src/upload";
import { destination, embedded, words } from "./embed";

const ref = "0198c0de-0000-7000-8000-000000000001";

describe("what a text calls a file", () => {
  it.each([
    [`fichier:${ref}`, destination(ref)],
    [`/-/fichiers/${ref}/apercu`, destination(ref)],
    [`https://ruche.example.org/p/x/-/fichiers/${ref}/-/apercu`, destination(ref)],
    ["https://elsewhere.example/image.png", null],
    ["data:image/png;base64,AAAA", null],
    ["/-/fichiers/../apercu", null],
    [null, null],
  ])("%s", (address, expected) => {
    expect(embedded(address)).toBe(expected);
  });
});

it("writes words that no mark of theirs ends", () => {
  expect(words("a [b] *c* d_e `f` !")).toBe("a \\[b\\] \\*c\\* d\\_e \\`f\\` \\!");
});

describe("the answer to a file", () => {
  it("is what is kept", () => {
    expect(read({ ref, name: "a.png", note: "3 o", image: true }, true)).toEqual({
      ref,
      name: "a.png",
      note: "3 o",
      image: true,
      said: "",
    });
  });
  it.each([
    [{ said: "Trop grand." }, false, "Trop grand."],
    [{ name: "a" }, true, ""],
    ["<html>", false, ""],
    [null, false, ""],
  ])("or else why it is not: %j", (body, kept, expected) => {
    expect(read(body, kept)).toBe(expected);
  });
});
