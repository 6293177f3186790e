package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/jobs"
	"ruche/internal/testkit"
)

// asWorker holds, in the child of TestAKilledWorkerLosesNoJob, the database it works on.
const asWorker = "RUCHE_TEST_JOBS_WORKER"

// TestAKilledWorkerLosesNoJob kills a real process (kill -9) in the middle of a
// job: nothing is given back by it, only the lease tells.
func TestAKilledWorkerLosesNoJob(t *testing.T) {
	if config := os.Getenv(asWorker); config != "" {
		workForEver(t, config)
		return
	}
	t.Parallel()
	config, c := testkit.DBConfig(t, set()), clock.NewManual(time.Now())
	d := testkit.Open(t, config)
	q := jobs.New(d, c, slog.New(slog.DiscardHandler))
	attempt := 0
	q.Register("slow", func(_ context.Context, j jobs.Job) error {
		attempt = j.Attempt
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "slow", Key: "a"})
	killInTheMiddle(t, config)

	c.Set(time.Now())
	pending(t, q, 0) // it is still leased
	c.Advance(2 * time.Minute)
	pending(t, q, 1)
	if attempt != 2 || rows(t, d) != 0 {
		t.Fatalf("attempt %d, %d rows left; want the second attempt to end it", attempt, rows(t, d))
	}
}

func killInTheMiddle(t *testing.T, config db.Config) {
	t.Helper()
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKilledWorkerLosesNoJob$")
	child.Env = append(os.Environ(), asWorker+"="+string(text))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	began := false
	for lines := bufio.NewScanner(out); !began && lines.Scan(); {
		began = lines.Text() == "began"
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || !began {
		t.Fatalf("the worker was not killed in the middle of its job: began %v, %v", began, err)
	}
}

func workForEver(t *testing.T, config string) {
	t.Helper()
	var c db.Config
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		t.Fatal(err)
	}
	q := jobs.New(testkit.Open(t, c), clock.System(), slog.New(slog.DiscardHandler))
	q.Register("slow", func(ctx context.Context, _ jobs.Job) error {
		fmt.Fprintln(os.Stdout, "began")
		<-ctx.Done()
		return ctx.Err()
	})
	if err := q.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}
