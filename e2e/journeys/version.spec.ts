// Nothing typed is lost: two tabs, a stale tab, a session that ended, a network
// that is cut, a page that is closed.

import { accounts, signInQuickly } from "../support/pages";
import type { Person } from "../support/person";
import { expect, test } from "../support/test";

/** Publishes a post and returns the address of the form that changes it. */
async function write(person: Person, title: string, text: string): Promise<string> {
  const { page, words } = person;
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.text, { exact: true }).fill(text);
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  return `${new URL(page.url()).pathname}/-/modifier`;
}

async function change(person: Person, from: string, to: string): Promise<void> {
  const text = person.page.getByLabel(person.words.text, { exact: true });
  await text.fill((await text.inputValue()).replace(from, to));
}

async function save(person: Person): Promise<void> {
  await person.page.getByRole("button", { name: person.words.save, exact: true }).click();
}

test("two people write at once: both texts are kept, a clash is shown and chosen", {
  tag: ["@engine", "@bare"],
}, async ({ arrive, guard, words, unique }) => {
  guard.allowStatus(409);
  const amadou = await arrive();
  await signInQuickly(amadou, accounts.amadou);
  const form = await write(amadou, `À quatre mains ${unique}`, "Nous commençons lundi.\n\nVenez.\n\nMerci.");
  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  await camille.goto(form);
  await amadou.goto(form);

  // Different passages: joined.
  await change(camille, "Merci.", "Merci à vous.");
  await save(camille);
  await change(amadou, "Venez.", "Venez nombreux.");
  await save(amadou);
  await expect(amadou.page.getByText("Venez nombreux.")).toBeVisible();
  await expect(amadou.page.getByText("Merci à vous.")).toBeVisible();

  // The same passage: both are shown, mine is in the form.
  await camille.goto(form);
  await amadou.goto(form);
  await change(camille, "lundi", "mardi");
  await save(camille);
  await change(amadou, "lundi", "jeudi");
  await save(amadou);
  await expect(amadou.page.getByText(words.clashTitle)).toBeVisible();
  await expect(amadou.page.locator("ins", { hasText: "mardi" }).first()).toBeVisible();
  await expect(amadou.page.getByLabel(words.text, { exact: true })).toHaveValue(/jeudi/);
  await amadou.look();
  await save(amadou);
  await expect(amadou.page.getByText("Nous commençons jeudi.")).toBeVisible();

  // Again, and this time the other's text is chosen.
  await camille.goto(form);
  await amadou.goto(form);
  await change(camille, "jeudi", "vendredi");
  await save(camille);
  await change(amadou, "jeudi", "samedi");
  await save(amadou);
  await amadou.page.getByLabel(words.clashTheirs).check();
  await save(amadou);
  await expect(amadou.page.getByText("Nous commençons vendredi.")).toBeVisible();

  // The history tells of all, and gives an older text back.
  const permanent = await amadou.page.locator("a[href^='/p/'][href$='/historique']").getAttribute("href");
  await amadou.goto(permanent ?? "");
  await amadou.look();
  await amadou.page.locator("main a", { hasText: "Version 1" }).first().click();
  await amadou.look();
  await amadou.page.getByRole("button", { name: words.restore }).click();
  await expect(amadou.page.getByText("Nous commençons lundi.")).toBeVisible();
});

test("what is typed survives a reload, a cut network and a closed page", { tag: "@engine" }, async ({
  arrive,
  guard,
  words,
}) => {
  guard.allowOffline();
  const person = await arrive();
  // Nobody else writes as she does: the form of each person is one.
  await signInQuickly(person, "helene.garnier@demo.example");
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  const text = () => person.page.getByLabel(words.text, { exact: true });

  await text().fill("Gardé par le serveur.");
  await expect(person.page.getByRole("status").filter({ hasText: words.draftKept })).toBeVisible();
  await person.page.evaluate(() => localStorage.clear()); // another computer, as it were
  await person.page.close({ runBeforeUnload: false });
  const again = await person.context.newPage();
  await again.goto("/espaces/demat-ads/blog/-/nouveau");
  await again.getByRole("link", { name: words.draftResume }).click();
  await expect(again.getByLabel(words.text, { exact: true })).toHaveValue("Gardé par le serveur.");

  await person.context.setOffline(true);
  await again.getByLabel(words.text, { exact: true }).fill("Gardé par le navigateur.");
  await expect(again.getByRole("status").filter({ hasText: words.draftOffline })).toBeVisible();
  await again.getByRole("button", { name: words.publish }).click(); // stays on the page
  await expect(again.getByLabel(words.text, { exact: true })).toHaveValue("Gardé par le navigateur.");
  await again.close({ runBeforeUnload: false });
  await person.context.setOffline(false);
  const third = await person.context.newPage();
  await third.goto("/espaces/demat-ads/blog/-/nouveau");
  await third.getByRole("button", { name: words.draftResume }).click();
  await expect(third.getByLabel(words.text, { exact: true })).toHaveValue("Gardé par le navigateur.");
  await expect(third.getByRole("status").filter({ hasText: words.draftKept })).toBeVisible();

  // Given up, it is gone.
  await third.goto("about:blank");
  await third.goto("/espaces/demat-ads/blog/-/nouveau");
  await third.getByRole("button", { name: words.draftDrop }).click();
  await expect(third.getByText(words.draftWaits)).toHaveCount(0);
});

