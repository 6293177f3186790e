/** What is about to be said. */
const waiting = new Set<string>();

/** Says something to those who listen to the page, without moving the focus; what is about to be said is not said again. */
export function announce(text: string): void {
  const region = document.getElementById("live-region");
  if (!region || text.trim() === "" || waiting.has(text)) {
    return;
  }
  waiting.add(text);
  // The same words twice are said twice only if the region was empty between.
  region.textContent = "";
  setTimeout(() => {
    waiting.delete(text);
    region.textContent = text;
  }, 100);
}

/** Which of the ready-made sentences a notice says; their words come with the page. */
export type Trouble = "network" | "server";

/** Shows a notice over the page, until it is closed. The region that holds it is read out. */
export function notify(text: string): void {
  const region = document.getElementById("toasts");
  if (!region || text.trim() === "") {
    return;
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-ghost btn-small";
  close.textContent = region.dataset["close"] ?? "×";
  const words = document.createElement("p");
  words.textContent = text;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.append(words, close);
  close.addEventListener("click", () => toast.remove());
  region.replaceChildren(toast);
}

/** Shows one of the ready-made notices. */
export function notifyTrouble(trouble: Trouble): void {
  notify(document.getElementById("toasts")?.dataset[trouble] ?? "");
}

/** Says what the last page left: a notice drawn by the server is not read out by itself. */
export function announceFlash(): void {
  const text = document.querySelector("[data-flash]")?.textContent ?? "";
  announce(text.replace(/\s+/g, " ").trim());
}
