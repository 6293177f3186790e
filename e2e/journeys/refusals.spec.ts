// What must be refused is refused with a clear word, keeps what was typed and
// tells nothing that the person may not know.

import type { APIResponse } from "@playwright/test";
import {
  acceptInvitation,
  accounts,
  invite,
  openCommunity,
  openInvitation,
  publishPost,
  signIn,
  signInQuickly,
} from "../support/pages";
import { expect, test } from "../support/test";

test("a secret space and an absent one answer the same bytes", { tag: "@engine" }, async ({ arrive }) => {
  for (const email of [accounts.nadia, accounts.jeanne, accounts.admin, undefined]) {
    const person = await arrive();
    if (email) {
      await signInQuickly(person, email);
    }
    for (const rest of ["", "/blog", "/membres", "/reglages", "/blog/-/nouveau", "/membres/-/inviter"]) {
      const ask = (slug: string) => person.context.request.get(`/espaces/${slug}${rest}`, { maxRedirects: 0 });
      const secret = await ask("comite-secret");
      const absent = await ask("comite-absent");
      expect(await told(secret, "comite-secret"), `${email ?? "nobody"} at ${rest}`).toEqual(
        await told(absent, "comite-absent"),
      );
      expect(secret.status(), `${email ?? "nobody"} at ${rest}`).toBe(email ? 404 : 303);
    }
  }
});

/** All that an answer tells, but for what differs between any two answers, and the slug that was asked for where a redirect repeats it. */
async function told(answer: APIResponse, slug: string): Promise<unknown> {
  const headers = Object.entries(answer.headers())
    .filter(([name]) => !["date", "x-request-id", "set-cookie"].includes(name))
    .map(([name, value]) => [name, name === "location" ? value.replace(slug, "…") : value]);
  return { status: answer.status(), headers, body: (await answer.body()).toString("utf8") };
}

test("a post without a title is kept and explained", { tag: ["@engine", "@bare"] }, async ({
  arrive,
  guard,
  words,
}) => {
  guard.allowStatus(422);
  const person = await arrive();
  await signInQuickly(person, accounts.camille);
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  const title = person.page.getByLabel(words.title, { exact: true });
  const text = person.page.getByLabel(words.text, { exact: true });
  // The browser's own check of required fields is not what is tested.
  await person.page.locator("form").evaluateAll((forms) => {
    for (const form of forms) {
      form.setAttribute("novalidate", "");
    }
  });
  await text.fill("Un texte qui ne doit pas se perdre.");
  await person.page.getByRole("button", { name: words.publish }).click();
  await expect(title).toHaveAttribute("aria-invalid", "true");
  await expect(title).toHaveAccessibleDescription(/\S/);
  await expect(text).toHaveValue("Un texte qui ne doit pas se perdre.");
  await person.look();
});

test("a text of five megabytes is refused, and the rest of the form kept", { tag: "@engine" }, async ({
  arrive,
  words,
}) => {
  const person = await arrive();
  await signInQuickly(person, accounts.camille);
  await person.goto("/espaces/demat-ads/blog/-/nouveau");
  const nameOf = async (label: string) =>
    (await person.page.getByLabel(label, { exact: true }).getAttribute("name")) ?? label;
  // Sent as the browser would send it: laying five megabytes out in a field
  // takes it longer than any test should.
  const answer = await person.context.request.post("/espaces/demat-ads/blog/-/nouveau", {
    form: {
      [await nameOf(words.title)]: "Bien trop long",
      [await nameOf(words.text)]: "Une ligne de trop.\n".repeat(5_000_000 / 19),
    },
    headers: { Origin: person.house.url, "Sec-Fetch-Site": "same-origin" },
  });
  expect([413, 422]).toContain(answer.status());
  const html = await answer.text();
  expect(html).toContain('role="alert"');
  expect(html).toContain("Bien trop long");
});

