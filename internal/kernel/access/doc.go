// Package access is the one rule of rights: levels by service and role, the
// table of actions, what a person may do in a space, and the SQL predicate
// "readable by" that every query returning items is composed with. It says too
// who may know of whom: the profile of a person, the spaces in it, the directory.
//
// It owns the table space_access: for each space, for each role and for the
// visiting agent, a bitmap of the services that may be read. It is derived from
// space_services and the space's visibility, written only here, in the
// transaction of the change.
//
// Unreadable equals absent: every refusal to read is fault.NotFound. Only who
// may read learns that an action is refused: fault.Denied. The administrator's
// mark appears nowhere in this package.
package access
