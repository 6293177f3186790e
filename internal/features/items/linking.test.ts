import { describe, expect, it } from "vitest";
import { read, sought } from "./linking";

describe("what is typed for a link", () => {
  it.each([
    ["/espaces/demat-ads", null],
    ["https://www.example.org", null],
    ["mailto:a@example.org", null],
    ["www.example", null],
    ["example.org/page", null],
    ["#titre", null],
    ["a", null],
    [" compte rendu ", "compte rendu"],
    ["point n. 3 de l’ordre", "point n. 3 de l’ordre"],
  ])("%j is looked for as %j", (typed, words) => {
    expect(sought(typed)).toBe(words);
  });
});

it("reads what the palette shows", () => {
  const html = `<div class="go-list" data-said="2 résultats"><ul>
    <li><a class="go-place" href="/espaces/a"><span class="go-label">Espace A</span></a></li>
    <li><a class="go-place" href="/espaces/a/blog/b"><span class="go-label"> Billet </span><span class="go-note">Espace A</span></a></li>
    <li><a class="go-place" href="https://ailleurs.example"><span class="go-label">Ailleurs</span></a></li></ul></div>`;
  expect(read(html)).toEqual({
    said: "2 résultats",
    list: [
      { href: "/espaces/a", label: "Espace A", note: "" },
      { href: "/espaces/a/blog/b", label: "Billet", note: "Espace A" },
    ],
  });
  expect(read("")).toEqual({ said: "", list: [] });
});
