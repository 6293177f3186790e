// Someone adds a second factor, signs in by it, then by a recovery code without a phone.

import { Secret, TOTP } from "otpauth";
import { acceptInvitation, accounts, invite, openCommunity, openInvitation, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

const password = "une-phrase-assez-longue-29";

/** The code that an application shows some seconds from now. */
function codeOf(key: string, seconds = 0): string {
  return new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: Date.now() + seconds * 1000 });
}

test("a second factor is added, asked for, and replaced by a recovery code", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, guard, words, unique }) => {
  const mailbox = `facteur-${unique}@demo.example`;
  const camille = await arrive();
  await signInQuickly(camille, accounts.camille);
  const space = await openCommunity(camille, `Codes ${unique}`, "Essayer les codes");
  await invite(camille, space, mailbox, "Bienvenue.");
  const malo = await arrive();
  await openInvitation(malo, mailbox);
  await acceptInvitation(malo, "Malo Le Goff", password);

  const { page, hands } = malo;
  await malo.goto("/compte");
  await hands.activate(page.getByRole("link", { name: words.secondFactor, exact: true }));
  await malo.look();
  await hands.write(page.getByLabel(words.currentPassword), password);
  await hands.activate(page.getByRole("button", { name: words.addFactor }));
  const key = (await page.locator("code").innerText()).replaceAll(" ", "");
  await malo.look();
  guard.allowStatus(422);
  await hands.write(page.getByLabel(words.sixDigits), "000000");
  await hands.activate(page.getByRole("button", { name: words.checkAndAdd }));
  await expect(page.getByRole("alert")).toContainText(words.wrongCode);
  await malo.look();
  await hands.write(page.getByLabel(words.sixDigits), codeOf(key));
  await hands.activate(page.getByRole("button", { name: words.checkAndAdd }));
  await expect(page.getByRole("heading", { level: 1, name: words.recoveryCodes })).toBeVisible();
  const codes = await page.getByRole("list", { name: words.recoveryCodes }).getByRole("listitem").allInnerTexts();
  expect(codes).toHaveLength(10);
  await malo.look();
  await hands.activate(page.getByRole("link", { name: words.codesAreSafe }));
  await expect(page.getByText(words.factorThere)).toBeVisible();
  await malo.look();

  // Elsewhere: the password, then the code; what one wanted to see comes after.
  const elsewhere = await arrive();
  await elsewhere.goto(`${space}/membres`);
  const there = elsewhere.page;
  await elsewhere.hands.write(there.getByLabel(words.email), mailbox);
  await elsewhere.hands.write(there.getByLabel(words.password, { exact: true }), password);
  await elsewhere.hands.activate(there.getByRole("button", { name: words.signIn }));
  await expect(there).toHaveURL(/\/connexion\/code/);
  await elsewhere.look();
  await elsewhere.hands.write(there.getByLabel(words.sixDigits), codeOf(key, 30));
  await elsewhere.hands.activate(there.getByRole("button", { name: words.signIn }));
  await expect(there).toHaveURL(new RegExp(`${space}/membres$`));

  // Without the phone.
  const lost = await arrive();
  await lost.goto("/connexion");
  await lost.hands.write(lost.page.getByLabel(words.email), mailbox);
  await lost.hands.write(lost.page.getByLabel(words.password, { exact: true }), password);
  await lost.hands.activate(lost.page.getByRole("button", { name: words.signIn }));
  await lost.hands.activate(lost.page.getByRole("link", { name: words.noPhone }));
  await lost.look();
  await lost.hands.write(lost.page.getByLabel(words.recoveryCode), codes[0] ?? "");
  await lost.hands.activate(lost.page.getByRole("button", { name: words.signIn }));
  await expect(lost.page).not.toHaveURL(/\/connexion/);

  // The phone is given up.
  await lost.goto("/compte/second-facteur");
  const removal = lost.page.locator("form", { hasText: words.removeFactor });
  await lost.hands.write(removal.getByRole("textbox"), codes[1] ?? "");
  await lost.hands.activate(removal.getByRole("button", { name: words.remove, exact: true }));
  await expect(lost.page.locator("[data-flash]")).toContainText(words.factorRemoved);
});
