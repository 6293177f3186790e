// Following a post, what is new since the last visit, and moving a post to another
// space.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a post is followed, tells what is new, and is moved elsewhere", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique }) => {
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  const title = `À suivre ${unique}`;
  await camille.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.text, { exact: true }).fill("Un texte.");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const post = new URL(page.url()).pathname;

  const amadou = await arrive();
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto(post);
  await amadou.page.locator("summary", { hasText: words.postMenu }).click();
  await amadou.page.getByRole("button", { name: words.follow, exact: true }).click();
  await expect(amadou.page.locator("[data-flash]")).toContainText(words.followed);

  // Amadou leaves the post: on the open page the comment arrives by itself, and is read.
  await amadou.goto("/");
  await page.getByLabel(words.yourComment).fill("Du nouveau");
  await page.getByRole("button", { name: words.comment, exact: true }).click();
  await expect(page.getByText("Du nouveau").first()).toBeVisible();

  await amadou.goto("/");
  await expect(amadou.page.getByRole("link", { name: title }).first()).toBeVisible();
  await amadou.look();
  await amadou.page.getByRole("link", { name: words.allFollowed }).click();
  await expect(amadou.page).toHaveURL(/\/suivis$/);
  await amadou.look();
  await amadou.page.getByRole("link", { name: title }).click();
  await expect(
    amadou.page.locator("article.comment", { hasText: "Du nouveau" }).getByText(words.fresh, { exact: true }),
  ).toBeVisible();
  await amadou.look();

  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("link", { name: words.copyOrMove }).click();
  await camille.look();
  await page.getByLabel(words.toWhichSpace).selectOption({ label: "Réseau accessibilité" });
  await page.getByRole("radio", { name: words.move }).check();
  await page.getByRole("button", { name: words.goOn }).click();
  await expect(page).toHaveURL(/\/espaces\/reseau-accessibilite\/blog\//);
  await expect(page.getByText("Du nouveau").first()).toBeVisible();
  await camille.goto(post);
  await expect(page).toHaveURL(/\/espaces\/reseau-accessibilite\/blog\//);
});
