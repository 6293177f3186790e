// Package spaces is what people do with spaces: find them in the catalogue, open
// one, invite one person or a list, remind, accept, ask to enter and answer, join and leave, give roles, keep groups, set what roles and
// members may do, change the settings, and read the guide that a space writes of itself.
//
// It owns the tables invitations and join_requests. An invitation is bound to a mailbox, a space
// and a role; its link works once, for fourteen days, and only a POST acts on
// it. It dies with the right to give it: when its inviter no longer leads the
// space, and as long as they are suspended. The rows of spaces and members are the kernel's (space), the rights are
// package access's.
package spaces
