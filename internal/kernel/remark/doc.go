// Package remark keeps what people say under an item: comments and the answers
// to them, one level deep. The right is always the item's: who may read it reads
// its comments, who may comment in its service writes them.
//
// Reactions, votes, recommendations, confirmed readings and reports go by the same
// right.
//
// It owns the tables remarks, reactions, votes and those of the others just named. A removed comment keeps its row, without its text,
// as long as an answer hangs from it.
package remark
