/**
 * Marks in the visual editor, as the page will, the names of those whom the text names.
 * They stay text: nothing is changed but how they look, and that Backspace behind one
 * takes it away whole.
 */
import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { type EditorState, Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

/** What stands for anything that is no text, one character for one place. */
const other = "\ufffc";

/** Where names stand after "@" in a text, each from its "@" to its end; the longest name wins. */
export function named(text: string, names: readonly string[]): [from: number, to: number][] {
  const long = [...names].sort((a, b) => b.length - a.length);
  const out: [number, number][] = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const name = /[\p{L}\p{N}@\\]$/u.test(text.slice(Math.max(0, at - 2), at))
      ? undefined
      : long.find((one) => text.startsWith(one, at + 1) && !/^[\p{L}\p{N}]/u.test(text.slice(at + 1 + one.length)));
    if (name) {
      out.push([at, at + 1 + name.length]);
    }
  }
  return out;
}

const key = new PluginKey<DecorationSet>("named");

/** The extension; names gives those that are known to name someone. */
export function marking(names: () => readonly string[]): Extension {
  return Extension.create({
    name: "named",
    addProseMirrorPlugins: () => [
      new Plugin<DecorationSet>({
        key,
        state: {
          init: (_, { doc }) => marks(doc, names()),
          apply: (step, before) => (step.docChanged ? marks(step.doc, names()) : before),
        },
        props: { decorations: (state) => key.getState(state) },
      }),
    ],
    addKeyboardShortcuts: () => ({
      Backspace: ({ editor }) => {
        const mark = before(editor.state);
        return mark !== undefined && editor.commands.deleteRange(mark);
      },
    }),
  });
}

/** The name that ends where the caret is. */
function before(state: EditorState): Decoration | undefined {
  const { empty, from } = state.selection;
  const found = empty ? key.getState(state)?.find(from, from) : [];
  return found?.find((mark) => mark.to === from);
}

function marks(doc: Node, names: readonly string[]): DecorationSet {
  const found: Decoration[] = [];
  if (names.length > 0) {
    doc.descendants((block, at) => {
      if (!block.isTextblock || block.type.spec.code) {
        return !block.isTextblock;
      }
      for (const [from, to] of named(block.textBetween(0, block.content.size, other, other), names)) {
        if (!plain(block, from, to)) {
          continue;
        }
        found.push(Decoration.inline(at + 1 + from, at + 1 + to, { class: "mention" }));
      }
      return false;
    });
  }
  return DecorationSet.create(doc, found);
}

/** Whether a part of a block is neither code nor a link: in those nobody is named. */
function plain(block: Node, from: number, to: number): boolean {
  const { code, link } = block.type.schema.marks;
  return [code, link].every((mark) => !mark || !block.rangeHasMark(from, to, mark));
}
