// Package notice is what people were told of: who names them, who answers what they
// follow, what is recommended or announced to them.
//
// It owns notices, and notice_rhythms: when each is mailed what they are told of. A notice holds no text and gives no right: who lost the right to
// read its item, or whose comment was taken away, no more finds it, and it is not
// counted. One cause makes one notice for each person; a followed item makes one,
// however often it is answered, which is new again with each answer.
package notice
