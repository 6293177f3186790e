package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// A counter receives the standard output of a command and says afterwards what
// was counted.
type counter interface {
	io.Writer
	counts(succeeded bool) (Counts, error)
}

func counterFor(kind, file string, out io.Writer) (counter, error) {
	switch kind {
	case "go":
		return newGoEvents(out), nil
	case "vitest", "playwright":
		if file == "" {
			return nil, fmt.Errorf("-report %s needs =FILE", kind)
		}
		// A report left by an earlier run must never be counted again.
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		return reportFile{Writer: out, kind: kind, file: file}, nil
	case "command":
		return oneCommand{Writer: out}, nil
	default:
		return nil, fmt.Errorf("unknown report %q: go, vitest=FILE, playwright=FILE or command", kind)
	}
}

// oneCommand counts the command itself.
type oneCommand struct{ io.Writer }

func (oneCommand) counts(succeeded bool) (Counts, error) {
	if succeeded {
		return Counts{Passed: 1}, nil
	}
	return Counts{Failed: 1}, nil
}

// reportFile shows the output as it comes and counts from the JSON report that
// the runner wrote.
type reportFile struct {
	io.Writer

	kind, file string
}

func (r reportFile) counts(bool) (Counts, error) {
	text, err := os.ReadFile(r.file)
	if err != nil {
		return Counts{}, err
	}
	if r.kind == "vitest" {
		return vitestCounts(text)
	}
	return playwrightCounts(text)
}

// vitestCounts reads the report of `vitest --reporter=json`, whose form is
// Jest's. A test file that could not be loaded has no test of its own and
// counts as one failure.
func vitestCounts(text []byte) (Counts, error) {
	var report struct {
		Passed  int `json:"numPassedTests"`
		Failed  int `json:"numFailedTests"`
		Pending int `json:"numPendingTests"`
		Todo    int `json:"numTodoTests"`
		Files   []struct {
			Status string            `json:"status"`
			Tests  []json.RawMessage `json:"assertionResults"`
		} `json:"testResults"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return Counts{}, err
	}
	counts := Counts{Passed: report.Passed, Failed: report.Failed, Skipped: report.Pending + report.Todo}
	for _, file := range report.Files {
		if file.Status == "failed" && len(file.Tests) == 0 {
			counts.Failed++
		}
	}
	return counts, nil
}

// playwrightCounts reads the report of Playwright's `json` reporter. A test
// that passed only when tried again counts as failed, and so does an error
// outside any test (a server that did not stop, a file that does not compile).
func playwrightCounts(text []byte) (Counts, error) {
	var report struct {
		Stats struct {
			Expected   int `json:"expected"`
			Unexpected int `json:"unexpected"`
			Flaky      int `json:"flaky"`
			Skipped    int `json:"skipped"`
		} `json:"stats"`
		Errors []json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return Counts{}, err
	}
	stats := report.Stats
	return Counts{
		Passed:  stats.Expected,
		Failed:  stats.Unexpected + stats.Flaky + len(report.Errors),
		Skipped: stats.Skipped,
	}, nil
}
