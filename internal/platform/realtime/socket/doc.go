// Package socket is a plain client of the live channels, for tests: it speaks the
// JSON protocol of centrifuge over WebSocket, one text at a time, and hides
// nothing of what it is sent.
package socket
