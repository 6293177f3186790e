import { test as base } from "@playwright/test";
import { Guard } from "./guard";
import type { CombinationOptions } from "./matrix";
import { Person } from "./person";
import { type House, houseOf } from "./servers";
import { type Words, wordsOf } from "./words";

interface Fixtures {
  house: House;
  words: Words;
  guard: Guard;
  /** Opens a new browser profile, from a network address of its own. */
  arrive: () => Promise<Person>;
  /** A suffix that makes names and mailboxes unique to this test. */
  unique: string;
}

export const test = base.extend<Fixtures & CombinationOptions>({
  engine: ["sqlite", { option: true }],
  hand: ["mouse", { option: true }],
  language: ["fr", { option: true }],
  scripts: [true, { option: true }],

  house: async ({ engine }, use) => {
    await use(houseOf(engine));
  },
  words: async ({ language }, use) => {
    await use(wordsOf(language));
  },
  unique: async ({ engine, language }, use, info) => {
    await use(`${engine}-${language}-${info.workerIndex}-${Date.now().toString(36)}`);
  },
  guard: async ({ house }, use) => {
    const guard = new Guard(house);
    await use(guard);
    guard.expectNothing();
  },
  arrive: async ({ browser, guard, house, hand, scripts, words }, use, info) => {
    const people: Person[] = [];
    await use(async () => {
      const address = `10.${info.workerIndex % 256}.${Math.floor(Math.random() * 256)}.${1 + Math.floor(Math.random() * 250)}`;
      const person = await Person.arrive({ browser, guard, house, hand, scripts, words }, address);
      people.push(person);
      return person;
    });
    for (const person of people) {
      await person.leave();
    }
  },
});

export { expect } from "@playwright/test";
