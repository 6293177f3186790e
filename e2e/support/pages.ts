// What a person does on each page, found by role and label as a person finds it.

import { expect } from "@playwright/test";
import { mailTo } from "./mail";
import type { Language } from "./matrix";
import type { Person } from "./person";

export const demoPassword = "ruche-demo-2026";

export const accounts = {
  admin: "admin@demo.example",
  camille: "camille.martin@demo.example",
  /** Leads demat-ads too; hers is the account that the English tests put in English. */
  helene: "helene.garnier@demo.example",
  amadou: "amadou.diallo@demo.example",
  /** Leads reseau-accessibilite. Of the journeys of the visual editor alone: how one writes is kept with the account. */
  elise: "elise.fontaine@demo.example",
  auditor: "vincent.lacroix@demo.example",
  nadia: "nadia.benali@demo.example",
  jeanne: "jeanne.leroy@partenaire.example",
} as const;

export async function signIn(person: Person, email: string, password = demoPassword): Promise<void> {
  const { page, hands, words } = person;
  await person.goto("/connexion");
  await person.look();
  await hands.write(page.getByLabel(words.email), email);
  await hands.write(page.getByLabel(words.password, { exact: true }), password);
  await hands.activate(page.getByRole("button", { name: words.signIn }));
  await expect(page).not.toHaveURL(/\/connexion/);
}

/** Opens a private community and returns its path. */
export async function openCommunity(person: Person, name: string, purpose: string): Promise<string> {
  const { page, hands, words } = person;
  await person.goto("/espaces");
  await person.look();
  await hands.activate(page.getByRole("link", { name: words.openSpace }));
  await expect(page).toHaveURL(/\/espaces\/-\/nouveau$/);
  await person.look();
  await hands.write(page.getByLabel(words.spaceName), name);
  await hands.write(page.getByLabel(words.spacePurpose), purpose);
  await hands.choose(page.getByRole("radio", { name: words.community }));
  await hands.choose(page.getByRole("radio", { name: words.private }));
  await hands.activate(page.getByRole("button", { name: words.openTheSpace }));
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await person.look();
  return new URL(page.url()).pathname;
}

/** Publishes a post in a space and returns its path. */
export async function publishPost(person: Person, space: string, title: string, text: string): Promise<string> {
  const { page, hands, words } = person;
  await person.goto(space);
  await hands.activate(page.getByRole("main").getByRole("link", { name: words.blog, exact: true }).first());
  await expect(page).toHaveURL(new RegExp(`${space}/blog$`));
  await person.look();
  await hands.activate(page.getByRole("link", { name: words.newPost }).first());
  await expect(page).toHaveURL(/\/blog\/-\/nouveau$/);
  await person.look();
  await hands.write(page.getByLabel(words.title, { exact: true }), title);
  if (person.scripts) {
    const visual = page.getByRole("button", { name: words.visualEditor });
    await expect(visual).toBeVisible();
    if ((await page.locator("[data-editor][data-visual]").count()) > 0) {
      // What is written is Markdown, and the visual editor is what opens.
      await expect(page.locator("[contenteditable=true]")).toBeVisible();
      await hands.activate(visual);
      await expect(page.locator("textarea[name=body]")).toBeVisible();
    }
  }
  await hands.write(page.locator("textarea[name=body]"), text);
  await hands.activate(page.getByRole("button", { name: words.publish }));
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await person.look();
  return new URL(page.url()).pathname;
}

/** Invites a mailbox into a space as contributor. */
export async function invite(person: Person, space: string, email: string, word: string): Promise<void> {
  const { page, hands, words } = person;
  await person.goto(`${space}/membres`);
  await person.look();
  await hands.activate(page.getByRole("main").getByRole("link", { name: words.invite, exact: true }).first());
  await expect(page).toHaveURL(/\/membres\/-\/inviter$/);
  await person.look();
  await hands.write(page.getByLabel(words.email), email);
  await hands.select(page.getByLabel(words.role), words.contributor);
  await hands.write(page.getByLabel(words.inviteWord), word);
  await hands.activate(page.getByRole("button", { name: words.sendInvitation }));
  await expect(page.getByText(email).first()).toBeVisible();
  await person.look();
}

