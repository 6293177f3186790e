// Package testkit holds what tests share: real databases, migrated and thrown
// away, on the engine that RUCHE_TEST_ENGINE names (sqlite, the default, or
// postgres, at the server of RUCHE_TEST_POSTGRES; scripts/postgres.sh starts one).
//
// It owns no table, and no program imports it.
package testkit
