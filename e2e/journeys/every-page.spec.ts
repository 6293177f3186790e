// Every page, as each kind of person sees it: no axe violation in either theme,
// nothing past the right edge, nothing in the console, no broken link.

import { readFile } from "node:fs/promises";
import type { Language } from "../support/matrix";
import { accounts, signInQuickly, speak } from "../support/pages";
import type { Person } from "../support/person";
import { expect, test } from "../support/test";
import { faultsOf, read } from "../support/tree";
import { followLinks, type Visit, visits } from "../support/visits";

async function arriveAs(arrive: () => Promise<Person>, who: Visit["who"], language: Language): Promise<Person> {
  const person = await arrive();
  if (who === "nobody") {
    return person;
  }
  if (language === "fr") {
    await signInQuickly(person, accounts[who]);
  } else {
    await signInQuickly(person, accounts.helene);
    await speak(person, language);
  }
  return person;
}

for (const { who, path, status } of visits) {
  const tag = ["@wide", "@narrow", "@bare"];
  if (who === "nobody" || (who === "camille" && !path.includes("refonte-portail"))) {
    tag.push("@english");
  }
  test(`${path} as ${who}`, { tag }, async ({ arrive, guard, language, scripts }) => {
    const person = await arriveAs(arrive, who, language);
    if (status) {
      guard.allowStatus(status);
    }
    const answer = await person.page.goto(path);
    expect(answer?.status()).toBe(status ?? 200);
    await expect(person.page.locator("html")).toHaveAttribute("lang", language);
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
    const person = await arriveAs(arrive, who, "fr");
    const from = who === "nobody" ? "/connexion" : "/";
    const { broken, followed } = await followLinks(person.context.request, house.url, from, 400);
    expect(broken).toEqual([]);
    expect(followed, "too few links were found to prove anything").toBeGreaterThan(who === "nobody" ? 8 : 15);
  });
}

const ordinary = [
  "/",
  "/espaces",
  "/aller",
  "/espaces/demat-ads",
  "/espaces/demat-ads/blog",
  "/espaces/demat-ads/blog/-/nouveau",
  "/espaces/demat-ads/membres",
  "/espaces/demat-ads/groupes",
  "/espaces/demat-ads/reglages",
];

test("a window of 320 px loses nothing", { tag: "@wide" }, async ({ arrive }) => {
  const person = await arriveAs(arrive, "camille", "fr");
  await person.page.setViewportSize({ width: 320, height: 640 });
  for (const path of ordinary) {
    await person.goto(path);
    await person.look();
  }
});

test("text twice as large loses nothing", { tag: "@wide" }, async ({ arrive }) => {
  const person = await arriveAs(arrive, "camille", "fr");
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  for (const path of ordinary) {
    await person.goto(path);
    const size = await person.page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    expect(size, "the page ignores the size of text that the person chose").toBe("32px");
    await person.look();
  }
});

test("the sample theme of an operator reads well", { tag: "@wide" }, async ({ arrive }) => {
  const theme = await readFile("docs/theme/theme.css", "utf8");
  const person = await arriveAs(arrive, "camille", "fr");
  // As its sheet comes after ours in a page.
  await person.page.route("**/app-*.css", async (route) => {
    const ours = await route.fetch();
    await route.fulfill({ response: ours, body: `${await ours.text()}\n${theme}` });
  });
  for (const path of ordinary) {
    await person.goto(path);
    for (const colorScheme of ["light", "dark"] as const) {
      await person.page.emulateMedia({ colorScheme });
      await person.look();
    }
  }
  const primary = await person.page.evaluate(() =>
    getComputedStyle(document.documentElement).getPropertyValue("--primary"),
  );
  expect(theme, "the sheet of the theme is not the one that counts").toContain(primary.trim());
});

test("a post reads well in forced colours and with more contrast", { tag: "@wide" }, async ({ arrive }) => {
  const person = await arriveAs(arrive, "camille", "fr");
  for (const media of [{ forcedColors: "active" }, { contrast: "more" }] as const) {
    await person.page.emulateMedia(media);
    await person.goto("/espaces/demat-ads/blog");
    await person.look();
  }
});

test("a tree that cannot be used by ear is found", { tag: "@wide" }, async ({ page }) => {
  await page.setContent(
    `<h1>Un</h1><h3>Trois</h3><nav aria-label="A"><a href="#x"></a></nav><nav aria-label="A"><button>Oui</button></nav>
     <main><img src="data:," alt=""><input type="text"><label>Nom <input></label></main>`,
  );
  expect(faultsOf(read(await page.locator("body").ariaSnapshot()))).toEqual([
    'heading "Trois" of level 3 after level 1',
    "link without a name",
    'two navigation named "A"',
    "textbox without a name",
  ]);
});
