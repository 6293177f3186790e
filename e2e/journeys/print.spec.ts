// On paper: what is read, who wrote it and when; nothing to press, no empty sheet.

import { accounts, comment, publishPost, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

test("a post and a list are printed without the frame", { tag: "@engine" }, async ({ arrive, unique }) => {
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  const title = `Sur papier ${unique}`;
  const post = await publishPost(camille, "/espaces/demat-ads", title, "Voir [le texte](https://www.example.org/a).");
  await comment(camille, post, "Imprimé pour la réunion");

  await expect(page.getByRole("navigation")).not.toHaveCount(0);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.locator(".article-head").getByText("Camille Martin")).toBeVisible();
  await expect(page.locator(".comment", { hasText: "Imprimé pour la réunion" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await expect(page.getByRole("banner")).toHaveCount(0);
  // Paper has no links: addresses are written out.
  const address = await page
    .locator(".prose a", { hasText: "le texte" })
    .evaluate((link) => getComputedStyle(link, "::after").content);
  expect(address).toContain("https://www.example.org/a");
  expect(sheets(await page.pdf({ format: "A4" }))).toBe(1);

  await camille.goto("/espaces/demat-ads/membres");
  await expect(page.locator("select").first()).toHaveCSS("border-top-width", "0px");
});

/** How many pages a PDF has (ISO 32000-1, 7.7.3.3). */
function sheets(pdf: Buffer): number {
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}
