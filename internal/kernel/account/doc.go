// Package account keeps people: their accounts, what they say of themselves, the
// credentials and second factors by which they sign in and the sessions in which
// they act; and who answers for an external, until when. It holds rows and
// invariants; the use cases (sign in, invite, suspend) live in features/people and
// stand on package access.
//
// It owns the tables accounts, name_words, profiles, externals, credentials,
// second_factors, recovery_codes and sessions. A session's token and a recovery
// code are kept hashed, a password as argon2id (RFC 9106), the key of a second
// factor sealed (AES-GCM). A session of an account that has a second factor
// begins as a half one, which is nobody's until the code is given.
package account
