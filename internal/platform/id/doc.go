// Package id gives every row its name: UUIDv7 (RFC 9562, section 5.7), made by
// us and never by a database, the same Go type on both engines. An id sorts
// roughly by birth, which keeps indexes compact; nothing relies on that order.
package id
