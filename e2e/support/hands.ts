// How a person acts on what they see: with a mouse (or a finger), or with the
// keyboard alone. Tests speak to this interface and so hold for both.

import { expect, type Locator, type Page } from "@playwright/test";
import type { Hand } from "./matrix";

export interface Hands {
  /** Follows a link or presses a button. */
  activate(target: Locator): Promise<void>;
  /** Replaces the content of a text field. */
  write(field: Locator, text: string): Promise<void>;
  /** Chooses one radio button of a group. */
  choose(radio: Locator): Promise<void>;
  /** Chooses an option of a select by its label. */
  select(list: Locator, label: string): Promise<void>;
}

export function handsOf(hand: Hand, page: Page): Hands {
  return hand === "mouse" ? new Mouse() : new Keyboard(page);
}

class Mouse implements Hands {
  async activate(target: Locator): Promise<void> {
    await target.click();
  }

  async write(field: Locator, text: string): Promise<void> {
    await field.fill(text);
  }

  async choose(radio: Locator): Promise<void> {
    await radio.check();
  }

  async select(list: Locator, label: string): Promise<void> {
    await list.selectOption({ label });
  }
}

/** Uses keys only, and insists that the focus can be seen wherever it stops to act. */
class Keyboard implements Hands {
  constructor(private readonly page: Page) {}

  async activate(target: Locator): Promise<void> {
    await this.tabTo(target);
    await this.page.keyboard.press("Enter");
  }

  async write(field: Locator, text: string): Promise<void> {
    await this.tabTo(field);
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(text);
    await expect(field).toHaveValue(text);
  }

  async choose(radio: Locator): Promise<void> {
    await expect(radio).toBeVisible();
    const name = await radio.getAttribute("name");
    // Tab enters a group of radio buttons at its checked one; arrows walk it.
    const group = this.page.locator(`input[type=radio][name="${name}"]`);
    await this.tabUntil(radio, async () => (await focusedIndex(group)) >= 0);
    for (let step = await group.count(); step > 0 && !(await radio.isChecked()); step--) {
      const alone = (await focusedIndex(group)) >= 0 && (await isFocused(radio));
      await this.page.keyboard.press(alone ? "Space" : "ArrowDown");
    }
    await expect(radio).toBeChecked();
    await expectVisibleFocus(radio);
  }

  async select(list: Locator, label: string): Promise<void> {
    await this.tabTo(list);
    const options = await list.locator("option").allTextContents();
    const wanted = options.findIndex((text) => text.trim() === label);
    expect(wanted, `option ${label} among ${options.join(", ")}`).toBeGreaterThanOrEqual(0);
    await this.page.keyboard.press("Home");
    for (let step = 0; step < wanted; step++) {
      await this.page.keyboard.press("ArrowDown");
    }
    await expect(list.locator("option:checked")).toHaveText(label);
  }

  private async tabTo(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    await this.tabUntil(target, () => isFocused(target));
    await expectVisibleFocus(target);
  }

  private async tabUntil(target: Locator, reached: () => Promise<boolean>): Promise<void> {
    // Once round the page is enough: what Tab does not reach then, it never does.
    const stops = await this.page.locator("a[href], button, input, select, textarea, summary, [tabindex]").count();
    for (let press = 0; press <= stops + 3; press++) {
      if (await reached()) {
        return;
      }
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`Tab never reaches ${target} on ${this.page.url()}`);
  }
}

function isFocused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === element.ownerDocument.activeElement);
}

function focusedIndex(group: Locator): Promise<number> {
  return group.evaluateAll((elements) => elements.findIndex((element) => element.matches(":focus")));
}

/**
 * The focused element shows that it is: an outline or a shadow that it, its
 * label or what encloses it has now and has not without the focus; and it
 * stands in the window, covered by nothing.
 */
async function expectVisibleFocus(target: Locator): Promise<void> {
  const fault = await target.evaluate((element) => {
    const shown = (node: Element): string => {
      const style = getComputedStyle(node);
      const outline = style.outlineStyle === "none" || style.outlineWidth === "0px" ? "" : style.outline;
      return `${outline}|${style.boxShadow}|${style.backgroundColor}|${style.borderColor}`;
    };
    const label = (element as HTMLInputElement).labels?.[0];
    const places = [element, element.parentElement, label, element.nextElementSibling].filter((node): node is Element =>
      Boolean(node),
    );
    const focused = places.map(shown);
    const box = element.getBoundingClientRect();
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const inView = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    const covered =
      middle !== null && !element.contains(middle) && !middle.contains(element) && !label?.contains(middle);
    (element as HTMLElement).blur();
    const plain = places.map(shown);
    (element as HTMLElement).focus({ focusVisible: true, preventScroll: true } as FocusOptions);
    if (focused.every((text, at) => text === plain[at])) {
      return "nothing shows the focus";
    }
    if (!inView) {
      return "the focus is outside the window";
    }
    return covered ? `the focus is hidden behind ${middle?.outerHTML.slice(0, 120)}` : "";
  });
  expect(fault, `focus on ${target}`).toBe("");
}
