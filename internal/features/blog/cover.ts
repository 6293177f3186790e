/**
 * Sends the cover of a post from its form, and shows the one that is chosen. Without it,
 * one chooses among the images that the post has.
 */
import { upload } from "../../../web/src/upload";

for (const box of document.querySelectorAll<HTMLElement>("[data-cover]")) {
  const choice = box.querySelector("select");
  const file = box.querySelector<HTMLInputElement>("input[type=file]");
  const button = box.querySelector("button");
  const state = box.querySelector<HTMLElement>("[data-cover-state]");
  const picture = box.querySelector("img");
  const words = box.querySelector<HTMLElement>("[data-cover-words]");
  if (choice && file && button && state && picture && words) {
    start(box, { choice, file, button, state, picture, words });
  }
}

interface Parts {
  choice: HTMLSelectElement;
  file: HTMLInputElement;
  button: HTMLButtonElement;
  state: HTMLElement;
  picture: HTMLImageElement;
  words: HTMLElement;
}

function start(box: HTMLElement, parts: Parts): void {
  const { choice, file, button, state, picture, words } = parts;
  const show = () => {
    picture.hidden = choice.value === "";
    words.hidden = choice.value === "";
    picture.src = choice.value === "" ? "" : `/-/fichiers/${choice.value}/apercu`;
  };
  button.hidden = false;
  button.addEventListener("click", () => file.click());
  choice.addEventListener("change", show);
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) {
      return;
    }
    file.value = "";
    const sending = (box.dataset["sending"] ?? "").replace("%", chosen.name);
    const sent = await upload(box.dataset["cover"] ?? "", chosen, (percent) => {
      state.textContent = `${sending} ${percent} %`;
    });
    if (typeof sent === "string") {
      state.textContent = sent === "" ? (state.dataset["unsent"] ?? "") : sent;
      return;
    }
    if (!sent.image) {
      state.textContent = sent.said || (state.dataset["none"] ?? "");
      return;
    }
    state.textContent = "";
    choice.add(new Option(sent.name, sent.ref, true, true));
    choice.closest<HTMLElement>("[data-cover-choice]")?.removeAttribute("hidden");
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    choice.dispatchEvent(new InputEvent("input", { bubbles: true }));
    words.querySelector("input")?.focus();
  });
  show();
}
