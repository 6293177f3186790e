/**
 * Offers the visual editor of a field of Markdown, and loads it when it is wanted: on a
 * press of its button, in a browser where it was left open, or when a text that it had
 * is taken up again.
 */
import type { Visual } from "./visual";

/** Where this browser keeps that its person writes with the editor. */
const choice = "ruche.editor";

for (const box of document.querySelectorAll<HTMLElement>("[data-editor]")) {
  offer(box);
}

function offer(box: HTMLElement): void {
  const form = box.closest("form");
  let visual: Promise<Visual> | null = null;
  const load = () => {
    visual ??= import("./visual").then((part) => new part.Visual(box));
    return visual;
  };
  document.getElementById(box.dataset["editor"] ?? "")?.before(box);
  box.hidden = false;
  box.querySelector("[data-editor-switch]")?.addEventListener("click", async () => {
    const open = await (await load()).turn();
    localStorage.setItem(choice, open ? "visual" : "text");
  });
  form?.addEventListener("resumed", async () => {
    const doc = form.querySelector<HTMLTextAreaElement>("[data-editor-doc]");
    if (visual || doc?.value) {
      await (await load()).resume();
    }
  });
  if (localStorage.getItem(choice) === "visual") {
    void load().then((editor) => editor.open(false));
  }
}
