// The bell: told of a comment and a mention, one reads, marks all as read, takes that
// back, and stops following.

import { accounts, comment, publishPost, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("the bell tells of what concerns one, and falls silent", {
  tag: ["@engine"],
}, async ({ arrive, words, unique }) => {
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  const title = `La cloche ${unique}`;
  const post = await publishPost(camille, "/espaces/demat-ads", title, "Un texte.");
  await camille.goto("/"); // on the open post the comment would arrive, and be read

  const amadou = await arrive();
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto(post);
  await amadou.page.getByLabel(words.yourComment).fill(`Une réponse ${unique}, pour @Camille Martin`);
  await amadou.page.getByRole("button", { name: words.comment, exact: true }).click();
  await expect(amadou.page.getByText(`Une réponse ${unique}`).first()).toBeVisible();

  // Told by a job, a moment later.
  const row = page.locator(".notice-row", { hasText: title });
  await expect(async () => {
    await camille.goto("/notifications");
    await expect(row.first()).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(row.first()).toContainText(words.mentionsYou);
  await expect(row.first()).toContainText(words.unread);
  await expect(page.getByRole("link", { name: /^Notifications \(\d+\+?\)$/ })).toBeVisible();
  await camille.look();

  await page.getByRole("button", { name: words.readAll }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.allRead);
  await expect(row.first()).not.toContainText(words.unread);
  await page.locator("[data-flash]").getByRole("button", { name: words.undo }).click();
  await expect(row.first()).toContainText(words.unread);
  await camille.look();

  await page.getByRole("link", { name: words.newsPart }).click();
  await expect(page.getByRole("link", { name: words.newsPart })).toHaveAttribute("aria-current", "page");
  await camille.look();

  await camille.goto("/notifications");
  await row.first().getByRole("link", { name: title }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await camille.goto("/notifications");
  await expect(row.first()).not.toContainText(words.unread);
});

test("what one follows is answered, and no more followed", {
  tag: ["@engine", "@narrow", "@bare"],
}, async ({ arrive, words, unique }) => {
  const amadou = await arrive();
  const { page } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  const title = `Sans suite ${unique}`;
  const post = await publishPost(amadou, "/espaces/demat-ads", title, "Un texte.");
  await amadou.goto("/");

  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  await comment(camille, post, `Une réponse ${unique}`);

  const row = page.locator(".notice-row", { hasText: title });
  await expect(async () => {
    await amadou.goto("/notifications?filtre=non-lues");
    await expect(row).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(row).toContainText(words.youFollow);
  await amadou.look();
  await amadou.hands.activate(row.getByRole("button", { name: title }));
  await expect(page).toHaveURL(/\/notifications\?filtre=non-lues$/);
  await expect(page.locator("[data-flash]")).toContainText(words.unfollowed);
  await expect(row.getByRole("button")).toHaveCount(0);
});

test("one chooses when one is mailed, everywhere and in one space", {
  tag: ["@engine", "@narrow", "@bare"],
}, async ({ arrive, words }) => {
  const nadia = await arrive();
  const { page } = nadia;
  await signInQuickly(nadia, accounts.nadia);
  await nadia.goto("/notifications");
  await page.getByRole("link", { name: words.chooseMails }).click();
  await page.getByLabel(words.commentMails).selectOption({ label: words.perDay });
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.mailsKept);
  await expect(page.getByLabel(words.commentMails)).toHaveValue("daily");
  await nadia.look();

  // A space that she reads and is no member of.
  await nadia.goto("/espaces/reseau-accessibilite/-/courriels");
  const announcements = page.getByLabel(words.announcementMails);
  await expect(announcements).toHaveValue("");
  await announcements.selectOption({ label: words.perDay });
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.mailsKept);
  await expect(announcements).toHaveValue("daily");
  await nadia.look();
  await announcements.selectOption({ index: 0 });
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(announcements).toHaveValue("");
});
