// A lead gathers some members in a group, writes a post for it, and changes who reads.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a post is for a group, then for one more person; who leaves the group reads it no more", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique, guard }) => {
  guard.allowStatus(404);
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  await camille.goto("/espaces/demat-ads/membres");
  await page.getByRole("link", { name: words.groups, exact: true }).click();
  const group = `Jury ${unique}`;
  await page.getByLabel(words.groupName).fill(group);
  await page.getByRole("button", { name: words.makeGroup }).click();
  await expect(page.getByRole("heading", { level: 1, name: group })).toBeVisible();
  const groupPage = new URL(page.url()).pathname;
  await camille.look();
  await page.getByRole("searchbox", { name: words.findMember }).fill("amad");
  await page.getByRole("button", { name: words.search, exact: true }).click();
  await page.getByRole("checkbox", { name: "Amadou Diallo" }).check();
  await camille.look();
  await page.getByRole("button", { name: words.addToGroup }).click();
  await expect(page.getByRole("button", { name: `${words.remove} Amadou Diallo` })).toBeVisible();

  const title = `Grille ${unique}`;
  await camille.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.text, { exact: true }).fill("Pour le jury seulement.");
  const choice = page.getByLabel(words.whoWillRead);
  const value = await choice.locator("option", { hasText: group }).getAttribute("value");
  await choice.selectOption(value);
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.locator(".badge", { hasText: words.restricted })).toBeVisible();
  await camille.look();
  const post = new URL(page.url()).pathname;

  const amadou = await arrive();
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto(post);
  await expect(amadou.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto(post);
  await expect(jeanne.page.getByRole("heading", { level: 1, name: words.notFound })).toBeVisible();

  await page.locator(".audience a").click();
  await expect(page.getByRole("heading", { level: 1, name: words.whoReads })).toBeVisible();
  await page.getByLabel(words.addReader).fill("jean");
  await page.getByRole("button", { name: words.find, exact: true }).click();
  await page.getByRole("checkbox", { name: "Jeanne Leroy" }).check();
  await camille.look();
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.readersKept);
  await camille.look();
  await jeanne.goto(post);
  await expect(jeanne.page.getByRole("heading", { level: 1, name: title })).toBeVisible();

  await camille.goto(groupPage);
  await page.getByRole("button", { name: `${words.remove} Amadou Diallo` }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.outOfGroup);
  await amadou.page.reload();
  await expect(amadou.page.getByRole("heading", { level: 1, name: words.notFound })).toBeVisible();
  await amadou.goto("/espaces/demat-ads/blog");
  await expect(amadou.page.getByText(title)).toHaveCount(0);
});
