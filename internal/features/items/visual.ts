/**
 * The visual editor of a field of Markdown. It neither reads nor writes Markdown: the
 * server gives it a tree of the text and takes one back (platform/markup). What it has
 * goes into a second field of the form at each change, so that all that keeps a form
 * (drafts, a session that is over, a conflict) keeps it too; while that field is empty,
 * the text is what stands in the first one.
 */
import { type ChainedCommands, Editor, Extension, mergeAttributes, Node } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { Image } from "@tiptap/extension-image";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, OrderedList, TaskItem, TaskList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { Text } from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions";
import { NodeSelection } from "@tiptap/pm/state";
import { destination, type Embeds, embedded, found, type Target } from "./embed";
import { type Place, proposePlaces } from "./linking";
import { nameIn, typed } from "./mention";
import { marking } from "./named";
import { cleaned } from "./pasted";
import { dismiss, propose } from "./proposals";
import { type Block, matching, slashed } from "./slash";

/** From how many characters of its tree on a text is not for this editor: forms keep two megabytes. */
const large = 1_000_000;

/** What a block at the top is, and how a list stands: kept, and not shown. */
const Kept = Extension.create({
  name: "kept",
  addGlobalAttributes() {
    const hidden = { default: null, rendered: false, keepOnSplit: false };
    return [
      {
        types: [
          "paragraph",
          "heading",
          "blockquote",
          "callout",
          "codeBlock",
          "horizontalRule",
          "opaque",
          "bulletList",
          "orderedList",
          "taskList",
          "table",
        ],
        attributes: { n: hidden },
      },
      { types: ["bulletList", "orderedList", "taskList"], attributes: { tight: { ...hidden, default: true } } },
      { types: ["tableHeader", "tableCell"], attributes: { align: hidden } },
      { types: ["link"], attributes: { title: hidden } },
    ];
  },
});

/** A part of the text that has no other form here: it is shown as it is written. */
const Opaque = Node.create({
  name: "opaque",
  group: "block",
  atom: true,
  addAttributes: () => ({ source: { default: "", rendered: false } }),
  renderHTML: ({ node }) => ["pre", { class: "editor-opaque" }, String(node.attrs["source"])],
});

const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes: () => ({ kind: { default: "NOTE", rendered: false }, title: { default: "", rendered: false } }),
  parseHTML: () => [
    // The words at its head are its title's, before they are bold ones of the text.
    { tag: "strong.callout-title", ignore: true, priority: 100 },
    {
      tag: "div.callout",
      getAttrs: (box) => ({ kind: kindOf(box), title: titleOf(box) }),
    },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const kind = String(node.attrs["kind"]);
    const title = String(node.attrs["title"]);
    const box = { class: `callout ${looks[kind] ?? ""}`, "data-kind": kind, "data-title": title };
    const head = ["strong", { class: "callout-title", contenteditable: "false" }, title || kindName(kind)] as const;
    return ["div", mergeAttributes(HTMLAttributes, box), ["div", head, ["div", 0]]];
  },
});

/** How a kind of callout is drawn, as platform/markup draws it on the page. */
const looks: Record<string, string> = { NOTE: "info", IMPORTANT: "info", TIP: "ok", WARNING: "warn", CAUTION: "warn" };

function kindOf(box: HTMLElement): string {
  const drawn = box.classList.contains("ok") ? "TIP" : box.classList.contains("warn") ? "WARNING" : "NOTE";
  return box.dataset["kind"] ?? drawn;
}

/** The title of a callout of the editor, or of one copied from a page, where a title may be its kind's. */
function titleOf(box: HTMLElement): string {
  const shown = box.querySelector(".callout-title")?.textContent ?? "";
  return box.dataset["title"] ?? (shown === kindName(kindOf(box)) ? "" : shown);
}

/** The words that a callout of a kind has at its head when it has no title of its own. */
function kindName(kind: string): string {
  const option = document.querySelector(`[data-editor-callout] option[value="${CSS.escape(kind)}"]`);
  return option?.textContent ?? kind;
}

