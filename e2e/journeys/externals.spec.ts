// Who invited somebody from outside ends their access, and opens it again; the one whose
// access has an end knows when, and whom to ask.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("an access is ended, opened again until a day, and told of", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, guard }) => {
  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  const { page, hands } = camille;
  await camille.goto("/annuaire");
  await hands.activate(page.getByRole("link", { name: words.externalsLink, exact: true }));
  await expect(page.getByRole("heading", { level: 1, name: words.externals })).toBeVisible();
  await camille.look();

  guard.allowStatus(422);
  await hands.choose(page.getByRole("radio", { name: words.endNow, exact: true }));
  await hands.activate(page.getByRole("button", { name: words.apply, exact: true }));
  await expect(page.getByRole("link", { name: words.chooseSomeone })).toBeVisible();
  await expect(page.getByRole("radio", { name: words.endNow, exact: true })).toBeChecked();
  await camille.look();

  const claire = page.getByRole("checkbox", { name: "Claire Vasseur" });
  await claire.check();
  await hands.activate(page.getByRole("button", { name: words.apply, exact: true }));
  await expect(claire).toHaveCount(0);
  await hands.activate(page.getByRole("link", { name: words.accessOver, exact: true }));
  await claire.check();
  await hands.choose(page.getByRole("radio", { name: words.setEnd, exact: true }));
  const day = new Date();
  day.setFullYear(day.getFullYear() + 1);
  await page.getByLabel(words.lastDay).fill(day.toISOString().slice(0, 10));
  await hands.activate(page.getByRole("button", { name: words.apply, exact: true }));
  await expect(claire).toHaveCount(0);
  await hands.activate(page.getByRole("link", { name: words.accessOpen, exact: true }));
  await expect(claire).toBeVisible();
  await camille.look();

  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto("/compte");
  await expect(jeanne.page.getByText(words.yourAccess)).toContainText(accounts.camille);
  await jeanne.look();
});
