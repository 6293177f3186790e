package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGoEventsAreCountedByLeaf(t *testing.T) {
	t.Parallel()
	events := []string{
		`{"Action":"start","Package":"p"}`,
		`{"Action":"run","Package":"p","Test":"TestA"}`,
		`{"Action":"run","Package":"p","Test":"TestA/one"}`,
		`{"Action":"output","Package":"p","Test":"TestA/one","Output":"why it failed\n"}`,
		`{"Action":"fail","Package":"p","Test":"TestA/one"}`,
		`{"Action":"run","Package":"p","Test":"TestA/two"}`,
		`{"Action":"pass","Package":"p","Test":"TestA/two"}`,
		`{"Action":"fail","Package":"p","Test":"TestA"}`,
		`{"Action":"run","Package":"p","Test":"TestB"}`,
		`{"Action":"output","Package":"p","Test":"TestB","Output":"noise of a passing test\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestB"}`,
		`{"Action":"fail","Package":"p","Elapsed":0.5}`,
		`{"Action":"fail","Package":"q","FailedBuild":"q"}`,
	}
	var out strings.Builder
	counter := newGoEvents(&out)
	// The stream arrives in pieces that respect no line.
	text := strings.Join(events, "\n")
	for len(text) > 0 {
		n := min(7, len(text))
		if _, err := counter.Write([]byte(text[:n])); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
	}
	got, err := counter.counts(false)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Counts{Passed: 2, Failed: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if !strings.Contains(out.String(), "why it failed") {
		t.Error("the output of the failed test is not shown")
	}
	if strings.Contains(out.String(), "noise") {
		t.Error("the output of a passing test is shown")
	}
}

func TestCountsOfReports(t *testing.T) {
	t.Parallel()
	vitest, err := vitestCounts([]byte(`{"numPassedTests":4,"numFailedTests":1,"numPendingTests":2,
		"testResults":[{"status":"failed","assertionResults":[]},{"status":"failed","assertionResults":[{}]}]}`))
	if err != nil || vitest != (Counts{Passed: 4, Failed: 2, Skipped: 2}) {
		t.Errorf("vitest: %+v, %v", vitest, err)
	}
	playwright, err := playwrightCounts([]byte(`{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":0},"errors":[{}]}`))
	if err != nil || playwright != (Counts{Passed: 7, Failed: 3}) {
		t.Errorf("playwright: %+v, %v", playwright, err)
	}
}

func TestNothingTestedIsAFailure(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		counts    Counts
		succeeded bool
		want      int
	}{
		{"no test ran", Counts{}, true, 1},
		{"the runner failed without a failed test", Counts{Passed: 3}, false, 1},
		{"a skipped test", Counts{Passed: 3, Skipped: 2}, true, 2},
		{"all passed", Counts{Passed: 3}, true, 0},
		{"a failed test is counted once", Counts{Passed: 3, Failed: 1}, false, 1},
	}
	for _, c := range cases {
		if got := c.counts.settle(c.succeeded).Failed; got != c.want {
			t.Errorf("%s: %d failed, want %d", c.name, got, c.want)
		}
	}
}

func TestTotalEndsWithTheSum(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	runs := [][]string{
		{"run", "-results", dir, "-name", "events", "-report", "go", "--", "sh", "-c",
			`echo '{"Action":"pass","Package":"p","Test":"TestA"}'`},
		{"run", "-results", dir, "-name", "command", "--", "true"},
	}
	for _, args := range runs {
		if code, err := run(args, os.Stderr, os.Stderr); code != 0 || err != nil {
			t.Fatalf("%v: %d, %v", args, code, err)
		}
	}
	if code, out := total(t, dir); code != 0 || !strings.HasSuffix(out, "\n2 passed, 0 failed\n") {
		t.Errorf("status %d, output:\n%s", code, out)
	}

	// The same run again, failing this time, replaces what it counted before.
	if code, err := run([]string{"run", "-results", dir, "-name", "command", "--", "false"}, os.Stderr, os.Stderr); code != 1 || err != nil {
		t.Fatalf("a failed command gives %d, %v", code, err)
	}
	if code, out := total(t, dir); code != 1 || !strings.HasSuffix(out, "\n1 passed, 1 failed\n") {
		t.Errorf("status %d, output:\n%s", code, out)
	}
}

func TestAStaleReportIsNotCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	report := filepath.Join(dir, "report")
	if err := os.WriteFile(report, []byte(`{"numPassedTests":9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	code, err := run([]string{"run", "-results", dir, "-name", "n", "-report", "vitest=" + report, "--", "true"}, os.Stderr, os.Stderr)
	if code != 1 || err != nil {
		t.Errorf("status %d, %v: the report of an earlier run was believed", code, err)
	}
}

func TestTotalOfNothingFails(t *testing.T) {
	t.Parallel()
	if code, _ := total(t, t.TempDir()); code != 1 {
		t.Errorf("status %d, want 1", code)
	}
}

func total(t *testing.T, dir string) (int, string) {
	t.Helper()
	var out strings.Builder
	code, err := run([]string{"total", "-results", dir}, &out, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	return code, out.String()
}