/** Code may be of any other kind too, as in Markdown. */
const FreeCode = Code.extend({ excludes: "" });

/** Tab leaves the field, as everywhere: what is in a list is moved by other keys. */
const leave = { Tab: () => false, "Shift-Tab": () => false };
const Item = ListItem.extend({
  content: "block+",
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      ...leave,
      "Mod-]": () => this.editor.commands.sinkListItem(this.name),
      "Mod-[": () => this.editor.commands.liftListItem(this.name),
    };
  },
});
const Task = TaskItem.extend({
  content: "block+",
  addKeyboardShortcuts() {
    return { ...this.parent?.(), ...leave };
  },
}).configure({
  nested: true,
  a11y: { checkboxLabel: () => document.querySelector<HTMLElement>("[data-editor]")?.dataset["task"] ?? "" },
});
const Grid = Table.extend({ addKeyboardShortcuts: () => ({}) }).configure({ resizable: false });

/** Where an image of a text is seen while one writes. */
const preview = (src: string) => src.replace(/^fichier:(.*)$/, "/-/fichiers/$1/apercu");

/** An image of the instance: those of elsewhere are not kept. */
const Picture = Image.extend({
  parseHTML: () => [
    {
      tag: "img[src]",
      getAttrs: (img) => {
        const src = embedded(img.getAttribute("src"));
        return src === null ? false : { src, alt: img.getAttribute("alt"), title: img.getAttribute("title") };
      },
    },
  ],
  renderHTML: ({ HTMLAttributes }) => [
    "img",
    mergeAttributes(HTMLAttributes, { src: preview(String(HTMLAttributes["src"])) }),
  ],
}).configure({ inline: true });

const extensions = [
  Kept,
  Opaque,
  Callout,
  Document,
  Text,
  UndoRedo,
  Paragraph,
  Heading,
  Blockquote,
  CodeBlock.extend({
    addKeyboardShortcuts() {
      return { ...this.parent?.(), ...leave };
    },
  }),
  HorizontalRule,
  HardBreak,
  BulletList,
  OrderedList,
  Item,
  TaskList,
  Task,
  Grid,
  TableRow,
  TableHeader.extend({ content: "paragraph" }),
  TableCell.extend({ content: "paragraph" }),
  Picture,
  Bold,
  Italic,
  Strike,
  FreeCode,
  Link.configure({
    openOnClick: false,
    defaultProtocol: "https",
    HTMLAttributes: { target: null, rel: null },
    isAllowedUri: (url, { defaultValidate }) => embedded(url) !== null || defaultValidate(url),
  }),
];

type Do = (chain: ChainedCommands, editor: Editor) => ChainedCommands;

const tools: Record<string, { run: Do; on?: [string, object?]; in?: string }> = {
  heading2: { run: (c) => c.toggleHeading({ level: 2 }), on: ["heading", { level: 2 }] },
  heading3: { run: (c) => c.toggleHeading({ level: 3 }), on: ["heading", { level: 3 }] },
  bold: { run: (c) => c.toggleBold(), on: ["bold"] },
  italic: { run: (c) => c.toggleItalic(), on: ["italic"] },
  strike: { run: (c) => c.toggleStrike(), on: ["strike"] },
  code: { run: (c) => c.toggleCode(), on: ["code"] },
  list: { run: (c) => c.toggleBulletList(), on: ["bulletList"] },
  numbers: { run: (c) => c.toggleOrderedList(), on: ["orderedList"] },
  tasks: { run: (c) => c.toggleTaskList(), on: ["taskList"] },
  quote: { run: (c) => c.toggleBlockquote(), on: ["blockquote"] },
  callout: { run: (c, e) => (e.isActive("callout") ? c.lift("callout") : c.wrapIn("callout")), on: ["callout"] },
  block: { run: (c) => c.toggleCodeBlock(), on: ["codeBlock"] },
  table: { run: (c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true }) },
  row: { run: (c) => c.addRowAfter(), in: "table" },
  column: { run: (c) => c.addColumnAfter(), in: "table" },
  no_table: { run: (c) => c.deleteTable(), in: "table" },
  rule: { run: (c) => c.setHorizontalRule() },
  undo: { run: (c) => c.undo() },
  redo: { run: (c) => c.redo() },
};

