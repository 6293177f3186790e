// Files joined to a post and to a comment: sent, described, had back byte for byte,
// taken away.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { accounts, signInQuickly } from "../support/pages";
import { expect, test } from "../support/test";

/** A picture of one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

test("files are joined to a post and to a comment, and come back as they were", {
  tag: ["@engine", "@bare", "@narrow"],
}, async ({ arrive, words, unique, guard }) => {
  guard.allowStatus(422);
  const amadou = await arrive();
  const { page } = amadou;
  await signInQuickly(amadou, accounts.amadou);
  await amadou.goto("/espaces/demat-ads/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(`Fichiers ${unique}`);
  await page.getByLabel(words.text, { exact: true }).fill("Voir ci-dessous.");
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Fichiers ${unique}` })).toBeVisible();
  const post = new URL(page.url()).pathname;

  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("link", { name: words.attachedFiles }).click();
  await amadou.look();
  const table = Buffer.from(`commune;dossiers\nMontclar;${unique}\n`);
  await page.getByLabel(words.chooseFiles).setInputFiles([
    { name: "tableau d’été.csv", mimeType: "text/csv", buffer: table },
    { name: "vue.png", mimeType: "image/png", buffer: pixel },
  ]);
  await page.getByRole("button", { name: words.sendFiles, exact: true }).click();
  // The image waits for its words.
  await expect(page.getByRole("alert").or(page.locator(".error-summary")).first()).toBeVisible();
  await amadou.look();
  await page.getByLabel(words.imageWords).first().fill("Un point bleu");
  await page.getByRole("button", { name: words.joinFiles, exact: true }).click();
  await expect(page.locator("[data-flash]")).toContainText(words.filesJoined);
  await amadou.look();

  const jeanne = await arrive();
  await signInQuickly(jeanne, accounts.jeanne);
  await jeanne.goto(post);
  await expect(jeanne.page.getByRole("img", { name: "Un point bleu" })).toBeVisible();
  await jeanne.look();
  const download = jeanne.page.waitForEvent("download");
  await jeanne.page.getByRole("link", { name: "tableau d’été.csv" }).click();
  const got = await download;
  expect(got.suggestedFilename()).toBe("tableau d’été.csv");
  const digest = (data: Buffer) => createHash("sha256").update(data).digest("hex");
  expect(digest(await readFile(await got.path()))).toBe(digest(table));

  // A comment brings a file; refused, it keeps it.
  await jeanne.page.locator("summary", { hasText: words.attachFiles }).last().click();
  await jeanne.page
    .getByLabel(words.chooseFiles)
    .last()
    .setInputFiles([{ name: "avis.txt", mimeType: "text/plain", buffer: Buffer.from("favorable") }]);
  await jeanne.page.getByRole("button", { name: words.comment, exact: true }).click();
  await expect(jeanne.page.getByText("avis.txt")).toBeVisible();
  await jeanne.page.getByLabel(words.yourComment).fill("Mon avis est joint");
  await jeanne.page.getByRole("button", { name: words.comment, exact: true }).click();
  const comment = jeanne.page.locator("article.comment", { hasText: "Mon avis est joint" });
  await expect(comment.getByRole("link", { name: "avis.txt" })).toBeVisible();
  await jeanne.look();
  await comment.getByRole("button", { name: `${words.remove} avis.txt` }).click();
  await expect(jeanne.page.locator("[data-flash]")).toContainText("avis.txt");
  await expect(comment.getByRole("link", { name: "avis.txt" })).toHaveCount(0);
});
