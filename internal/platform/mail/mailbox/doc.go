// Package mailbox receives every mail that Ruche sends on a developer's machine
// and shows them on a small page, so that an invitation can be read and followed
// without a mail server.
//
// It is an SMTP server that accepts any mail for anyone and passes none on, and
// a web page that lists them, newest first. Each mail is a .eml file in a
// folder, which is all its memory: the files may be deleted at any time. Both
// servers listen on this machine only and refuse any other address, for what
// they show are one-time links.
//
// The HTML of a mail is answered in a sandbox without scripts and without
// network; its links work, by mouse and by keyboard. The page needs no script
// either. Tests read mails as JSON at /api/mails?to=name@example.org.
//
// It owns no table and is never started for an address that others can reach.
package mailbox
