// A lead sets what each role may do, then what one member may do.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a service is closed to readers, and opened to one of them", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique, guard }) => {
  guard.allowStatus(404);
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  const name = `Droits ${unique}`;
  await camille.goto("/espaces/-/nouveau");
  await page.getByLabel(words.spaceName).fill(name);
  await page.getByLabel(words.spacePurpose).fill("Essayer");
  await page.getByRole("radio", { name: words.public }).check();
  await page.getByRole("button", { name: words.openTheSpace }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const space = new URL(page.url()).pathname;

  const nadia = await arrive();
  await signInQuickly(nadia, accounts.nadia);
  await nadia.goto(space);
  await nadia.page.getByRole("button", { name: words.joinSpace }).click();
  await nadia.goto(`${space}/blog`);
  await expect(nadia.page.getByRole("heading", { level: 1, name: words.blog })).toBeVisible();

  await camille.goto(`${space}/reglages`);
  await page.getByRole("link", { name: words.setLevels }).click();
  await camille.look();
  await page.getByLabel(words.visitorsOf).selectOption({ label: words.seesNothing });
  await page.getByLabel(words.readersOf).selectOption({ label: words.seesNothing });
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.rightsKept);
  await nadia.page.reload();
  await expect(nadia.page.getByRole("heading", { level: 1, name: words.notFound })).toBeVisible();

  await camille.goto(`${space}/membres`);
  await page.getByRole("link", { name: `${words.rights} Nadia Benali` }).click();
  await page.getByLabel(words.blog, { exact: true }).selectOption({ label: words.readsAndComments });
  await camille.look();
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.personRights);
  await camille.goto(`${space}/membres`);
  await expect(page.getByText(words.specialRights)).toBeVisible();
  await camille.look();
  await nadia.goto(`${space}/blog`);
  await expect(nadia.page.getByRole("heading", { level: 1, name: words.blog })).toBeVisible();
});
