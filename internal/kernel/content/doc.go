// Package content keeps the item: one row for everything that is published in a
// space, whichever feature shows it, with the version rule that every write of
// it follows and a row of history for each revision.
//
// It owns the tables items, item_revisions and guest_links, by which someone without
// an account reads an item. Features hang their own table
// from items.id and call Create and Apply inside their own transaction, after
// they locked the space and checked the right.
package content
