// Package realtime keeps the open pages of a node connected (WebSocket, by the
// centrifuge library) and tells them that something happened on a channel. A
// message carries ids and a kind, never a text: the page asks again by its own
// route, with its own right.
//
// Who may listen to a channel is decided by the Authorize function that the
// program gives, when someone subscribes and again every two seconds for all
// that is open on the node, or at once when Wake says that a right changed: who
// lost it is unsubscribed, and a session that is over is disconnected for good.
//
// Messages are for pages that are open: they are kept for two minutes, so that a
// short cut loses none, and a restart forgets them; a page that comes back and
// cannot be told what it missed asks again for everything. The package owns no
// table and knows no product word. It serves one node; several need a broker
// between them.
package realtime
