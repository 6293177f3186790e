// An open page is told of what is new, and shows it when asked: nothing moves, and
// what is typed stays.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a comment is told to the page that another tab has open", {
  tag: ["@engine", "@narrow"],
}, async ({ arrive, words, unique }) => {
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

  // What one tab writes, the other is told.
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

  // A sign is taken over by itself.
  await camille.page.reload();
  await camille.page.locator("#signes summary").click();
  await camille.page.locator("#signes").getByRole("button", { name: words.agree }).click();
  await expect(
    other.locator("#signes").getByRole("button", { name: new RegExp(`${words.agree}, Camille`) }),
  ).toBeVisible();
});
