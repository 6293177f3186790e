// Package audit is the log of what happened to rights, accounts and spaces.
//
// It is a subscriber of the outbox: an event becomes one entry, however often it is
// delivered. Entries are only added, each with the SHA-256 of the one before, and the
// database refuses to change one. So a change made behind the program's back shows,
// unless the whole chain after it is made anew; whoever keeps the digest of the head
// elsewhere sees that too.
//
// It owns audit_entries and audit_head. An entry names ids, a kind and a setting;
// never a content, an address or a token. It is read with a right of its own, the
// auditor's, which opens nothing else. It is never pruned.
package audit
