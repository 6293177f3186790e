// Package limit counts attempts (to sign in, to ask for a mail) and says when
// there were too many, the same answer on every node. It counts in windows that
// begin with the first attempt; what is refused is not counted and only reads,
// so that a flood does not become writes.
//
// It owns the table rate_limits. It keeps no address and no name: only hashes,
// swept when their window is over. It is no shield against a flood of traffic,
// which is the proxy's work.
package limit
