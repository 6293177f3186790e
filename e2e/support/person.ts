// A person in a browser profile of their own.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import { expectAxeClean, expectNoSidewaysScroll } from "./axe";
import type { Guard } from "./guard";
import { type Hands, handsOf } from "./hands";
import type { Hand } from "./matrix";
import type { House } from "./servers";
import { expectATree } from "./tree";
import type { Words } from "./words";

export interface Surroundings {
  browser: Browser;
  guard: Guard;
  house: House;
  hand: Hand;
  scripts: boolean;
  words: Words;
}

export class Person {
  readonly hands: Hands;

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    private readonly around: Surroundings,
  ) {
    this.hands = handsOf(around.hand, page);
  }

  static async arrive(around: Surroundings, address: string): Promise<Person> {
    const context = await around.browser.newContext({
      baseURL: around.house.url,
      extraHTTPHeaders: { "X-Forwarded-For": address },
    });
    await around.guard.watch(context);
    return new Person(await context.newPage(), context, around);
  }

  get scripts(): boolean {
    return this.around.scripts;
  }

  get words(): Words {
    return this.around.words;
  }

  get house(): House {
    return this.around.house;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(path);
  }

  /** Looks at the page as it is now: a tree that can be used by ear, no axe violation, nothing past the right edge. */
  async look(): Promise<void> {
    await this.page.waitForLoadState("load");
    await expectATree(this.page);
    await expectNoSidewaysScroll(this.page);
    await expectAxeClean(this.page, this.around.browser, this.around.scripts);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
