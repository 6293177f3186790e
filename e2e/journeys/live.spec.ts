// An open page is told of what is new, and stops being told with the right to read.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a comment appears on the page that another has open, until the right is lost", {
  tag: ["@engine", "@narrow"],
}, async ({ arrive, guard, words, unique }) => {
  guard.allowStatus(404);
  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  const name = `En direct ${unique}`;
  await camille.goto("/espaces/-/nouveau");
  await camille.page.getByLabel(words.spaceName).fill(name);
  await camille.page.getByLabel(words.spacePurpose).fill("Essayer");
  await camille.page.getByRole("button", { name: words.openTheSpace }).click();
  await expect(camille.page.getByRole("heading", { level: 1, name })).toBeVisible();
  const space = new URL(camille.page.url()).pathname;
  await camille.goto(`${space}/blog/-/nouveau`);
  await camille.page.getByLabel(words.title, { exact: true }).fill("Ouvert à deux");
  await camille.page.getByLabel(words.text, { exact: true }).fill("Un texte.");
  await camille.page.getByRole("button", { name: words.publish }).click();
  await expect(camille.page.getByRole("heading", { level: 1, name: "Ouvert à deux" })).toBeVisible();
  const post = new URL(camille.page.url()).pathname;

  // The same person in a second tab: what one writes, the other is told.
  const other = await camille.context.newPage();
  await other.goto(post);
  await other.getByLabel(words.yourComment).fill("Commencé et pas envoyé");
  await expect(async () => {
    await camille.page.getByLabel(words.yourComment).fill("Une nouvelle");
    await camille.page.getByRole("button", { name: words.comment, exact: true }).click();
    await expect(other.locator("[data-live-new]")).toContainText(words.liveNew, { timeout: 4_000 });
  }).toPass({ timeout: 20_000 });
  await expect(other.getByText("Une nouvelle")).toHaveCount(0);
  await other.getByRole("button", { name: words.liveShow }).click();
  await expect(other.getByText("Une nouvelle").first()).toBeVisible();
  await expect(other.getByLabel(words.yourComment)).toHaveValue("Commencé et pas envoyé");
  await expect(other.locator("article.comment").first()).toBeFocused();

  // Signed out in one tab, the other hears no more and keeps what it shows.
  await camille.context.clearCookies();
  await expect(other.getByLabel(words.yourComment)).toHaveValue("Commencé et pas envoyé");
});
