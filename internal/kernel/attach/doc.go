// Package attach is files joined to an item, or to one of its remarks.
//
// A file is first an upload: sent, kept, and seen by its sender alone. Joining it
// gives it a place, and from then on whoever may read the item may have it: the
// right is always the item's. What people send is never trusted: its name is made
// one that every system bears, its type is read from its bytes, and what pages show
// of an image is a smaller one made from it, without the notes of the camera.
//
// A file may stand in the text of its item instead of beside it: the text then calls
// it by a key (embed.go), which copies of the item keep.
//
// It owns blobs, uploads and attachments. It serves no page.
package attach
