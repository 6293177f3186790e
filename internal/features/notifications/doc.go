// Package notifications is the page behind the bell: what one was told, with why and a
// way to hear no more of it, and what is new in one's spaces since one was last there.
//
// It owns no table: notices are the kernel's, and so are visits.
package notifications
