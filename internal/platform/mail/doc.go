// Package mail sends the mails of Ruche and knows what became of each.
//
// A mail is a row of the table mails, written in the transaction of the change
// that it tells of, with a job that sends it after the commit: no mail leaves
// for a change that did not happen, none is lost when the relay is down. A
// relay that does not answer, or refuses for now, is tried again with longer and
// longer pauses for five days. The Message-ID is made once with the row, so that
// a mail whose connection died after DATA and was sent again is one mail to
// systems that look (RFC 5322, section 3.6.4).
//
// Before sending, the kind's recheck, if one is registered, looks again whether
// the mail may still go: a person who lost a right in between gets nothing.
//
// Bodies hold one-time links and private words: they are erased from the row as
// soon as the mail has left or is given up, and the rows themselves after thirty
// days. Errors are kept without addresses. Nothing of a mail is ever logged.
//
// Without a relay (an empty SMTP URL) mails wait, and leave once there is one.
//
// Layout: Compose writes the text and the HTML of a mail from one structure.
// Package mailbox receives mails on a developer's machine.
package mail
