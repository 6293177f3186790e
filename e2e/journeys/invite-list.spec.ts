// A lead invites a whole list: pasted with faults, checked, sent, and what is wrong stays
// to be corrected.

import { mailTo } from "../support/mail";
import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a list is pasted, checked line by line, and sent", { tag: ["@engine", "@narrow", "@bare"] }, async ({
  arrive,
  words,
  unique,
  guard,
}) => {
  guard.allowStatus(422);
  const camille = await arrive();
  const { page, hands } = camille;
  await signInQuickly(camille, accounts.camille);
  await camille.goto("/espaces/demat-ads/membres/-/inviter");
  await page.getByRole("link", { name: words.inviteAList }).click();
  await camille.look();

  await page.getByRole("button", { name: words.checkTheList }).click();
  await expect(page.getByRole("alert")).toContainText(words.pasteAnAddress);
  const mailbox = (n: number) => `${unique}-${n}@liste.example`;
  const list = page.getByLabel(words.addresses, { exact: true });
  await hands.write(list, `"Bé, Zoé" <${mailbox(1)}>; ${mailbox(2)}\nJean sans adresse\n${accounts.amadou}`);
  const group = page.getByLabel(words.joinGroup);
  await group.selectOption({ label: "Copil" });
  await page.getByRole("button", { name: words.checkTheList }).click();
  await expect(page.getByRole("row", { name: "Jean sans adresse" })).toContainText(words.holdsNoAddress);
  await expect(page.getByRole("row", { name: accounts.amadou })).toContainText(words.alreadyMember);
  await camille.look();

  await page.getByRole("button", { name: words.sendTwo }).click();
  await expect(page.getByText(words.twoLeave)).toBeFocused();
  await expect(list).toHaveValue(/^Jean sans adresse\s*$/);
  await expect(group.locator("option:checked")).toHaveText("Copil");
  await camille.look();
  for (const n of [1, 2]) {
    expect((await mailTo(camille.house.mails, mailbox(n))).text).toContain("/invitations/");
  }

  // A file, as a Western spreadsheet saves it.
  await page.getByLabel(words.orAFile).setInputFiles({
    name: "membres.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`Pr\xe9nom;Courriel\r\nZo\xe9;${mailbox(3)}\r\n`, "latin1"),
  });
  await hands.write(list, "");
  await page.getByRole("button", { name: words.checkTheList }).click();
  await expect(page.getByRole("row", { name: mailbox(3) })).toBeVisible();
  await expect(list).toHaveValue(new RegExp(mailbox(3)));
  await page.getByRole("button", { name: words.sendOne }).click();
  await expect(page).toHaveURL(/\/membres$/);
  await expect(page.getByText(mailbox(3)).first()).toBeVisible();
  await page.getByRole("link", { name: words.allInvitations }).click();
  await expect(page.getByText(mailbox(1)).first()).toBeVisible();
  await camille.look();
  // Called back from there, one comes back there.
  await page
    .getByRole("button", { name: mailbox(3) })
    .last()
    .click();
  await expect(page).toHaveURL(/\/membres\/-\/invitations$/);
  await expect(page.getByText(mailbox(3))).toHaveCount(0);
});

test("a list leaves at an hour", { tag: ["@engine"] }, async ({ arrive, words, unique, guard }) => {
  guard.allowStatus(422);
  const camille = await arrive();
  const { page, hands } = camille;
  await signInQuickly(camille, accounts.camille);
  await camille.goto("/espaces/demat-ads/membres/-/inviter/liste");
  const mailbox = `${unique}-plus-tard@liste.example`;
  await hands.write(page.getByLabel(words.addresses, { exact: true }), mailbox);
  await page.locator("summary", { hasText: words.sendLater }).click();
  await page.getByLabel(words.sendDay).fill("2020-01-01");
  await page.getByLabel(words.sendHour).fill("09:00");
  await page.getByRole("button", { name: words.checkTheList }).click();
  await expect(page.getByRole("alert")).toContainText(words.hourPast);
  const next = new Date();
  next.setDate(next.getDate() + 7);
  await page.getByLabel(words.sendDay).fill(next.toISOString().slice(0, 10));
  await page.getByRole("button", { name: words.checkTheList }).click();
  await page.getByRole("button", { name: words.sendOne }).click();
  await expect(page).toHaveURL(/\/membres$/);
  await expect(page.locator(".row-item", { hasText: mailbox })).toContainText(words.leavesOn);
  await camille.look();
  await page.getByRole("button", { name: mailbox }).last().click();
  await expect(page.locator(".row-item", { hasText: mailbox })).toHaveCount(0);
});
