package testkit

import (
	"context"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// templateLock is the advisory lock under which packages tested side by side
// make a template; any number serves that nothing else uses.
const templateLock = 7_228_243

func postgresConfig(tb testing.TB, sets []db.MigrationSet) db.Config {
	tb.Helper()
	server := os.Getenv("RUCHE_TEST_POSTGRES")
	if server == "" {
		tb.Fatal("RUCHE_TEST_POSTGRES is empty: run the tests under scripts/postgres.sh run -- …")
	}
	template := "template1"
	if len(sets) > 0 {
		template = postgresTemplate(tb, server, sets)
	}
	name := "ruche_test_" + plain(id.New())
	administer(tb.Context(), tb, server, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
		return err
	})
	tb.Cleanup(func() {
		// The test's own context is over by now.
		administer(context.WithoutCancel(tb.Context()), tb, server, func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			return err
		})
	})
	return db.Config{URL: at(tb, server, name), ReadConns: 8, CheckSQL: true}
}

// postgresTemplate returns the name of a database that the sets have migrated,
// made if it is missing. It is made under another name, so that one half
// migrated is never copied.
func postgresTemplate(tb testing.TB, server string, sets []db.MigrationSet) string {
	tb.Helper()
	hash, err := fingerprint(db.Postgres, sets)
	if err != nil {
		tb.Fatal(err)
	}
	name := "ruche_template_" + hash
	administer(tb.Context(), tb, server, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil { // let go with the connection
			return err
		}
		var made bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&made); err != nil || made {
			return err
		}
		draft := "ruche_draft_" + plain(id.New())
		if _, err := conn.Exec(ctx, "CREATE DATABASE "+draft); err != nil {
			return err
		}
		migrate(tb, db.Config{URL: at(tb, server, draft)}, sets)
		_, err := conn.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name)
		return err
	})
	return name
}

// administer runs f on a connection of its own to the server, outside any
// transaction, as CREATE DATABASE wants.
func administer(ctx context.Context, tb testing.TB, server string, f func(ctx context.Context, conn *pgx.Conn) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		tb.Fatalf("the server of RUCHE_TEST_POSTGRES does not answer: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := f(ctx, conn); err != nil {
		tb.Fatal(err)
	}
}

func at(tb testing.TB, server, name string) string {
	tb.Helper()
	u, err := url.Parse(server)
	if err != nil {
		tb.Fatalf("RUCHE_TEST_POSTGRES is no address: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

// plain writes an id in what the name of a database may hold unquoted.
func plain(i id.ID) string {
	var out []byte
	for _, c := range []byte(i.String()) {
		if c != '-' {
			out = append(out, c)
		}
	}
	return string(out)
}
