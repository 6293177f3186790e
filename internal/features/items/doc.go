// Package items is what every published thing has, whatever its feature: its
// permanent address, who reads it and who may choose them, the links that show it
// without an account, its comments, its history with an older text given back, its
// trash, its announcement, whom it tells by a notice and a mail, feeds of one's own, what one typed in a form and has not sent, and the visual editor.
//
// Its routes stand under /p/{item}, one set for all features, so that no rule is
// forgotten on a second route, but for what a guest reads at /partage/{token} and a feed reader at
// /flux/{token}; the
// pages of an item itself are its feature's. It owns no table.
package items
