package app_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"ruche/internal/platform/db"
)

// TestEveryTableIsDeclared: what becomes of each table when its space leaves is
// written down, else an export would forget it.
func TestEveryTableIsDeclared(t *testing.T) {
	t.Parallel()
	h := open(t)
	var declared, found []string
	for _, table := range h.Tables() {
		if slices.Contains(declared, table.Name) {
			t.Errorf("%s is declared twice", table.Name)
		}
		if table.Class == "" {
			t.Errorf("%s has no class", table.Name)
		}
		declared = append(declared, table.Name)
	}
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`
	if h.DB.Engine() == db.Postgres {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%'`
	}
	h.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.All(ctx, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			found = append(found, name)
			return err
		}, query)
	})
	slices.Sort(declared)
	slices.Sort(found)
	if !slices.Equal(declared, found) {
		t.Errorf("declared %v\nfound    %v", declared, found)
	}
}

// TestTheDemonstrationLoadsOnce: a second start changes nothing.
func TestTheDemonstrationLoadsOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	count := func(table string) (n int) {
		h.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n)
		})
		return n
	}
	people, posts, remarks := count("accounts"), count("items"), count("remarks")
	if people < 30 || posts < 25 || remarks < 150 {
		t.Errorf("%d people, %d posts, %d comments: too little to try", people, posts, remarks)
	}
	if loaded, err := h.LoadDemo(t.Context()); loaded || err != nil {
		t.Errorf("loaded again: %v, %v", loaded, err)
	}
	if count("accounts") != people || count("items") != posts || count("remarks") != remarks {
		t.Error("a second load changed something")
	}
}