test("two tabs with one form keep two texts; a reload loses none", { tag: "@engine" }, async ({
  arrive,
  words,
  unique,
}) => {
  const person = await arrive();
  await signInQuickly(person, "yann.lebihan@demo.example");
  const open = async () => {
    const tab = await person.context.newPage();
    await tab.goto("/espaces/demat-ads/blog/-/nouveau");
    return tab;
  };
  const one = await open();
  const two = await open();
  const texts = [`Premier onglet ${unique}`, `Second onglet ${unique}`];
  for (const [n, tab] of [one, two].entries()) {
    await tab.getByLabel(words.text, { exact: true }).fill(texts[n] ?? "");
    await expect(tab.getByRole("status").filter({ hasText: words.draftKept })).toBeVisible();
  }
  await one.close({ runBeforeUnload: false });
  await two.close({ runBeforeUnload: false });
  const third = await open();
  for (const text of texts) {
    await expect(third.locator("blockquote", { hasText: text })).toBeVisible();
  }
  await third.getByRole("link", { name: words.draftResume }).first().click();
  await expect(third.getByLabel(words.text, { exact: true })).toHaveValue(texts[1] ?? "");
});

test("a paste of five megabytes stays in the form, with clear words", { tag: "@engine" }, async ({ arrive, words }) => {
  const person = await arrive();
  await signInQuickly(person, accounts.camille);
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  const size = 5_000_000;
  const slow = 90_000; // five megabytes take a browser long to lay out
  const field = person.page.getByLabel(words.text, { exact: true });
  await person.page.getByLabel(words.title, { exact: true }).fill("Trop long");
  await field.evaluate((area: HTMLTextAreaElement, length) => {
    area.value = "Une ligne de trop.\n".repeat(length / 19);
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  }, size);
  await expect(person.page.getByRole("status").filter({ hasText: words.draftLarge })).toBeVisible({ timeout: slow });
  // What the server would refuse is not sent; without scripts refusals.spec.ts tells what comes back.
  await person.page.getByRole("button", { name: words.publish }).click({ timeout: slow });
  await expect(person.page.getByRole("status").filter({ hasText: words.draftLarge })).toBeVisible({ timeout: slow });
  const kept = await field.evaluate((area: HTMLTextAreaElement) => area.value.length);
  expect(kept).toBeGreaterThan(size - 100);
});

test("another account that signs in meanwhile does not get the text", { tag: "@engine" }, async ({
  arrive,
  guard,
  words,
  unique,
}) => {
  guard.allowStatus(401, 403);
  const person = await arrive();
  await signInQuickly(person, accounts.camille);
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  await person.context.clearCookies();
  const text = `À Camille seule ${unique}`;
  await person.page.getByLabel(words.text, { exact: true }).fill(text);
  await expect(person.page.getByRole("status").filter({ hasText: words.sessionOver })).toBeVisible();
  const tab = person.context.waitForEvent("page");
  await person.page.getByRole("link", { name: words.signInElsewhere }).click();
  const other = await tab;
  await other.getByLabel(words.email, { exact: true }).fill(accounts.amadou);
  await other.getByLabel(words.password, { exact: true }).fill("ruche-demo-2026");
  await other.getByLabel(words.password, { exact: true }).press("Enter");
  await other.waitForURL((url) => url.pathname === "/");
  await expect(person.page.getByRole("status").filter({ hasText: words.otherAccount })).toBeVisible({
    timeout: 20_000,
  });
  await other.goto("/espaces/demat-ads/blog/-/nouveau");
  await expect(other.getByLabel(words.text, { exact: true })).toHaveValue("");
  await expect(other.getByText(text)).toHaveCount(0);
  await expect(person.page.getByLabel(words.text, { exact: true })).toHaveValue(text);
});

test("half a comment survives a reload", { tag: "@engine" }, async ({ arrive, words, unique }) => {
  const person = await arrive();
  await signInQuickly(person, accounts.camille);
  await write(person, `À commenter ${unique}`, "Un billet.");
  const field = () => person.page.getByLabel(words.yourComment, { exact: true });
  await field().fill(`Une moitié ${unique}`);
  person.page.on("dialog", (dialog) => void dialog.accept());
  await person.page.reload();
  await expect(field()).toHaveValue(`Une moitié ${unique}`);
  await person.page.getByRole("button", { name: words.comment, exact: true }).click();
  await expect(person.page.getByText(`Une moitié ${unique}`)).toBeVisible();
  await person.page.reload();
  await expect(field()).toHaveValue("");
});

test("a session that ended while typing loses nothing", { tag: ["@engine", "@bare"] }, async ({
  arrive,
  guard,
  words,
  unique,
}) => {
  guard.allowStatus(401);
  const person = await arrive();
  await signInQuickly(person, accounts.camille);
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  await person.page.getByLabel(words.title, { exact: true }).fill(`Trop tard ${unique}`);
  await person.page.getByLabel(words.text, { exact: true }).fill("Écrit avant\nla fin de la session.");
  await person.context.clearCookies();
  await person.page.getByRole("button", { name: words.publish }).click();
  await expect(person.page.getByRole("heading", { level: 1, name: words.sessionOver })).toBeVisible();
  await person.look();

  const tab = person.context.waitForEvent("page");
  await person.page.getByRole("link", { name: words.signInElsewhere }).click();
  const other = await tab;
  await other.getByLabel(words.email, { exact: true }).fill(accounts.camille);
  await other.getByLabel(words.password, { exact: true }).fill("ruche-demo-2026");
  await other.getByLabel(words.password, { exact: true }).press("Enter");
  await other.waitForURL((url) => url.pathname === "/");
  await person.page.getByRole("button", { name: words.sendAgain }).click();
  await expect(person.page.getByRole("heading", { level: 1, name: `Trop tard ${unique}` })).toBeVisible();
  await expect(person.page.getByText("la fin de la session.")).toBeVisible();
});
