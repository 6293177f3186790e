package db_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// asProcess holds, in a child of TestProcessesThatStartAtOnce, the database it opens.
const asProcess = "RUCHE_TEST_DB_PROCESS"

// TestProcessesThatStartAtOnce starts real processes on a database that does not
// exist yet: the locks of a file belong to a process, so handles of one process
// prove less.
func TestProcessesThatStartAtOnce(t *testing.T) {
	if text := os.Getenv(asProcess); text != "" {
		startProcess(t, text)
		return
	}
	t.Parallel()
	config := testkit.DBConfig(t)
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	const processes = 4
	errs := make(chan error, processes)
	for range processes {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessesThatStartAtOnce$")
		child.Env = append(os.Environ(), asProcess+"="+string(text))
		go func() {
			out, err := child.CombinedOutput()
			if err != nil {
				err = errors.New(strings.TrimSpace(string(out)))
			}
			errs <- err
		}()
	}
	for range processes {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	d := testkit.Open(t, config)
	version(t, d, 1)
	if n := countBoxes(t, d); n != processes {
		t.Fatalf("%d processes wrote their row, want %d", n, processes)
	}
}

func startProcess(t *testing.T, config string) {
	t.Helper()
	var c db.Config
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		t.Fatal(err)
	}
	d := testkit.Open(t, c)
	sets := []db.MigrationSet{boxes()}
	if err := d.CheckSchema(t.Context(), sets); err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), sets); err != nil {
		t.Fatal(err)
	}
	mine := id.New()
	write(t, d, func(tx *db.Tx) error { return put(t.Context(), tx, box{mine, mine.String(), false}) })
}
