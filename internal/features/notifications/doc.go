// Package notifications is the page behind the bell: what one was told, with why and a
// way to hear no more of it, and what is new in one's spaces since one was last there.
// It is also when one is mailed of it, the digests, and the address by which a mail is
// stopped from within it.
//
// It owns no table: notices are the kernel's, and so are rhythms and visits.
package notifications