/** The tools that "/" proposes: those that begin a block, and the link. */
const begins = new Set(["heading2", "heading3", "list", "numbers", "tasks", "quote", "block", "table", "rule", "link"]);

/** The tools that make or change a block. */
const blocks = new Set([...begins, "callout"]);
blocks.delete("link");

export class Visual {
  private editor: Editor | null = null;
  private readonly field: HTMLTextAreaElement;
  private readonly doc: HTMLTextAreaElement;
  private readonly switch: HTMLButtonElement;
  private readonly bar: HTMLElement;
  private readonly state: HTMLElement;
  private readonly linking: HTMLElement;
  private readonly address: HTMLInputElement;
  private readonly box: HTMLElement;
  private readonly embeds: Embeds;
  private readonly count: HTMLElement;
  private readonly hints: HTMLElement;
  private readonly boxed: HTMLElement;
  private readonly kind: HTMLSelectElement;
  private readonly title: HTMLInputElement;
  /** Where a "/" was left by Escape: nothing is proposed for it again. */
  private left = -1;
  private proposing = false;

  constructor(box: HTMLElement, embeds: Embeds) {
    this.box = box;
    this.embeds = embeds;
    this.field = found(document, `#${CSS.escape(box.dataset["editor"] ?? "")}`, HTMLTextAreaElement);
    this.doc = found(this.form(), "[data-editor-doc]", HTMLTextAreaElement);
    this.switch = found(box, "[data-editor-switch]", HTMLButtonElement);
    this.bar = found(box, "[data-editor-tools]", HTMLElement);
    this.state = found(box, "[data-editor-state]", HTMLElement);
    this.linking = found(box, "[data-editor-link]", HTMLElement);
    this.count = found(box, "[data-editor-count]", HTMLElement);
    this.hints = found(box, "[data-editor-hints]", HTMLElement);
    this.boxed = found(box, "[data-editor-callout]", HTMLElement);
    this.kind = found(this.boxed, "select", HTMLSelectElement);
    this.title = found(this.boxed, "input", HTMLInputElement);
    // At each letter, as the text: what is typed is kept.
    this.boxed.addEventListener("input", () => this.setCallout());
    this.title.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault(); // the form is not what one ends here
        this.editor?.commands.focus();
      }
    });
    this.address = found(this.linking, "input", HTMLInputElement);
    this.address.addEventListener("keydown", (event) => this.typeLink(event));
    proposePlaces(this.address, this.linking.dataset["places"] ?? "", (place) => this.setLink(place));
    found(this.linking, "button", HTMLButtonElement).addEventListener("click", () => this.setLink());
    this.label()?.addEventListener("click", () => this.editor?.commands.focus());
    this.bar.addEventListener("click", (event) => this.press(event));
    this.bar.addEventListener("keydown", (event) => this.rove(event));
  }

  private form(): HTMLFormElement {
    const form = this.box.closest("form");
    if (!form) {
      throw new Error("the editor has no form");
    }
    return form;
  }

  private label(): HTMLElement | null {
    return this.form().querySelector(`label[for="${CSS.escape(this.field.id)}"]`);
  }

  /** Opens the editor or closes it; tells whether it is open then. */
  async turn(): Promise<boolean> {
    if (this.editor) {
      await this.close();
    } else {
      await this.open(true);
    }
    return this.editor !== null;
  }

  /** Opens the editor on what the fields hold. */
  async open(focus: boolean): Promise<void> {
    let tree = this.doc.value;
    if (tree === "") {
      const answer = await this.ask(this.box.dataset["open"] ?? "", { texte: this.field.value });
      if (answer === null) {
        return;
      }
      tree = answer;
    }
    if (tree.length > large) {
      this.say("large");
      return;
    }
    const place = document.createElement("div");
    place.className = "editor-text input";
    this.field.after(place);
    const label = this.label();
    if (label && label.id === "") {
      label.id = `${this.field.id}-nom`;
    }
    this.editor = new Editor({
      element: place,
      extensions: [...extensions, marking(() => this.names())],
      content: JSON.parse(tree),
      injectCSS: false,
      enableContentCheck: false,
      autofocus: focus ? "end" : false,
      editorProps: {
        attributes: {
          class: "prose",
          id: `${this.field.id}-visuel`,
          role: "textbox",
          "aria-multiline": "true",
          "aria-labelledby": label?.id ?? "",
          "aria-describedby": this.hints.id,
          spellcheck: "true",
        },
        transformPastedHTML: cleaned,
        handlePaste: (_view, event) => this.embeds.transfer(event.clipboardData),
        handleDrop: (_view, event, _slice, moved) => !moved && this.embeds.transfer(event.dataTransfer),
        handleDoubleClickOn: (_view, at, node) => node.type.name === "image" && this.describe(at),
        handleKeyDown: (_view, event) => event.key === "Enter" && this.describeSelected(),
      },
      onUpdate: () => {
        this.keep();
        this.tally();
        this.name();
        this.begin();
      },
      onTransaction: ({ transaction }) => {
        this.show();
        // A caret that goes elsewhere leaves what was proposed for where it was.
        if (transaction.selectionSet && !transaction.docChanged) {
          if (this.proposing) {
            this.begin();
          } else {
            dismiss();
          }
        }
      },
    });
    this.field.hidden = true;
    place.after(this.hints, this.count);
    this.hints.hidden = false;
    this.count.hidden = false;
    this.tally();
    this.hint(true);
    this.bar.hidden = false;
    this.switch.setAttribute("aria-pressed", "true");
    this.show();
  }

  /** Gives the text back to the field of Markdown. */
  private async close(): Promise<void> {
    if (this.doc.value !== "") {
      const text = await this.ask(this.box.dataset["write"] ?? "", { texte: this.field.value, doc: this.doc.value });
      if (text === null) {
        return;
      }
      this.field.value = String(JSON.parse(text));
      this.doc.value = "";
    }
    this.drop();
    this.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.field.focus();
  }

  private drop(): void {
    const place = this.editor?.options.element;
    this.editor?.destroy();
    this.editor = null;
    if (place instanceof HTMLElement) {
      place.remove();
    }
    this.field.hidden = false;
    this.count.hidden = true;
    this.hints.hidden = true;
    this.boxed.hidden = true;
    this.hint(false);
    this.bar.hidden = true;
    this.linking.hidden = true;
    this.switch.setAttribute("aria-pressed", "false");
  }

  /** Shows what was taken up again from a copy. */
  async resume(): Promise<void> {
    const visual = this.editor !== null || this.doc.value !== "";
    this.drop();
    if (visual) {
      await this.open(true);
    }
  }

  /** The hint of the field is of Markdown. */
  private hint(hidden: boolean): void {
    for (const id of (this.field.getAttribute("aria-describedby") ?? "").split(" ")) {
      const note = document.getElementById(id);
      if (note?.classList.contains("hint")) {
        note.hidden = hidden;
      }
    }
  }

  /** The editor as a place for files; null while it is closed. */
  target(): Target | null {
    const { editor } = this;
    if (!editor) {
      return null;
    }
    return {
      image: (ref, alt) =>
        editor
          .chain()
          .focus()
          .setImage({ src: destination(ref), alt })
          .run(),
      file: (ref, name) => {
        const marks = [{ type: "link", attrs: { href: destination(ref) } }];
        const link = { type: "text", text: name, marks };
        editor
          .chain()
          .focus()
          .insertContent([link, { type: "text", text: " " }])
          .run();
      },
      focus: () => editor.commands.focus(),
    };
  }

  /** Asks again the words for the image that is selected. */
  private describeSelected(): boolean {
    const { selection } = this.editor?.state ?? {};
    return selection instanceof NodeSelection && selection.node.type.name === "image" && this.describe(selection.from);
  }

  private describe(at: number): boolean {
    const image = this.editor?.state.doc.nodeAt(at);
    if (image) {
      void this.embeds.ask("", String(image.attrs["alt"] ?? "")).then((alt) => {
        if (alt !== null && this.editor?.state.doc.nodeAt(at)?.eq(image)) {
          this.editor.chain().setNodeSelection(at).updateAttributes("image", { alt }).run();
        }
        this.editor?.commands.focus();
      });
    }
    return true;
  }

  /** Tells how many words there are. */
  private tally(): void {
    const text = this.editor?.state.doc.textBetween(0, this.editor.state.doc.content.size, " ", " ") ?? "";
    const words = text.match(/[\p{L}\p{N}][^\s]*/gu)?.length ?? 0;
    this.count.textContent = (this.count.dataset["words"] ?? "").replace(
      "%",
      words.toLocaleString(document.documentElement.lang),
    );
  }

  private keep(): void {
    this.doc.value = JSON.stringify(this.editor?.getJSON());
    this.say(this.doc.value.length > large ? "large" : "");
    this.doc.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  /** Those whom the text names: as it was saved, and chosen since. */
  private names(): string[] {
    const chosen = this.form().querySelectorAll<HTMLElement>('input[name="mention"][data-name]');
    const saved: unknown = JSON.parse(this.box.dataset["named"] || "[]");
    return [
      ...(Array.isArray(saved) ? saved.map(String) : []),
      ...[...chosen].map(({ dataset }) => dataset["name"] ?? ""),
    ];
  }

  /** Proposes people and groups for a name typed after "@", as the field does. */
  private name(): void {
    const { editor, field } = this;
    const address = field.dataset["mentions"];
    if (!editor || !address) {
      return;
    }
    typed({
      element: editor.view.dom,
      caret: () => editor.view.coordsAtPos(editor.state.selection.from),
      address,
      form: this.form(),
      begun() {
        const { $from, empty } = editor.state.selection;
        return empty ? nameIn($from.parent.textBetween(0, $from.parentOffset, " ", " ")) : null;
      },
      put(text, instead) {
        const to = editor.state.selection.from;
        editor
          .chain()
          .focus()
          .insertContentAt({ from: to - instead, to }, text)
          .run();
      },
    });
  }

  /** Proposes the blocks whose name is begun after "/". */
  private begin(): void {
    const { editor } = this;
    if (!editor) {
      return;
    }
    const { $from, empty, from } = editor.state.selection;
    const typed =
      // A cell of a table holds a paragraph and nothing else.
      empty && !editor.isActive("codeBlock") && !editor.isActive("table")
        ? slashed($from.parent.textBetween(0, $from.parentOffset, "\ufffc", "\ufffc"))
        : null;
    const at = typed === null ? -1 : from - typed.length - 1;
    if (typed === null || at === this.left) {
      this.left = at;
      if (this.proposing) {
        dismiss();
        this.proposing = false;
      }
      return;
    }
    const list = matching(this.blocks(typed !== ""), typed);
    this.proposing = true;
    propose(
      { element: editor.view.dom, caret: () => editor.view.coordsAtPos(from) },
      {
        said: (this.bar.dataset["found"] ?? "").replace("%", String(list.length)),
        list,
        draw({ label, icon }) {
          const name = document.createElement("span");
          name.textContent = label;
          return [...(icon ? [icon.cloneNode(true)] : []), name];
        },
        take: (block) => {
          this.proposing = false;
          editor.chain().focus().deleteRange({ from: at, to: from }).run();
          block.run();
        },
        left: () => {
          this.proposing = false;
          this.left = at;
        },
      },
    );
  }

  /** What one may begin by "/", by the buttons that there are; of the kinds of callout the first, or each. */
  private blocks(each: boolean): Block[] {
    const out: Block[] = [];
    for (const button of this.bar.querySelectorAll<HTMLButtonElement>("[data-do]")) {
      const name = button.dataset["do"] ?? "";
      const label = button.ariaLabel ?? "";
      const icon = button.querySelector("svg");
      if (name === "callout") {
        for (const { value, text } of [...this.kind.options].slice(0, each ? undefined : 1)) {
          const run = () => this.editor?.chain().focus().wrapIn("callout", { kind: value }).run();
          out.push({ label: `${label} – ${text}`, icon, run });
        }
      } else if (begins.has(name)) {
        out.push({ label, icon, run: () => button.click() });
      }
    }
    for (const button of this.box.querySelectorAll<HTMLButtonElement>("[data-embed='image'], [data-embed='file']")) {
      const icon = button.querySelector("svg");
      out.push({ label: button.textContent?.trim() ?? "", icon, run: () => button.click() });
    }
    return out;
  }

  /** Gives the callout around the caret the kind and the title of the fields. */
  private setCallout(): void {
    this.editor?.commands.updateAttributes("callout", { kind: this.kind.value, title: this.title.value.trim() });
  }

  private async ask(address: string, fields: Record<string, string>): Promise<string | null> {
    this.say("");
    try {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields) });
      if (answer.ok) {
        return await answer.text();
      }
    } catch {
      // No network: what was typed stays where it is.
    }
    this.say("failed");
    return null;
  }

  private say(what: string): void {
    this.state.textContent = this.state.dataset[what] ?? "";
  }

  private press(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-do]") : null;
    const name = button?.dataset["do"] ?? "";
    if (!this.editor || !button) {
      return;
    }
    if (name === "link") {
      this.link();
      return;
    }
    const tool = tools[name];
    if (button.ariaDisabled === "true") {
      return;
    }
    tool?.run(this.editor.chain().focus(), this.editor).run();
  }

  /** Shows the field of the address of a link, with the one that is there. */
  private link(): void {
    this.address.value = String(this.editor?.getAttributes("link")["href"] ?? "");
    this.linking.hidden = false;
    this.address.focus();
    this.address.select();
  }

  /** Sets the link, to a place that was chosen or to the address; takes it away for an empty one. */
  private setLink(place?: Place): void {
    const editor = this.editor;
    const href = place?.href ?? this.address.value.trim();
    const chain = editor?.chain().focus();
    this.linking.hidden = true;
    if (!editor || !chain) {
      return;
    }
    if (href === "") {
      chain.extendMarkRange("link").unsetLink().run();
    } else if (editor.state.selection.empty && !editor.isActive("link")) {
      chain
        .insertContent({ type: "text", text: place?.label ?? href, marks: [{ type: "link", attrs: { href } }] })
        .run();
    } else {
      chain.extendMarkRange("link").setLink({ href }).run();
    }
  }

  private typeLink(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      event.preventDefault();
      this.setLink();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.linking.hidden = true;
      this.editor?.commands.focus();
    }
  }

  /** Arrows go from tool to tool; one of them is in the order of Tab. */
  private rove(event: KeyboardEvent): void {
    const buttons = [...this.bar.querySelectorAll<HTMLButtonElement>("[data-do]")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) {
      return;
    }
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    for (const button of buttons) {
      button.tabIndex = button === next ? 0 : -1;
    }
    next?.focus();
  }

  private show(): void {
    const { kind, title } = this.editor?.getAttributes("callout") ?? {};
    this.boxed.hidden = kind === undefined;
    if (kind !== undefined && !this.boxed.contains(document.activeElement)) {
      this.kind.value = String(kind);
      this.title.value = String(title ?? "");
    }
    const cell = this.editor?.isActive("table") === true;
    for (const button of this.bar.querySelectorAll<HTMLButtonElement>("[data-do]")) {
      const name = button.dataset["do"] ?? "";
      const inside = tools[name]?.in;
      // A cell of a table holds a paragraph and nothing else.
      const out = inside === undefined ? cell && blocks.has(name) : this.editor?.isActive(inside) !== true;
      button.setAttribute("aria-disabled", String(out));
      const on = tools[name]?.on ?? (name === "link" ? ["link"] : undefined);
      button.setAttribute(
        "aria-pressed",
        String(on !== undefined && this.editor?.isActive(on[0] as string, on[1] as object) === true),
      );
    }
  }
}
