// What people say of a post: reactions, by mouse and by keyboard, with scripts and
// without.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a sign is given, seen by another, and taken back", { tag: ["@engine", "@bare", "@narrow"] }, async ({
  arrive,
  words,
  unique,
}) => {
  const amadou = await arrive();
  const { page } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(`Avis ${unique}`);
  await page.getByLabel(words.text, { exact: true }).fill("Qu’en pensez-vous ?");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Avis ${unique}` })).toBeVisible();

  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto(new URL(page.url()).pathname);
  const bar = jeanne.page.getByRole("group", { name: words.reactions });
  // By keyboard: the menu opens with Enter and its first sign is next.
  await bar.locator("summary").focus();
  await jeanne.page.keyboard.press("Enter");
  await jeanne.page.keyboard.press("Tab");
  await jeanne.page.keyboard.press("Enter");
  const given = bar.getByRole("button", { name: new RegExp(`${words.agree}, Jeanne Leroy`) });
  await expect(given).toHaveAttribute("aria-pressed", "true");
  await jeanne.look();

  await page.reload();
  const theirs = page.getByRole("button", { name: new RegExp(`${words.agree}, Jeanne Leroy`) });
  await expect(theirs).toHaveAttribute("aria-pressed", "false");
  await theirs.click();
  await expect(
    page.getByRole("button", { name: new RegExp(`${words.agree}, Jeanne Leroy.*Amadou Diallo`) }),
  ).toHaveAttribute("aria-pressed", "true");
  await amadou.look();

  await given.click();
  await expect(jeanne.page.getByRole("button", { name: new RegExp(`${words.agree}, Amadou Diallo`) })).toHaveAttribute(
    "aria-pressed",
    "false",
  );
});
