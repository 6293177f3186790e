// Recommending, confirming a reading, reporting and what becomes of it.

import { mailTo } from "../support/mail";
import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a post is recommended, its reading confirmed, a comment reported and taken away", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique, house }) => {
  const amadou = await arrive();
  const { page } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  const title = `À répondre ${unique}`;
  await amadou.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.text, { exact: true }).fill("Un texte.");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const post = new URL(page.url()).pathname;

  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("link", { name: words.recommend, exact: true }).click();
  await amadou.look();
  await page.getByLabel(words.toWhom).fill("@Jeanne Leroy");
  await page.getByLabel(words.yourWord).fill(`Pour toi ${unique}`);
  await page.getByRole("button", { name: words.sendIt, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.recommended);
  expect((await mailTo(house.mails, accounts.jeanne, title)).text).toContain(`Pour toi ${unique}`);
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.askReading }).click();
  await expect(page.getByRole("link", { name: words.readingWho })).toBeVisible();
  await amadou.look();
  await page.getByLabel(words.yourComment).fill("Un mot de trop");
  await page.getByRole("button", { name: words.comment, exact: true }).click();
  await expect(page.getByText("Un mot de trop").first()).toBeVisible();

  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto(post);
  await jeanne.look();
  await jeanne.page.getByRole("button", { name: words.iHaveRead }).click();
  await expect(jeanne.page.locator("[data-flash]")).toContainText(words.readingConfirmed);
  const comment = jeanne.page.locator("article.comment", { hasText: "Un mot de trop" });
  await comment.locator("summary").last().click();
  await comment.getByRole("link", { name: words.report, exact: true }).click();
  await jeanne.look();
  await jeanne.page.getByRole("radio", { name: words.hurtful }).check();
  await jeanne.page.getByRole("button", { name: words.report, exact: true }).click();
  await expect(jeanne.page.locator("[data-flash]")).toContainText(words.reported);

  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  await camille.goto("/espaces/demat-ads/signalements");
  await camille.look();
  const report = camille.page.getByRole("listitem").filter({ hasText: title }).first();
  await report.getByRole("button", { name: words.takeAway }).click();
  await expect(camille.page.locator("[data-flash]")).toContainText(words.reportHandled);
  await camille.goto(post);
  await expect(camille.page.getByText("Un mot de trop")).toHaveCount(0);

  await page.goto(new URL(page.url()).pathname);
  await page.getByRole("link", { name: words.readingWho }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Jeanne Leroy" })).toContainText(words.hasRead);
  await amadou.look();
});
