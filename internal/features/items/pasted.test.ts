import { describe, expect, it } from "vitest";
import { cleaned } from "./pasted";

const item = (level: number, mark: string, text: string) =>
  `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>${mark}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>${text}<o:p></o:p></p>`;

describe("what is pasted", () => {
  it.each([
    ["keeps no style and no script", `<p style="color:red" onclick="x()">Un<script>alert(1)</script></p>`, "<p>Un</p>"],
    ["is bold by its style", `<span style="font-weight:700">a</span>`, "<strong>a</strong>"],
    ["is not bold when its style says so", `<b style="font-weight:normal"><p>a</p></b>`, "<p>a</p>"],
    ["keeps what old elements mean", "<b>a</b><i>b</i><strike>c</strike>", "<strong>a</strong><em>b</em><s>c</s>"],
    [
      "is in italics and struck by its style",
      `<span style="font-style:italic;text-decoration:line-through">a</span>`,
      "<em><s>a</s></em>",
    ],
    ["has headings that are not bold twice", `<h2 style="font-weight:bold">T</h2>`, "<h2>T</h2>"],
    ["has headings below the title of the page", "<h1 data-x=1>A</h1><h2>B</h2>", `<h2 data-x="1">A</h2><h3>B</h3>`],
    ["leaves empty paragraphs out", "<p>a</p><p><o:p>&nbsp;</o:p></p><p>b</p>", "<p>a</p><p>b</p>"],
    ["keeps signs as text", "<p>a &lt;b&gt; &amp; c</p>", "<p>a &#60;b&#62; &#38; c</p>"],
    ["keeps addresses", `<a href="https://a.fr/?b&amp;c" target=x>l</a>`, `<a href="https://a.fr/?b&#38;c">l</a>`],
    [
      "keeps tables",
      `<table border=1><tr><td colspan=2 width=3>a</td></tr></table>`,
      `<table><tr><td colspan="2">a</td></tr></table>`,
    ],
    [
      "keeps a callout of ours",
      `<div class="callout ok" data-kind="TIP">a</div>`,
      `<div class="callout ok" data-kind="TIP">a</div>`,
    ],
    ["drops comments and a head", "<head><title>x</title></head><!--StartFragment--><p>a</p>", "<p>a</p>"],
  ])("%s", (_, html, expected) => {
    expect(cleaned(html)).toBe(expected);
  });

  it("has the lists of a word processor as lists", () => {
    const html = `<p>Avant</p>${item(1, "·", "Un")}${item(2, "o", "Deux")}${item(1, "·", "<b>Trois</b>")}<p>Après</p>${item(1, "1.", "Numéro")}`;
    expect(cleaned(html)).toBe(
      "<p>Avant</p><ul><li><p>Un</p><ul><li><p>Deux</p></li></ul></li><li><p><strong>Trois</strong></p></li></ul><p>Après</p><ol><li><p>Numéro</p></li></ol>",
    );
  });

  it("closes a list with the cell that it stands in", () => {
    const html = `<table><tr><td>${item(1, "·", "Un")}</td><td><p>Deux</p></td></tr></table>`;
    expect(cleaned(html)).toBe("<table><tr><td><ul><li><p>Un</p></li></ul></td><td><p>Deux</p></td></tr></table>");
  });

  it("closes what nothing closes", () => {
    expect(cleaned("<p>a<b>b<i>c")).toBe("<p>a<strong>b<em>c</em></strong></p>");
  });
});