test("what is typed in Markdown never runs", { tag: ["@engine", "@bare"] }, async ({ arrive, unique }) => {
  const person = await arrive();
  person.page.on("dialog", (dialog) => {
    throw new Error(`a dialog opened: ${dialog.message()}`);
  });
  await signInQuickly(person, accounts.camille);
  const path = await openCommunity(person, `Essais ${unique}`, "Essayer ce qui ne doit pas marcher.");
  await publishPost(
    person,
    path,
    "<script>alert('titre')</script>",
    [
      "<script>alert(1)</script>",
      "<img src=x onerror=alert(2)>",
      "[un lien](javascript:alert(3))",
      "[un autre](  java\tscript:alert(4))",
      "<a href='https://example.org' onclick='alert(5)' style='position:fixed;inset:0'>tout</a>",
      "![image](data:text/html;base64,PHNjcmlwdD5hbGVydCg2KTwvc2NyaXB0Pg==)",
    ].join("\n\n"),
  );
  const main = person.page.getByRole("main");
  await expect(main.locator("script, [onclick], [onerror], [style]")).toHaveCount(0);
  await expect(main.locator("a[href^='javascript' i], img[src^='data:text']")).toHaveCount(0);
});

test("an invitation serves once, and a wrong one says so", { tag: ["@engine", "@bare"] }, async ({
  arrive,
  guard,
  unique,
}) => {
  const lead = await arrive();
  await signInQuickly(lead, accounts.camille);
  const path = await openCommunity(lead, `Invités ${unique}`, "Inviter une seule fois.");
  const mailbox = `une-fois-${unique}@ville.example`;
  await invite(lead, path, mailbox, "Bienvenue.");

  const guest = await arrive();
  await openInvitation(guest, mailbox);
  const link = guest.page.url();
  await acceptInvitation(guest, "Lou Martin", "une-phrase-assez-longue-31");

  guard.allowStatus(404, 410);
  const second = await arrive();
  for (const used of [link, `${link}x`]) {
    await second.goto(used);
    await expect(second.page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(second.page.getByLabel(second.words.yourName)).toHaveCount(0);
    await second.look();
  }
});

test("a wrong password and an unknown mailbox are told the same", { tag: ["@engine", "@bare"] }, async ({
  arrive,
  guard,
  unique,
  words,
}) => {
  guard.allowStatus(401, 422);
  const texts: string[] = [];
  for (const email of [accounts.amadou, `personne-${unique}@ville.example`]) {
    const person = await arrive();
    await person.goto("/connexion");
    await person.page.getByLabel(words.email).fill(email);
    await person.page.getByLabel(words.password, { exact: true }).fill("ce-n-est-pas-celui-ci");
    await person.page.getByRole("button", { name: words.signIn }).click();
    const alert = person.page.getByRole("alert").first();
    await expect(alert).toBeVisible();
    await expect(person.page.getByLabel(words.email)).toHaveValue(email);
    await person.look();
    texts.push((await alert.textContent()) ?? "");
  }
  expect(texts[0]).toBe(texts[1]);
});

test("after signing out, the session is worth nothing", { tag: ["@engine", "@bare"] }, async ({ arrive, words }) => {
  const person = await arrive();
  await signIn(person, accounts.amadou);
  const cookies = await person.context.cookies();
  const session = cookies.filter((cookie) => cookie.httpOnly);
  expect(session.length).toBeGreaterThan(0);
  for (const cookie of session) {
    expect(cookie.sameSite, cookie.name).toMatch(/Lax|Strict/);
  }
  await person.goto("/espaces");
  await person.page.getByRole("button", { name: words.myMenu }).click();
  await person.page.getByRole("button", { name: words.signOut }).click();
  await expect(person.page).toHaveURL(/\/connexion|\/$/);
  // Someone who kept the cookie gets nothing with it.
  await person.context.addCookies(session);
  const answer = await person.context.request.get("/espaces", { maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  expect(answer.headers()["location"]).toContain("/connexion");
});
