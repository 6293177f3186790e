// Naming someone in a comment: proposed while typing, by keyboard, understood
// without scripts, told by mail, and to nobody who may not read.

import { mailTo } from "../support/mail";
import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a person named in a comment is proposed, shown, and told by mail", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique, scripts, house }) => {
  const amadou = await arrive();
  const { page } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(`Nommer ${unique}`);
  await page.getByLabel(words.text, { exact: true }).fill("À vous lire.");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Nommer ${unique}` })).toBeVisible();

  const field = page.getByLabel(words.yourComment);
  if (scripts) {
    await field.focus();
    await page.keyboard.type("Qu’en dites-vous, @jean");
    const list = page.getByRole("listbox");
    await expect(list.getByRole("option", { name: /Jeanne Leroy/ })).toHaveAttribute("aria-selected", "true");
    await expect(list.getByText("Nadia Benali")).toHaveCount(0); // no member
    await amadou.look();
    await page.keyboard.press("Enter");
    await expect(field).toHaveValue("Qu’en dites-vous, @Jeanne Leroy ");
    await page.keyboard.type("et merci.");
  } else {
    await field.fill("Qu’en dites-vous, @Jeanne Leroy et merci.");
  }
  await page.getByRole("button", { name: words.comment, exact: true }).click();
  await expect(page.locator(".mention", { hasText: "@Jeanne Leroy" })).toBeVisible();
  await amadou.look();

  const mail = await mailTo(house.mails, accounts.jeanne, `Nommer ${unique}`);
  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto(new URL(mail.text.match(/https?:\S+\/p\/\S+/)?.[0] ?? "").pathname);
  await expect(jeanne.page.locator("article.comment", { hasText: "Qu’en dites-vous" })).toBeInViewport();
});
