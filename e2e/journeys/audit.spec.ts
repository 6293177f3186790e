// The audit log: for the auditor of the demonstration, and for nobody else.

import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("an auditor reads what happened to rights; others find no such page", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, guard }) => {
  guard.allowStatus(404);
  const admin = await arrive();
  await signInQuickly(admin, accounts.admin);
  await admin.goto("/administration/journal");
  await expect(admin.page.getByRole("heading", { level: 1, name: words.notFound })).toBeVisible();

  const auditor = await arrive();
  await signInQuickly(auditor, accounts.auditor);
  await auditor.goto("/administration/journal");
  await expect(auditor.page.getByRole("heading", { level: 1, name: words.auditLog })).toBeVisible();
  await expect(async () => {
    await auditor.page.reload();
    await expect(auditor.page.getByRole("rowheader", { name: words.signedIn }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 15_000 });
  await auditor.look();
  await auditor.page.getByLabel(words.auditKind).selectOption({ label: words.signedIn });
  await auditor.page.getByRole("button", { name: words.filter }).click();
  await expect(auditor.page.getByRole("row")).not.toHaveCount(1);
  await auditor.look();
});
