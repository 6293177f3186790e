// Every page, as each kind of person sees it: no axe violation in either theme,
// nothing past the right edge, nothing in the console, no broken link.

import { accounts, signInQuickly } from "../support/pages";
import type { Person } from "../support/person";
import { expect, test } from "../support/test";
import { brokenLinks, type Visit, visits } from "../support/visits";

async function arriveAs(arrive: () => Promise<Person>, who: Visit["who"]): Promise<Person> {
  const person = await arrive();
  if (who !== "nobody") {
    await signInQuickly(person, accounts[who]);
  }
  return person;
}

for (const { who, path, status } of visits) {
  test(`${path} as ${who}`, { tag: ["@wide", "@narrow", "@bare", "@english"] }, async ({ arrive, guard, scripts }) => {
    const person = await arriveAs(arrive, who);
    if (status) {
      guard.allowStatus(status);
    }
    const answer = await person.page.goto(path);
    expect(answer?.status()).toBe(status ?? 200);
    await expect(person.page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await person.look();
    if (scripts) {
      await person.page.emulateMedia({ colorScheme: "dark" });
      await person.look();
    }
  });
}

for (const who of ["nobody", "camille", "jeanne", "nadia", "admin"] as const) {
  test(`no link is broken for ${who}`, { tag: "@engine" }, async ({ arrive, house }) => {
    const person = await arriveAs(arrive, who);
    const from = who === "nobody" ? "/connexion" : "/";
    expect(await brokenLinks(person.context.request, house.url, from, 400)).toEqual([]);
  });
}

test("text twice as large and a window of 320 px lose nothing", { tag: "@wide" }, async ({ arrive }) => {
  const person = await arriveAs(arrive, "camille");
  await person.page.setViewportSize({ width: 320, height: 640 });
  for (const path of ["/", "/espaces", "/espaces/demat-ads", "/espaces/demat-ads/blog", "/espaces/demat-ads/membres"]) {
    await person.goto(path);
    await person.look();
  }
});

test("a post reads well in forced colours and with more contrast", { tag: "@wide" }, async ({ arrive }) => {
  const person = await arriveAs(arrive, "camille");
  for (const media of [{ forcedColors: "active" }, { contrast: "more" }] as const) {
    await person.page.emulateMedia(media);
    await person.goto("/espaces/demat-ads/blog");
    await person.look();
  }
});
