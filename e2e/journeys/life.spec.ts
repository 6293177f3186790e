// The life of a post: scheduled, archived, put in the trash, taken back, deleted.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a post is put in the trash by mistake and comes back; then it is scheduled", {
  tag: ["@engine", "@bare"],
}, async ({ arrive, guard, words, unique }) => {
  guard.allowStatus(404, 422);
  const person = await arrive();
  const { page } = person;
  await signInQuickly(person, accounts.camille);
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  const title = `De passage ${unique}`;
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.text, { exact: true }).fill("Un texte.");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const post = new URL(page.url()).pathname;

  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.toTrash }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.trashed);
  await person.look();
  await page.getByRole("button", { name: words.undo }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();

  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.archive }).click();
  await expect(page.getByRole("main").getByText(words.archived, { exact: true })).toBeVisible();
  await person.look();

  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.toTrash }).click();
  await page.getByRole("link", { name: words.trash }).click();
  await expect(page.getByRole("heading", { level: 2, name: title })).toBeVisible();
  await person.look();
  await page.getByRole("link", { name: `${words.deleteForGood} ${title}` }).click();
  await person.look();
  await page.getByRole("button", { name: words.deleteForGood }).click();
  await person.goto(post);
  await expect(page.getByRole("heading", { level: 1, name: words.notFound })).toBeVisible();

  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(`Plus tard ${unique}`);
  await page.getByText(words.publishLater).click();
  await page.getByRole("button", { name: words.schedule }).click();
  await expect(page.getByLabel(words.day)).toHaveAttribute("aria-invalid", "true");
  await person.look();
  await page.getByLabel(words.day).fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
  await page.getByLabel(words.hour).fill("09:00");
  await page.getByRole("button", { name: words.schedule }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.scheduled);
  await person.look();
});
