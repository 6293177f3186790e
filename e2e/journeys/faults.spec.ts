// What is pasted, sent or typed wrong: clear words, nothing lost, nothing runs.

import { fromWordProcessor, movingGif, scriptedSvg, widePng } from "../support/hostile";
import { accounts, publishPost, signInQuickly, write } from "../support/pages";
import { expect, test } from "../support/test";

test("megabytes of a word processor and files made to do harm stand in a post, and run nothing", {
  tag: "@engine",
}, async ({ arrive, words, unique }) => {
  const elise = await arrive();
  const { page } = elise;
  page.on("dialog", (dialog) => {
    throw new Error(`a dialog opened: ${dialog.message()}`);
  });
  await signInQuickly(elise, accounts.elise, "visuel");
  const title = `Collé ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await write(elise, "visuel");
  const editor = page.locator("[contenteditable=true]");
  await editor.click();

  // Five megabytes, of which the text is a hundredth.
  const paragraphs = 1_000;
  await editor.evaluate(
    (element, html) => {
      const data = new DataTransfer();
      data.setData("text/html", html);
      data.setData("text/plain", "Règlement");
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    fromWordProcessor(paragraphs, 5_000_000),
  );
  await expect(editor.getByRole("heading", { name: "Règlement" })).toBeVisible();
  await expect(editor.getByText(`Article ${paragraphs}. Le maire décide.`)).toBeAttached({ timeout: 60_000 });
  await expect(editor.locator("[style], script, img[src^='file:']")).toHaveCount(0);

  // Too many pixels: told which, and it stays a file that one can have.
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Enter");
  const state = page.locator("[data-editor-state]");
  const chooser = page.locator("[data-embed-chooser]");
  const wide = widePng(20_000, 10_000);
  await chooser.setInputFiles(wide);
  await expect(state).toContainText(words.tooManyPixels);
  await expect(editor.getByText(wide.name)).toBeVisible();

  // A hundred frames of 32 megapixels: its first one is what is shown.
  const moving = movingGif(8_000, 4_000, 100);
  await chooser.setInputFiles(moving);
  await page.getByLabel(words.imageShows).fill("Rien ne bouge");
  await page.keyboard.press("Enter");
  await expect(editor.getByRole("img", { name: "Rien ne bouge" })).toBeVisible({ timeout: 30_000 });

  await chooser.setInputFiles(scriptedSvg);
  await expect(editor.getByText(scriptedSvg.name)).toBeVisible();
  await elise.look();

  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const prose = page.locator("article .prose");
  await expect(prose.getByText(`Article ${paragraphs}. Le maire décide.`)).toBeAttached();
  await expect(prose.getByRole("img")).toHaveCount(1);
  await expect(prose.locator("[style], script, svg script, [onload], [onerror]")).toHaveCount(0);
  const download = page.waitForEvent("download");
  await prose.getByRole("link", { name: scriptedSvg.name }).click();
  expect((await download).suggestedFilename()).toBe(scriptedSvg.name);
});

test("a title that is too long, or turns the text around, a wrong hour, and a title twice", {
  tag: ["@engine", "@bare"],
}, async ({ arrive, guard, words, unique }) => {
  guard.allowStatus(422);
  const camille = await arrive();
  const { page } = camille;
  await signInQuickly(camille, accounts.camille);
  await camille.goto("/espaces/demat-ads/blog/-/nouveau");
  const title = page.getByLabel(words.title, { exact: true });
  const text = page.getByLabel(words.text, { exact: true });
  const publish = page.getByRole("button", { name: words.publish });
  await text.fill("Gardé d’un refus à l’autre.");

  const refused = async (typed: string, why: RegExp) => {
    await title.evaluate((field, value) => {
      if (field instanceof HTMLInputElement) {
        field.removeAttribute("maxlength"); // a browser that does not know it
        field.value = value;
      }
    }, typed);
    await publish.click();
    await expect(title).toHaveAttribute("aria-invalid", "true");
    await expect(title).toHaveAccessibleDescription(why);
    await expect(title).toHaveValue(typed);
    await expect(text).toHaveValue("Gardé d’un refus à l’autre.");
    await camille.look();
  };
  await refused(`Trop ${"longue ".repeat(50)}`.slice(0, 299).concat("!"), words.tooLong);
  await refused("Rapport \u202efdp.exe", words.invisibleCharacters);

  // An hour that is past, then a day without its hour.
  await title.fill(`Deux fois ${unique}`);
  await page.getByText(words.publishLater).click();
  await page.getByLabel(words.day).fill("2020-02-29");
  await page.getByLabel(words.hour).fill("09:00");
  await page.getByRole("button", { name: words.schedule }).click();
  await expect(page.getByLabel(words.day)).toHaveAccessibleDescription(words.hourPast);
  await expect(page.getByLabel(words.day)).toHaveValue("2020-02-29");
  await expect(page.getByLabel(words.hour)).toHaveValue("09:00");
  await expect(text).toHaveValue("Gardé d’un refus à l’autre.");
  await camille.look();

  // The same title twice is two posts, each at its address.
  const first = await publishPost(camille, "/espaces/demat-ads", `Deux fois ${unique}`, "Le premier.");
  const second = await publishPost(camille, "/espaces/demat-ads", `Deux fois ${unique}`, "Le second.");
  expect(second).not.toBe(first);
  await camille.goto(first);
  await expect(page.getByText("Le premier.")).toBeVisible();
  await camille.goto(second);
  await expect(page.getByText("Le second.")).toBeVisible();
});
