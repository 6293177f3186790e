// Package activity is the outbox: what happened, written in the same
// transaction as the change itself, and handed after the commit to whoever
// subscribed (search, notifications, live pages, webhooks).
//
// It owns the table events. An event is dispatched by a durable job of its own,
// which makes one job for each subscriber, unique by (event, subscriber): a
// subscriber is called at least once and must be idempotent. Order between
// events is not promised. Chat text, bodies and mailboxes never stand in an
// event: it carries ids.
package activity
