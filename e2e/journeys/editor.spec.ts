// A post is written in the visual editor, by its tools and by keyboard; what nobody
// touched is no new version.

import { accounts, signInQuickly, write } from "../support/pages";
import { expect, test } from "../support/test";

test("a post is written in the visual editor and opened again without a change", {
  tag: ["@engine", "@narrow"],
}, async ({ arrive, words, unique }) => {
  const elise = await arrive();
  const { page } = elise;
  await signInQuickly(elise, accounts.elise, "visuel");
  const title = `Visuel ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  const editor = page.locator("[contenteditable=true]");
  await write(elise, "visuel");
  await editor.click();
  await expect(page.getByRole("textbox", { name: words.text, exact: true })).toBeFocused();
  await page.keyboard.type("Bonjour ");
  await page.keyboard.press("Control+b");
  await page.keyboard.type("à tous");
  await page.keyboard.press("Control+b");
  await page.keyboard.type(" : a_b et <c>, 1. non");
  await page.keyboard.press("Enter");

  // The tools are one stop of Tab; arrows go from one to the next.
  const tools = page.getByRole("toolbar", { name: words.formatting });
  await tools.getByRole("button").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(tools.getByRole("button", { name: words.bold })).toBeFocused();
  await elise.look();
  await tools.getByRole("button", { name: words.bullets, exact: true }).click();
  await page.keyboard.type("Un");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Voir ");
  await tools.getByRole("button", { name: words.linkTool, exact: true }).click();
  await page.getByLabel(words.linkAddress).fill("/espaces/demat-ads");
  await page.getByRole("button", { name: words.setTheLink }).click();
  // Or by words of a title: it is proposed, and names itself.
  await page.keyboard.type(" et ");
  await tools.getByRole("button", { name: words.linkTool, exact: true }).click();
  await page.getByLabel(words.linkAddress).fill("réseau acc");
  const space = page.getByRole("option", { name: "Réseau accessibilité" });
  await expect(space).toHaveAttribute("aria-selected", "true");
  await elise.look();
  await page.keyboard.press("Enter");
  await expect(editor).toBeFocused();
  await expect(editor.getByRole("link", { name: "Réseau accessibilité" })).toHaveAttribute(
    "href",
    "/espaces/reseau-accessibilite",
  );
  await page.keyboard.press("Tab");
  await expect(editor).not.toBeFocused();
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const prose = page.locator("article .prose");
  await expect(prose.getByText("Bonjour à tous : a_b et <c>, 1. non")).toBeVisible();
  await expect(prose.locator("strong")).toHaveText("à tous");
  await expect(prose.getByRole("listitem")).toHaveCount(2);
  await expect(prose.getByRole("link", { name: "/espaces/demat-ads" })).toBeVisible();

  // Nothing touched is nothing written.
  await page.getByRole("link", { name: words.editPost, exact: true }).click();
  await write(elise, "visuel");
  await expect(editor.getByText("Bonjour à tous")).toBeVisible();
  await elise.look();
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await page.locator("summary", { hasText: words.postMenu }).click();
  await page.getByRole("link", { name: words.history }).click();
  await expect(page.locator(".rows > li")).toHaveCount(1);

  // Back to Markdown, the text is what one would have typed.
  await page.goBack();
  await page.getByRole("link", { name: words.editPost, exact: true }).click();
  await write(elise, "visuel");
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" et la suite @amad");
  await expect(page.getByRole("option", { name: /Amadou Diallo/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: words.visualEditor }).click();
  await expect(page.locator("textarea[name=body]")).toHaveValue(
    "Bonjour **à tous** : a_b et \\<c>, 1. non\n\n- Un\n- Voir [/espaces/demat-ads](/espaces/demat-ads) et [Réseau accessibilité](/espaces/reseau-accessibilite) et la suite @Amadou Diallo",
  );
  await page.getByRole("button", { name: words.save, exact: true }).click();
  await expect(prose.locator(".mention", { hasText: "@Amadou Diallo" })).toBeVisible();
});

test("a block is begun by a slash and the first letters of its name", {
  tag: ["@engine", "@narrow"],
}, async ({ arrive, words, unique }) => {
  const elise = await arrive();
  const { page } = elise;
  await signInQuickly(elise, accounts.elise, "visuel");
  const title = `Encadré ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await write(elise, "visuel");
  const editor = page.locator("[contenteditable=true]");
  await editor.click();

  // Escape leaves the list, and what was typed stays: here it is text.
  await page.keyboard.type("et/ou /");
  const blocks = page.getByRole("listbox", { name: words.blocksFound });
  await expect(blocks.getByRole("option")).not.toHaveCount(0);
  await elise.look();
  await page.keyboard.press("Escape");
  await expect(blocks).toHaveCount(0);
  await page.keyboard.type("t");
  await expect(blocks).toHaveCount(0);
  await page.keyboard.press("Enter");

  // The caret goes elsewhere: what was proposed for where it was goes too.
  await page.keyboard.type(`/${words.calloutBegun}`);
  await expect(blocks).toBeVisible();
  await page.keyboard.press("Home");
  await expect(blocks).toHaveCount(0);
  await page.keyboard.press("End");
  for (const _ of `/${words.calloutBegun}`) {
    await page.keyboard.press("Backspace");
  }
  await page.keyboard.type(`/${words.calloutBegun}`);
  await expect(blocks.getByRole("option")).toHaveCount(5);
  await expect(editor).toHaveAttribute("aria-activedescendant", /-0$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Pensez à relire.");
  await expect(page.getByLabel(words.calloutKind)).toHaveValue("TIP");
  await page.getByLabel(words.calloutTitle).fill("Avant tout");
  await page.keyboard.press("Enter");
  await expect(editor).toBeFocused();
  await page.keyboard.type(" Oui.");
  await elise.look();

  // Cut and pasted, its title is its title still.
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+x");
  await expect(editor.locator(".callout")).toHaveCount(0);
  await page.keyboard.press("Control+v");
  await expect(editor.locator(".callout")).toHaveText(/^\s*Avant tout\s*Pensez à relire\. Oui\.\s*$/);

  // It is Markdown, and the page draws it as the editor did.
  await page.getByRole("button", { name: words.visualEditor }).click();
  await expect(page.locator("textarea[name=body]")).toHaveValue(
    "et/ou /t\n\n> [!TIP] Avant tout\n> Pensez à relire. Oui.",
  );
  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const note = page.locator("article .prose").getByRole("note");
  await expect(note).toContainText("Avant tout");
  await expect(note).toHaveClass(/\bok\b/);
});

test("every tool of the bar writes, by keyboard, and what it wrote is published", {
  tag: ["@engine", "@narrow"],
}, async ({ arrive, words, unique }) => {
  const elise = await arrive();
  const { page } = elise;
  await signInQuickly(elise, accounts.elise, "visuel");
  const title = `Tous les outils ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await write(elise, "visuel");
  const editor = page.locator("[contenteditable=true]");
  await editor.click();
  const tools = page.getByRole("toolbar", { name: words.formatting });
  const used = new Set<string>();
  const use = async (name: string): Promise<void> => {
    used.add(name);
    await tools.locator(`[data-do="${name}"]`).focus();
    await page.keyboard.press("Enter");
    await expect(editor).toBeFocused();
  };
  const line = async (text: string, breaks: number): Promise<void> => {
    await page.keyboard.type(text);
    for (let n = 0; n < breaks; n++) {
      await page.keyboard.press("Enter");
    }
  };

  await use("heading2");
  await line("Le titre", 1);
  await use("heading3");
  await line("La partie", 1);
  for (const [name, text] of [
    ["bold", "gras"],
    ["italic", "penché"],
    ["strike", "barré"],
    ["code", "programme"],
  ] as const) {
    await use(name);
    await expect(tools.locator(`[data-do="${name}"]`)).toHaveAttribute("aria-pressed", "true");
    await page.keyboard.type(text);
    await use(name);
    await page.keyboard.type(" ");
  }
  await page.keyboard.press("Enter");
  for (const [name, text, breaks] of [
    ["list", "Une puce", 2],
    ["numbers", "Un numéro", 2],
    ["tasks", "Une tâche", 2],
    ["quote", "Une citation", 2],
    ["callout", "Un encadré", 2],
    ["block", "du code", 3],
  ] as const) {
    await use(name);
    await line(text, breaks);
  }
  await use("table");
  await expect(editor.locator("table")).toHaveCount(1);
  await use("no_table");
  await expect(editor.locator("table")).toHaveCount(0);
  await use("rule");
  await page.keyboard.type("Voir ");
  used.add("link");
  await tools.locator('[data-do="link"]').focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("/espaces/demat-ads");
  await page.keyboard.press("Enter");
  await expect(editor).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Et plus");
  await use("undo");
  await expect(editor.getByText("Et plus")).toHaveCount(0);
  await use("redo");
  await expect(editor.getByText("Et plus")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await use("table");
  await use("column");
  // Tab leaves the editor; arrows go from cell to cell.
  for (const head of ["A", "B", "C", "D"]) {
    await page.keyboard.type(head);
    await page.keyboard.press("ArrowRight");
  }
  await use("row");
  await expect(editor.locator("tr")).toHaveCount(4);
  expect([...used].sort()).toEqual(
    (await tools.locator("[data-do]").evaluateAll((all) => all.map((one) => one.getAttribute("data-do") ?? ""))).sort(),
  );
  await elise.look();

  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const prose = page.locator("article .prose");
  for (const [element, text] of [
    ["h2", "Le titre"],
    ["h3", "La partie"],
    ["strong", "gras"],
    ["em", "penché"],
    ["del", "barré"],
    ["p code", "programme"],
    ["ul:not(.tasks) > li", "Une puce"],
    ["ol > li", "Un numéro"],
    [".tasks .task", "Une tâche"],
    ["blockquote", "Une citation"],
    [".callout", "Un encadré"],
    ["pre code", "du code"],
    ['a[href="/espaces/demat-ads"]', "/espaces/demat-ads"],
    ["th:nth-child(4)", "D"],
  ] as const) {
    await expect(prose.locator(element).first()).toContainText(text);
  }
  await expect(prose.locator("hr")).toHaveCount(1);
  await expect(prose.locator("tr")).toHaveCount(4);
  await elise.look();
});

test("who is named in the editor is marked as on the page, and goes whole by Backspace", {
  tag: ["@engine"],
}, async ({ arrive, words, unique }) => {
  const elise = await arrive();
  const { page } = elise;
  await signInQuickly(elise, accounts.elise, "visuel");
  const title = `Marquer un nom ${unique}`;
  await elise.goto("/espaces/reseau-accessibilite/blog/-/nouveau");
  await page.getByLabel(words.title, { exact: true }).fill(title);
  await write(elise, "visuel");
  const editor = page.locator("[contenteditable=true]");
  const name = editor.locator(".mention", { hasText: "@Camille Martin" });
  const choose = async (): Promise<void> => {
    await page.keyboard.type("@cam");
    await expect(page.getByRole("option", { name: /Camille Martin/ })).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
    await expect(name).toHaveCount(1);
  };
  await editor.click();
  await page.keyboard.type("Merci à ");
  await choose();
  await page.keyboard.press("Backspace"); // the space behind it
  await page.keyboard.press("Backspace");
  await expect(name).toHaveCount(0);
  await expect(editor).toHaveText("Merci à ");
  await choose();
  await page.keyboard.type("pour tout.");
  await elise.look();

  await page.getByRole("button", { name: words.publish }).click();
  await expect(page.locator("article .prose .mention")).toHaveText("@Camille Martin");
  await page.getByRole("link", { name: words.editPost, exact: true }).click();
  await write(elise, "visuel");
  await expect(name).toHaveCount(1);
});
