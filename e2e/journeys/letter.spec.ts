// A lead mails some posts to the members of a space.

import { accounts, publishPost, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

/** Waits for a mail to someone that holds both texts. */
async function expectMail(mails: string, address: string, ...texts: string[]): Promise<void> {
  await expect(async () => {
    const answer = await fetch(`${mails}/api/mails?to=${encodeURIComponent(address)}`);
    const found = (await answer.json()) as { text: string }[];
    expect(found.some((mail) => texts.every((text) => mail.text.includes(text)))).toBe(true);
  }).toPass({ timeout: 20_000 });
}

test("a lead mails a letter to the members, after a trial", { tag: ["@engine", "@narrow", "@bare"] }, async ({
  arrive,
  words,
  unique,
  guard,
}) => {
  guard.allowStatus(422);
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  const title = `Dans la lettre ${unique}`;
  await publishPost(camille, "/espaces/demat-ads", title, "Un texte.");
  await camille.goto("/espaces/demat-ads/blog");
  await page.getByRole("link", { name: words.mailALetter }).click();
  await expect(page.getByRole("checkbox", { name: title })).toBeChecked();
  await camille.look();
  const word = `Un mot ${unique}`;
  await page.getByLabel(words.openingWord).fill(word);
  // Nothing chosen: what was typed comes back, and nothing is sent.
  for (const box of await page.getByRole("checkbox").all()) {
    await box.setChecked(false);
  }
  await page.getByRole("button", { name: words.sendToMembers }).click();
  await expect(page.getByRole("alert")).toContainText(words.chooseAPost);
  await expect(page.getByLabel(words.openingWord)).toHaveValue(word);
  await camille.look();
  await page.getByRole("checkbox", { name: title }).check();
  await page.getByRole("button", { name: words.trial }).click();
  await expect(page.getByText(words.trialGoes)).toBeFocused();
  await camille.look();
  await expectMail(camille.house.mails, accounts.camille, word, title);
  await page.getByRole("button", { name: words.sendToMembers }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.letterGoes);
  await expect(page).toHaveURL(/\/espaces\/demat-ads\/blog$/);
  await expectMail(camille.house.mails, accounts.jeanne, word, title);
});
