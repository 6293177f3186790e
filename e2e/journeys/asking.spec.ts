// Someone asks at the door of a private space, and is let in.

import { accounts, openCommunity, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("an agent asks to enter a private space, and a lead lets them in", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique }) => {
  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  const space = await openCommunity(camille, `Porte ${unique}`, "Essayer d’entrer");

  const nadia = await arrive();
  await signInQuickly(nadia, accounts.nadia);
  await nadia.goto(space);
  await nadia.look();
  await nadia.page.getByLabel(words.askWord).fill("Je reprends ce dossier.");
  await nadia.page.getByRole("button", { name: words.askToEnter }).click();
  await expect(nadia.page.locator("[data-flash]")).toContainText(words.requestSent);
  await expect(nadia.page.getByRole("heading", { level: 2, name: words.requestWaits })).toBeVisible();
  await nadia.look();

  const { page } = camille;
  await camille.goto(space);
  await expect(page.getByText(words.oneAsks)).toBeVisible();
  await camille.goto(`${space}/membres`);
  await expect(page.getByText("Je reprends ce dossier.")).toBeVisible();
  await camille.look();
  await page.getByRole("link", { name: `${words.refuse} Nadia Benali` }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Nadia Benali" })).toBeVisible();
  await camille.look();
  await page.getByRole("link", { name: words.cancel, exact: true }).click();
  await page.getByRole("button", { name: `${words.letIn} Nadia Benali` }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.letInDone);
  await expect(page.getByRole("rowheader", { name: /Nadia Benali/ })).toBeVisible();

  await nadia.goto(`${space}/blog`);
  await expect(nadia.page.getByRole("heading", { level: 1, name: words.blog })).toBeVisible();
});
