import { expect, it } from "vitest";
import { opens } from "./palette";

function key(init: KeyboardEventInit, on = "div"): KeyboardEvent {
  const target = document.body.appendChild(document.createElement(on));
  let seen: KeyboardEvent | null = null;
  target.addEventListener("keydown", (event) => {
    seen = event;
  });
  target.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
  return seen ?? new KeyboardEvent("keydown");
}

it.each([
  [key({ key: "/" }), true, true],
  [key({ key: "/" }), false, false],
  [key({ key: "/" }, "textarea"), true, false],
  [key({ key: "/" }, "input"), true, false],
  [key({ key: "/", ctrlKey: true }), true, false],
  [key({ key: "k", ctrlKey: true }), false, true],
  [key({ key: "K", metaKey: true }, "input"), false, true],
  [key({ key: "k", ctrlKey: true, shiftKey: true }), true, false],
  [key({ key: "k" }), true, false],
])("a key opens the palette or not", (event, single, expected) => {
  expect(opens(event, single)).toBe(expected);
});
