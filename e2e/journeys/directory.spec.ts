// An agent finds a colleague in the directory, which a partner does not have.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a colleague is found in the directory; a partner knows those of their spaces", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words }) => {
  const nadia = await arrive();
  await signInQuickly(nadia, accounts.nadia);
  const { page, hands } = nadia;
  await nadia.goto("/annuaire");
  await nadia.look();
  await hands.write(page.getByLabel(words.onePerson), "fontai");
  await hands.activate(page.getByRole("button", { name: words.look, exact: true }));
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  await nadia.look();
  await hands.activate(page.getByRole("link", { name: "Élise Fontaine" }));
  await expect(page.getByRole("heading", { level: 1, name: "Élise Fontaine" })).toBeVisible();
  await expect(page.getByText("RGAA")).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Réseau accessibilité" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Démat. ADS" })).toHaveCount(0);
  await nadia.look();

  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto("/espaces/demat-ads/membres");
  await expect(jeanne.page.getByRole("link", { name: words.directory, exact: true })).toHaveCount(0);
  await jeanne.hands.activate(jeanne.page.getByRole("link", { name: "Camille Martin", exact: true }));
  await expect(jeanne.page.getByRole("heading", { level: 1, name: "Camille Martin" })).toBeVisible();
  await jeanne.look();
});