/** Finds the invitation sent to a mailbox at the local mail page, and follows its link. */
export async function openInvitation(person: Person, mailbox: string): Promise<void> {
  const { page, hands, house } = person;
  const mail = await mailTo(house.mails, mailbox);
  await person.goto(`${house.mails}/?to=${encodeURIComponent(mailbox)}`);
  await hands.activate(page.getByRole("link", { name: mail.subject }));
  const link = page.getByRole("main").locator("a[href*='/invitations/']");
  await hands.activate(link);
  await expect(page).toHaveURL(/\/invitations\//);
}

/** Accepts an invitation, whose page is open, with a new account. */
export async function acceptInvitation(person: Person, name: string, password: string): Promise<void> {
  const { page, hands, words } = person;
  await person.look();
  await hands.write(page.getByLabel(words.yourName), name);
  await hands.write(page.getByLabel(words.newPassword, { exact: true }), password);
  await hands.activate(page.getByRole("button", { name: words.join }));
  await expect(page).not.toHaveURL(/\/invitations\//);
  await person.look();
}

export async function comment(person: Person, post: string, text: string): Promise<void> {
  const { page, hands, words } = person;
  await person.goto(post);
  await hands.write(page.getByLabel(words.yourComment), text);
  await hands.activate(page.getByRole("button", { name: words.comment, exact: true }));
  await expect(page.getByText(text)).toBeVisible();
  await person.look();
}

/** Answers the comment that holds the given text. */
export async function reply(person: Person, post: string, to: string, text: string): Promise<void> {
  const { page, hands, words } = person;
  await person.goto(post);
  const remark = page.getByRole("article").filter({ hasText: to }).last();
  await hands.activate(
    remark
      .getByRole("link", { name: words.reply })
      .or(remark.getByRole("button", { name: words.reply }))
      .first(),
  );
  await hands.write(page.getByLabel(words.yourReply), text);
  await hands.activate(page.getByRole("button", { name: words.reply, exact: true }).last());
  await expect(page.getByText(text)).toBeVisible();
  await person.look();
}

/**
 * Signs in by the one POST that the form makes, without showing the page: for tests of something else. They write in
 * Markdown, unless they are of the visual editor.
 */
export async function signInQuickly(
  person: Person,
  email: string,
  writing: "visuel" | "markdown" = "markdown",
): Promise<void> {
  const answer = await person.context.request.post("/connexion", {
    form: { email, password: demoPassword },
    headers: { Origin: person.house.url, "Sec-Fetch-Site": "same-origin" },
    maxRedirects: 0,
  });
  expect(answer.status(), `sign-in of ${email}`).toBe(303);
  const chosen = await person.context.request.post("/-/redaction", {
    form: { redaction: writing },
    headers: { Origin: person.house.url, "Sec-Fetch-Site": "same-origin" },
  });
  expect(chosen.status(), `way of writing of ${email}`).toBe(204);
}

/** Has the account speak a language from now on. */
export async function speak(person: Person, language: Language): Promise<void> {
  const answer = await person.context.request.post("/-/langue", {
    form: { langue: language, next: "/" },
    headers: { Origin: person.house.url, "Sec-Fetch-Site": "same-origin" },
    maxRedirects: 0,
  });
  expect(answer.status(), `language ${language}`).toBe(303);
}

/** Has the form of a post write in the visual editor, or in Markdown, however it opened. */
export async function write(person: Person, how: "visuel" | "markdown"): Promise<void> {
  const { page, words } = person;
  const visual = page.getByRole("button", { name: words.visualEditor });
  await expect(visual).toBeVisible();
  const opens = (await page.locator("[data-editor][data-visual]").count()) > 0;
  if (opens) {
    await expect(page.locator("[contenteditable=true]")).toBeVisible();
  }
  if (opens !== (how === "visuel")) {
    await visual.click();
  }
  await expect(page.locator(how === "visuel" ? "[contenteditable=true]" : "textarea[name=body]")).toBeVisible();
}
