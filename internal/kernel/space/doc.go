// Package space keeps spaces, the services switched on in each, and who is a
// member with which role and in which groups. It holds rows and invariants (a space keeps a lead, a
// slug is unique); the use cases live in features/spaces and stand on package
// access, which alone decides rights and writes the facts derived from these rows.
//
// It owns the tables spaces, space_services, memberships, space_groups and
// group_members.
package space
