// One goes anywhere by a few letters, finds a space, and sees what is announced.

import { accounts, publishPost, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("the palette leads anywhere, by keyboard", { tag: ["@engine", "@narrow"] }, async ({ arrive, words }) => {
  const amadou = await arrive();
  const { page } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto("/espaces");
  const palette = page.getByRole("dialog", { name: words.goTo });

  // A key that is typed in a field is a letter.
  await page.getByLabel(words.findSpace).focus();
  await page.keyboard.press("/");
  await expect(palette).toBeHidden();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("/");
  await expect(palette.getByRole("searchbox")).toBeFocused();
  await expect(palette.getByRole("link").first()).toBeVisible();
  await amadou.look();
  await page.keyboard.type("panne gui");
  await expect(palette.getByRole("link")).toHaveCount(1);
  await expect(page.locator("#live-region")).toHaveText(/^1 /);
  await page.keyboard.press("ArrowDown");
  await expect(palette.getByRole("link", { name: /Panne du guichet/ })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(palette.getByRole("searchbox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();

  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("portail");
  await expect(palette.getByRole("link", { name: "Refonte du portail" }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Refonte du portail" })).toBeVisible();
});

test("without scripts, a page leads anywhere", { tag: "@bare" }, async ({ arrive, words }) => {
  const amadou = await arrive();
  const { page, hands } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto("/aller");
  await hands.write(page.getByRole("searchbox"), "panne gui");
  await hands.activate(page.getByRole("button", { name: words.find }));
  await expect(page.getByRole("main").getByRole("link", { name: /Panne du guichet/ })).toBeVisible();
  await amadou.look();
});

test("a space is found by its words", { tag: ["@engine", "@narrow", "@bare"] }, async ({ arrive, words }) => {
  const nadia = await arrive();
  const { page, hands } = nadia;
  await signInQuickly(nadia, accounts.nadia);
  await nadia.goto("/espaces");
  await hands.write(page.getByLabel(words.findSpace), "ACCESSIBILITE utilis");
  await hands.activate(page.getByRole("button", { name: words.find, exact: true }));
  await expect(page.locator(".catalogue > li")).toHaveCount(1);
  await nadia.look();
  await hands.activate(page.getByRole("main").getByRole("link", { name: words.projects, exact: true }));
  await expect(page.getByText(words.noSpace)).toBeVisible();
  await nadia.look();
});

test("an announcement is on top of the home until it is read", { tag: "@engine" }, async ({
  arrive,
  words,
  unique,
}) => {
  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  const title = `Important ${unique}`;
  await camille.goto("/espaces/demat-ads/blog/-/nouveau");
  await camille.page.getByLabel(words.title, { exact: true }).fill(title);
  await camille.page.getByRole("button", { name: words.publish }).click();
  await camille.page.locator("summary", { hasText: words.postMenu }).click();
  await camille.page.getByRole("link", { name: words.announce, exact: true }).click();
  await camille.look();
  await camille.page.getByRole("button", { name: words.announceToAll }).click();
  await expect(camille.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await camille.look();

  const amadou = await arrive();
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto("/");
  const announcements = amadou.page.getByRole("region", { name: words.announcements });
  await amadou.look();
  await announcements.getByRole("link", { name: title }).click();
  await expect(amadou.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(async () => {
    await amadou.goto("/");
    await expect(announcements.getByRole("link", { name: title })).toHaveCount(0);
  }).toPass();
});

test("a blog is followed by a feed of one's own", { tag: ["@engine", "@bare"] }, async ({ arrive, words, unique }) => {
  const amadou = await arrive();
  const { page, hands } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  const title = `Au flux ${unique}`;
  await publishPost(amadou, "/espaces/demat-ads", title, "Tout juste publié.");
  await amadou.goto("/espaces/demat-ads/blog");
  await hands.activate(page.getByRole("link", { name: words.followByFeed }));
  await amadou.look();
  await hands.activate(page.getByRole("button", { name: words.makeAddress }));
  const address = (await page.locator(".feed-address").textContent()) ?? "";
  await amadou.look();
  const answer = await amadou.context.request.get(new URL(address).pathname, { headers: { cookie: "" } });
  expect(answer.status()).toBe(200);
  expect(await answer.text()).toContain(title);
});
