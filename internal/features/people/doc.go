// Package people is how a person enters Ruche and keeps their account: signing
// in and out, the second factor, the password (forgotten or not), the open
// sessions, the language and the theme. It is also how people find each other:
// profiles, and the directory of agents; and how agents answer for externals: until when
// they may enter, and whom they are handed over to. It holds what the command line does to
// accounts, and the rule that tells agents from externals.
//
// It owns the table people_password_links, one row for each one-time link sent
// to somebody who forgot their password, and the mails of kinds
// "people.password", "people.factor" and "people.ending" (an access ends soon, or one
// answers for somebody now). Rows of accounts, credentials, second
// factors, sessions and profiles are the kernel's (package account); who may see
// a profile is package access's rule.
//
// It invites nobody and gives no right in any space: package spaces does.
package people
