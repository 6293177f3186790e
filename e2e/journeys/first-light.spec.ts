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

test("open, publish, invite, join, comment, reply", { tag: "@matrix" }, async ({ arrive, unique }) => {
  const space = `Dossiers ${unique}`;
  const mailbox = `${unique}@ville.example`;
  const title = "Quarante-deux dossiers relus";
  const question = "Comment avez-vous compté les délais ?";
  const answer = "À partir du dépôt du dossier complet.";

  const camille = await arrive();
  await signIn(camille, accounts.camille);
  const path = await openCommunity(camille, space, "Relire ensemble les dossiers d’urbanisme.");
  const post = await publishPost(camille, path, title, text);
  await expect(camille.page.getByRole("heading", { name: "Ce que nous avons appris" })).toBeVisible();
  await expect(camille.page.getByRole("cell", { name: "Douarnenez" })).toBeVisible();
  await expect(camille.page.getByRole("link", { name: "sur le site" })).toHaveAttribute("rel", /noopener/);
  await invite(camille, path, mailbox, "Bienvenue parmi nous.");

  const guest = await arrive();
  await openInvitation(guest, mailbox);
  await expect(guest.page.getByText(space).first()).toBeVisible();
  await expect(guest.page.getByText("Camille Martin").first()).toBeVisible();
  await acceptInvitation(guest, "Malo Le Goff", "une-phrase-assez-longue-29");
  await guest.goto(post);
  await expect(guest.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await comment(guest, post, question);

  await reply(camille, post, question, answer);
  await guest.goto(post);
  await expect(guest.page.getByText(answer)).toBeVisible();
  await guest.look();
});
