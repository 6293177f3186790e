// A post is shown to someone without an account, by a link that is then closed.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a link shows one post to whoever holds it, until it is closed", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique, guard }) => {
  guard.allowStatus(404);
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  const title = `Dehors ${unique}`;
  await camille.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.text, { exact: true }).fill("Pour les communes voisines.");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("link", { name: words.shareByLink }).click();
  await camille.look();
  await page.getByRole("button", { name: words.makeLink }).click();
  const link = new URL(await page.getByLabel(words.linkToSend).inputValue()).pathname;
  await camille.look();

  const guest = await arrive();
  await guest.goto(link);
  await expect(guest.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(guest.page.getByText("Pour les communes voisines.")).toBeVisible();
  await guest.look();

  await page.getByRole("button", { name: words.closeLink }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.linkClosed);
  await guest.page.reload();
  await expect(guest.page.getByRole("heading", { level: 1, name: words.notFound })).toBeVisible();
});
