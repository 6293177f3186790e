// The first journey: someone opens a community, publishes, invites; the person
// invited reads the mail, joins, comments; and gets an answer.

import {
  acceptInvitation,
  accounts,
  comment,
  invite,
  openCommunity,
  openInvitation,
  publishPost,
  reply,
  signIn,
  speak,
} from "../support/pages";
import { expect, test } from "../support/test";

const text = `Nous avons relu **quarante-deux** dossiers.

## Ce que nous avons appris

| Commune | Dossiers | Délai moyen |
| --- | ---: | ---: |
| Saint-Brieuc | 12 | 21 jours |
| Douarnenez | 30 | 17 jours |

### La suite

Le compte rendu complet est [sur le site](https://example.org/compte-rendu).
`;

test("open, publish, invite, join, comment, reply", { tag: "@matrix" }, async ({ arrive, language, unique }) => {
  const space = `Dossiers ${unique}`;
  const mailbox = `${unique}@ville.example`;
  const title = "Quarante-deux dossiers relus";
  const question = "Comment avez-vous compté les délais ?";
  const answer = "À partir du dépôt du dossier complet.";

  // The demo's accounts are French; one of them is put in English.
  const leader = language === "fr" ? "Camille Martin" : "Hélène Garnier";
  const lead = await arrive();
  await signIn(lead, language === "fr" ? accounts.camille : accounts.helene);
  if (language === "en") {
    await speak(lead, language);
  }
  const path = await openCommunity(lead, space, "Relire ensemble les dossiers d’urbanisme.");
  const post = await publishPost(lead, path, title, text);
  await expect(lead.page.getByRole("heading", { name: "Ce que nous avons appris" })).toBeVisible();
  await expect(lead.page.getByRole("cell", { name: "Douarnenez" })).toBeVisible();
  await expect(lead.page.getByRole("link", { name: "sur le site" })).toHaveAttribute("rel", /noopener/);
  await invite(lead, path, mailbox, "Bienvenue parmi nous.");

  const guest = await arrive();
  await openInvitation(guest, mailbox);
  await expect(guest.page.getByText(space).first()).toBeVisible();
  await expect(guest.page.getByText(leader).first()).toBeVisible();
  await acceptInvitation(guest, "Malo Le Goff", "une-phrase-assez-longue-29");
  await guest.goto(post);
  await expect(guest.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await comment(guest, post, question);

  await reply(lead, post, question, answer);
  await guest.goto(post);
  await expect(guest.page.getByText(answer)).toBeVisible();
  await guest.look();
});
