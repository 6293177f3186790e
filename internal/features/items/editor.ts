/**
 * Offers the visual editor of a field of Markdown, and loads it when it is wanted: by
 * who writes with it, on a press of its button, or when a text that it had is taken up
 * again.
 */
import { Embeds, inText, type Target } from "./embed";
import type { Visual } from "./visual";

for (const box of document.querySelectorAll<HTMLElement>("[data-editor]")) {
  offer(box);
}

function offer(box: HTMLElement): void {
  const form = box.closest("form");
  const field = document.getElementById(box.dataset["editor"] ?? "");
  if (!(field instanceof HTMLTextAreaElement)) {
    return;
  }
  let visual: Promise<Visual> | null = null;
  let open: () => Target | null = () => null;
  const embeds = new Embeds(box, () => open() ?? inText(field));
  const load = () => {
    visual ??= import("./visual").then((part) => {
      const editor = new part.Visual(box, embeds);
      open = () => editor.target();
      return editor;
    });
    return visual;
  };
  field.before(box);
  box.hidden = false;
  for (const kind of ["paste", "drop"] as const) {
    field.addEventListener(kind, (event) => {
      const data = event instanceof ClipboardEvent ? event.clipboardData : (event as DragEvent).dataTransfer;
      if (embeds.transfer(data)) {
        event.preventDefault();
      }
    });
  }
  box.querySelector("[data-editor-switch]")?.addEventListener("click", async () => {
    const open = await (await load()).turn();
    const how = new URLSearchParams({ redaction: open ? "visuel" : "markdown" });
    fetch(box.dataset["choice"] ?? "", { method: "POST", body: how }).catch(() => {
      // Cut off: how one writes is asked again next time.
    });
  });
  form?.addEventListener("resumed", async () => {
    const doc = form.querySelector<HTMLTextAreaElement>("[data-editor-doc]");
    if (visual || doc?.value) {
      await (await load()).resume();
    }
  });
  if (box.dataset["visual"] !== undefined) {
    void load()
      .then((editor) => editor.open(false))
      .finally(() => {
        box.dataset["ready"] = "";
      });
  }
}
