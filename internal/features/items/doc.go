// Package items is what every published thing has, whatever its feature: its
// permanent address, its comments, its history with an older text given back, its
// trash, and what one typed in a form and has not sent.
//
// Its routes stand under /p/{item}, one set for all features, so that no rule is
// forgotten on a second route; the pages of an item itself are its feature's. It
// owns no table.
package items
