/**
 * What is pasted from elsewhere, brought down to what a text of ours can be. It is read
 * by a parser that makes no document: a browser that parses it obeys the policy of the
 * page, and would leave out what is bold or in italics by style alone.
 */
import { Parser } from "htmlparser2";

/** Elements that stand for themselves, and the attributes that they keep. */
const kept: Record<string, string[]> = {
  a: ["href", "title"],
  blockquote: [],
  br: [],
  caption: [],
  code: [],
  dd: [],
  div: [],
  dl: [],
  dt: [],
  em: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  img: ["src", "alt", "title"],
  li: [],
  ol: ["start"],
  p: [],
  pre: [],
  s: [],
  strong: [],
  table: [],
  tbody: [],
  td: ["colspan", "rowspan"],
  tfoot: [],
  th: ["colspan", "rowspan"],
  thead: [],
  tr: [],
  ul: [],
};

/** Elements whose content is no text. */
const dropped = new Set([
  "applet",
  "audio",
  "button",
  "canvas",
  "embed",
  "head",
  "iframe",
  "math",
  "noscript",
  "object",
  "script",
  "select",
  "style",
  "svg",
  "template",
  "textarea",
  "title",
  "video",
  "xml",
]);

const alone = new Set(["br", "hr", "img"]);
const headings = /^h[1-6]$/;

/** What an element that is open closes with. */
interface Open {
  name: string;
  end: string;
  /** The paragraph of a word processor's list that it is. */
  item?: Item | undefined;
  /** It is the mark of such a paragraph: a bullet, a number. */
  mark?: Item | undefined;
}

/** A paragraph that a word processor shows as an item of a list. */
interface Item {
  level: number;
  mark: string;
  from: number;
}

/** HTML of the clipboard as HTML of ours: no style, no script, no element that a text cannot hold. */
export function cleaned(html: string): string {
  const out: string[] = [];
  const open: Open[] = [];
  const lists: string[] = []; // the lists of a word processor that are open, by name
  let within = 0; // how many elements held the first of them
  let skipping = 0;

  const closeLists = (down: number) => {
    while (lists.length > down) {
      out.push(`</li></${lists.pop()}>`);
    }
  };
  const closeItem = ({ level, mark, from }: Item) => {
    const text = out.splice(from).join("");
    const name = /^\W*[\dA-Za-z]{1,4}[.)]/.test(mark) ? "ol" : "ul";
    closeLists(level);
    if (lists.length === level && lists.at(-1) !== name) {
      closeLists(level - 1);
    }
    if (lists.length === level) {
      out.push("</li><li>");
    }
    if (lists.length === 0) {
      within = open.length;
    }
    while (lists.length < level) {
      lists.push(name);
      out.push(`<${name}><li>`);
    }
    out.push(`<p>${text.trim()}</p>`);
  };

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (skipping > 0 || dropped.has(name)) {
          skipping++;
          open.push({ name, end: "" });
          return;
        }
        const style = styleOf(attributes["style"] ?? "");
        const item = name === "p" || headings.test(name) ? listed(style, out.length) : undefined;
        if (item) {
          open.push({ name, end: "", item });
          return;
        }
        if (lists.length > 0 && (name === "p" || name === "table" || headings.test(name)) && !holder(open)) {
          closeLists(0);
        }
        const outer = open.findLast((one) => one.item)?.item;
        if (outer && style["mso-list"]?.toLowerCase() === "ignore") {
          open.push({ name, end: "", mark: outer });
          return;
        }
        const marks = marksOf(name, style);
        const start = marks.map((mark) => `<${mark}>`).join("");
        const end = marks.map((mark) => `</${mark}>`).reverse();
        const attrs = kept[name];
        if (attrs && !(headings.test(name) && holder(open))) {
          out.push(`<${name}${attributesOf(attrs, attributes)}>`);
          if (!alone.has(name)) {
            end.push(`</${name}>`);
          }
        }
        out.push(start);
        open.push({ name, end: end.join("") });
      },
      ontext(text) {
        const mark = open.findLast((one) => one.mark)?.mark;
        if (mark) {
          mark.mark += text.trim();
        } else if (skipping === 0) {
          out.push(escaped(text));
        }
      },
      onclosetag(name) {
        const last = open.at(-1);
        if (last?.name !== name) {
          return;
        }
        open.pop();
        if (skipping > 0) {
          skipping--;
        } else if (last.item) {
          closeItem(last.item);
        } else {
          if (open.length < within) {
            closeLists(0); // with the cell that they stood in
          }
          out.push(last.end);
        }
      },
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  closeLists(0);
  const text = out.join("");
  // The page has its title: in a text, headings begin below it.
  const below = /<h1[ >]/.test(text)
    ? text.replace(/<(\/?)h([1-6])(?=[ >])/g, (_, end, level) => `<${end}h${Math.min(6, Number(level) + 1)}`)
    : text;
  // Between two paragraphs, word processors leave empty ones where we leave room.
  return below.replace(/<(p|h[1-6])>(?:\s|&nbsp;|\u00a0|<br>|<\/?(?:strong|em|s)>)*<\/\1>/g, "");
}

/** Whether something open holds paragraphs of its own: a cell, an item, a quotation. */
function holder(open: Open[]): boolean {
  return open.some(({ name }) => name === "td" || name === "th" || name === "li" || name === "blockquote");
}

/** The item of a list that a paragraph is, by "mso-list: l0 level1 lfo1". */
function listed(style: Record<string, string>, from: number): Item | undefined {
  const level = /\blevel([1-9])\b/.exec(style["mso-list"] ?? "")?.[1];
  return level ? { level: Number(level), mark: "", from } : undefined;
}

/** The declarations of a style attribute. */
function styleOf(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const declaration of text.split(";")) {
    const colon = declaration.indexOf(":");
    if (colon > 0) {
      out[declaration.slice(0, colon).trim().toLowerCase()] = declaration.slice(colon + 1).trim();
    }
  }
  return out;
}

/** The marks that an element gives what it holds, by its name or by its style. */
function marksOf(name: string, style: Record<string, string>): string[] {
  const weight = style["font-weight"] ?? "";
  const heavy = /^(bold|bolder|[6-9]00)\b/.test(weight);
  const bold = weight === "" || weight === "inherit" ? name === "b" : heavy;
  const italic = /^(italic|oblique)/.test(style["font-style"] ?? (name === "i" || name === "cite" ? "italic" : ""));
  const struck = name === "del" || name === "strike" || /line-through/.test(decoration(style));
  // A heading is bold, and a head of a table, without its saying so.
  const plain = headings.test(name) || name === "th";
  return [bold && !plain ? "strong" : "", italic ? "em" : "", struck ? "s" : ""].filter((mark) => mark !== "");
}

function decoration(style: Record<string, string>): string {
  return `${style["text-decoration"] ?? ""} ${style["text-decoration-line"] ?? ""}`;
}

function attributesOf(names: string[], attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .filter(([name, value]) => {
      const ours = name.startsWith("data-") || (name === "class" && /\bcallout/.test(value));
      return ours || names.includes(name);
    })
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
