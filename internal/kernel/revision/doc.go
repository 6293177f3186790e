// Package revision shows what became of an item: the list of its revisions, the
// text of each, and gives an older one back. It also keeps what someone types in a
// form and has not sent yet.
//
// It owns the table drafts. The rows of item_revisions are content's, which writes
// one with every change.
//
// A draft of a form is its writer's alone. It gives no right: what they read of
// an item comes from the item, and a draft outlives the right to it only as their
// own words.
package revision
