// Package people is how a person enters Ruche and keeps their account: signing
// in and out, the profile, the password (forgotten or not), the open sessions,
// the language and the theme. It also holds what the command line does to
// accounts, and the rule that tells agents from externals.
//
// It owns the table people_password_links, one row for each one-time link sent
// to somebody who forgot their password, and the mails of kind
// "people.password". Rows of accounts, credentials and sessions are the
// kernel's (package account).
//
// It invites nobody and gives no right in any space: package spaces does.
package people
