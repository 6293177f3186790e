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

  save: "Enregistrer",
  clashTitle: "Ce texte a changé pendant que vous écriviez",
  restore: "Reprendre cette version",
  draftKept: "Brouillon gardé à",
  draftOffline: "Pas de réseau",
  draftLarge: "trop long pour être gardé par le serveur",
  otherAccount: "Un autre compte est maintenant connecté",
  clashTheirs: /^L’autre, en entier/,
  draftWaits: "sans l’enregistrer",
  draftResume: "Reprendre ce texte",
  draftDrop: "L’abandonner",
  sessionOver: "Votre session a expiré",
  signInElsewhere: "Se connecter dans un nouvel onglet",
  sendAgain: "Envoyer",

  postMenu: "Autres actions sur ce billet",
  toTrash: "Mettre à la corbeille",
  trashed: "Mis à la corbeille pour trente jours.",
  undo: "Annuler",
  archive: "Archiver",
  archived: "Archivé",
  trash: "Corbeille de l’espace",
  deleteForGood: "Supprimer définitivement",
  publishLater: "Publier plus tard",
  day: "Jour",
  hour: "Heure",
  schedule: "Programmer",
  scheduled: "Billet programmé",

  reactions: "Réactions au contenu",
  agree: "D’accord",

  attachedFiles: "Fichiers joints",
  attachFiles: "Joindre des fichiers",
  chooseFiles: "Fichiers de votre appareil",
  sendFiles: "Envoyer",
  joinFiles: "Joindre",
  filesJoined: "Fichiers joints.",
  imageWords: /^Description de l’image/,
  remove: "Retirer",
  follow: "Suivre",
  followed: "Vous suivez ce contenu",
  allFollowed: "Tout ce que vous suivez",
  fresh: "Nouveau",
  copyOrMove: "Copier ou déplacer",
  toWhichSpace: "Vers quel espace",
  move: /^Déplacer/,
  goOn: "Continuer",

  liveNew: "nouveau",
  liveShow: "Afficher",

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

  save: "Save",
  clashTitle: "This text changed while you were writing",
  restore: "Take up this version",
  draftKept: "Draft kept at",
  draftOffline: "No network",
  draftLarge: "too long to be kept by the server",
  otherAccount: "Another account is now signed in",
  clashTheirs: /^The other one, whole/,
  draftWaits: "without saving it",
  draftResume: "Take up this text",
  draftDrop: "Give it up",
  sessionOver: "Your session has expired",
  signInElsewhere: "Sign in, in a new tab",
  sendAgain: "Send",

  postMenu: "Other actions on this post",
  toTrash: "Put in the trash",
  trashed: "Put in the trash for thirty days.",
  undo: "Undo",
  archive: "Archive",
  archived: "Archived",
  trash: "Trash of the space",
  deleteForGood: "Delete for good",
  publishLater: "Publish later",
  day: "Day",
  hour: "Time",
  schedule: "Schedule",
  scheduled: "Post scheduled",

  reactions: "Reactions to",
  agree: "Agree",

  attachedFiles: "Attached files",
  attachFiles: "Attach files",
  chooseFiles: "Files of your device",
  sendFiles: "Send",
  joinFiles: "Attach",
  filesJoined: "Files attached.",
  imageWords: /^Description of the image/,
  remove: "Remove",
  follow: "Follow",
  followed: "You follow this",
  allFollowed: "All that you follow",
  fresh: "New",
  copyOrMove: "Copy or move",
  toWhichSpace: "To which space",
  move: /^Move/,
  goOn: "Continue",

  liveNew: "new comment",
  liveShow: "Show",

  notFound: "Page not found",
};

export function wordsOf(language: Language): Words {
  return language === "fr" ? fr : en;
}
