// Package account keeps people: their accounts, the credentials by which they
// sign in and the sessions in which they act. It holds rows and invariants; the
// use cases (sign in, invite, suspend) live in features/people and stand on
// package access.
//
// It owns the tables accounts, credentials and sessions. A session's token is
// kept hashed; a password is kept as argon2id (RFC 9106).
package account
