package db

import "testing"

func TestPositional(t *testing.T) {
	t.Parallel()
	twelve := "$1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12"
	for query, want := range map[string]string{
		"SELECT " + twelve:               "SELECT ? ? ? ? ? ? ? ? ? ? ? ?",
		"SELECT '$1 it''s' " + twelve:    "SELECT '$1 it''s' ? ? ? ? ? ? ? ? ? ? ? ?",
		"SELECT " + twelve + " $3":       "SELECT " + twelve + " $3",       // one of them twice
		"SELECT $2 $1 " + twelve:         "SELECT $2 $1 " + twelve,         // out of order
		"SELECT 'never closed " + twelve: "SELECT 'never closed " + twelve, // as it is
		"SELECT $ " + twelve:             "SELECT $ " + twelve,
	} {
		if got := positional(query, 12); got != want {
			t.Errorf("%q is read as %q", query, got)
		}
	}
	if got := positional("SELECT $1", 1); got != "SELECT $1" {
		t.Errorf("a short one is read as %q", got)
	}
	if got := positional("SELECT "+twelve, 13); got != "SELECT "+twelve {
		t.Errorf("with an argument too many it is read as %q", got)
	}
}
