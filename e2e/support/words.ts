// Every word by which a test finds something on a page. A change of wording
// costs one edit here. French is what the page says; no-break spaces are spelt
// out, since they are part of what is tested.

import type { Language } from "./matrix";

const nbsp = "\u00a0";

const fr = {
  email: "Adresse électronique",
  password: "Mot de passe",
  signIn: "Se connecter",
  myMenu: "Mon profil",
  signOut: "Se déconnecter",

  openSpace: "Ouvrir un espace",
  spaceName: "Nom de l’espace",
  spacePurpose: `À quoi sert cet espace${nbsp}?`,
  community: "Communauté",
  private: "Privé",
  openTheSpace: "Ouvrir l’espace",

  blog: "Blog",
  newPost: "Nouveau billet",
  title: "Titre",
  text: "Texte",
  publish: "Publier",
  saveDraft: "Enregistrer le brouillon",

  members: "Membres",
  invite: "Inviter",
  role: "Rôle",
  contributor: "Contributeur",
  inviteWord: "Un mot d’accompagnement",
  sendInvitation: "Envoyer l’invitation",

  yourName: "Votre nom",
  newPassword: "Mot de passe",
  join: "Rejoindre l’espace",

  yourComment: "Votre commentaire",
  comment: "Commenter",
  reply: "Répondre",
  yourReply: "Votre réponse",

  notFound: "Page introuvable",
};

export type Words = typeof fr;

const en: Words = {
  email: "Email address",
  password: "Password",
  signIn: "Sign in",
  myMenu: "My profile",
  signOut: "Sign out",

  openSpace: "Open a space",
  spaceName: "Name of the space",
  spacePurpose: "What is this space for?",
  community: "Community",
  private: "Private",
  openTheSpace: "Open the space",

  blog: "Blog",
  newPost: "New post",
  title: "Title",
  text: "Text",
  publish: "Publish",
  saveDraft: "Save draft",

  members: "Members",
  invite: "Invite",
  role: "Role",
  contributor: "Contributor",
  inviteWord: "A word to go with it",
  sendInvitation: "Send the invitation",

  yourName: "Your name",
  newPassword: "Password",
  join: "Join the space",

  yourComment: "Your comment",
  comment: "Comment",
  reply: "Reply",
  yourReply: "Your answer",

  notFound: "Page not found",
};

export function wordsOf(language: Language): Words {
  return language === "fr" ? fr : en;
}
