// A post is given images, a cover and a category; it is kept at hand on the home.

import { readFileSync } from "node:fs";
import { accounts, signInQuickly, write } from "../support/pages";
import { expect, test } from "../support/test";

const picture = {
  name: "plan.jpg",
  mimeType: "image/jpeg",
  buffer: readFileSync("internal/features/blog/demo/images/poste.jpg"),
};

test("a post with images, a cover and a category", { tag: ["@engine", "@narrow"] }, async ({
  arrive,
  words,
  unique,
  guard,
}) => {
  const elise = await arrive();
  const { page } = elise;
  await signInQuickly(elise, accounts.elise);

  // The lead names a category; a name that is taken is refused where it stands.
  const category = `Thème ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/categories");
  guard.allowStatus(422);
  for (const _ of [1, 2]) {
    await page.getByLabel(words.newCategory).fill(category);
    await page.getByRole("button", { name: words.add, exact: true }).click();
  }
  await expect(page.getByRole("link", { name: words.categoryTaken })).toBeVisible();
  await elise.look();

  const title = `Illustré ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await page.getByLabel(words.category).selectOption(category);

  await write(elise, "markdown");

  // In the field of Markdown: an image stands there once it has words.
  await page.locator("[data-embed-chooser]").setInputFiles(picture);
  await expect(page.getByLabel(words.imageShows)).toBeFocused();
  await page.getByRole("button", { name: words.placeImage }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await elise.look();
  await page.keyboard.type("Le plan [du] poste");
  await page.keyboard.press("Enter");
  await expect(page.locator("textarea[name=body]")).toHaveValue(
    /^!\[Le plan \\\[du\\\] poste\]\(fichier:[0-9a-f-]+\)$/,
  );

  // In the visual editor: a file that is pasted, another that is chosen.
  await page.getByRole("button", { name: words.visualEditor }).click();
  const editor = page.locator("[contenteditable=true]");
  await expect(editor.getByRole("img", { name: "Le plan [du] poste" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Voir ");
  await page
    .locator("[data-embed-chooser]")
    .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("des notes") });
  await expect(editor.getByText("notes.txt")).toBeVisible();
  await editor.evaluate((element) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array([1, 2, 3])], "colle.bin", { type: "application/octet-stream" }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(editor.getByText("colle.bin")).toBeVisible();

  await page.locator("[data-cover] input[type=file]").setInputFiles(picture);
  await expect(page.getByLabel(words.coverShows)).toBeFocused();
  await page.keyboard.type("Un bureau");
  await elise.look();

  // The preview is the post as it will be; what was typed is still there.
  await page.getByRole("button", { name: words.preview }).click();
  const preview = page.getByRole("region", { name: words.preview });
  await expect(preview).toBeFocused();
  await expect(preview.getByRole("heading", { level: 3, name: title })).toBeVisible();
  await expect(preview.getByRole("img", { name: "Le plan [du] poste" })).toBeVisible();
  await expect(preview.getByText(words.reviewNone)).toBeVisible();
  await elise.look();
  await page.getByRole("button", { name: words.publish }).click();

  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.getByRole("img", { name: "Le plan [du] poste" })).toBeVisible();
  await expect(page.getByRole("img", { name: "Un bureau" })).toBeVisible();
  await expect(page.locator(".prose").getByRole("link", { name: "notes.txt" })).toBeVisible();
  await elise.look();

  // Its category filters the list.
  await page.getByRole("link", { name: category }).click();
  await expect(page.locator(".post")).toHaveCount(1);
  await elise.look();

  // Kept at hand, it stands on the home of the space until it does no more.
  await page.getByRole("link", { name: title }).click();
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.pin, exact: true }).click();
  // By mistake; then again.
  await page.locator("[data-flash]").getByRole("button", { name: words.undo }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.pin, exact: true }).click();
  await elise.goto("/espaces/reseau-accessibilite");
  const pins = page.getByRole("region", { name: words.atHand });
  await elise.look();
  await pins.getByRole("link", { name: title }).click();
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("button", { name: words.unpin, exact: true }).click();
  await elise.goto("/espaces/reseau-accessibilite");
  await expect(pins.getByRole("link", { name: title })).toHaveCount(0);

  // Opened and saved, nothing changed.
  await elise.goto("/espaces/reseau-accessibilite/blog");
  await page.getByRole("link", { name: title }).first().click();
  await page.getByRole("link", { name: words.editPost, exact: true }).click();
  await write(elise, "visuel");
  await expect(editor.getByRole("img", { name: "Le plan [du] poste" })).toBeVisible();
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("link", { name: words.history }).click();
  await expect(page.locator(".rows > li")).toHaveCount(1);
});
