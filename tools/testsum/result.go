package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Counts says how many tests of one run passed, failed and were skipped.
type Counts struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// settle turns what a runner counted into what may be believed: a command that
// failed without a failed test, and a run of no test, each count as one failure,
// and so does every skipped test.
func (c Counts) settle(succeeded bool) Counts {
	if c.Passed+c.Failed+c.Skipped == 0 || (!succeeded && c.Failed == 0) {
		c.Failed++
	}
	c.Failed += c.Skipped
	return c
}

// Result is the outcome of one run, kept as one JSON file until total adds
// them up. Started is in the zone of the machine and serves only to sort.
type Result struct {
	Counts

	Name    string    `json:"name"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
}

func (r Result) line() string {
	text := fmt.Sprintf("%-44s %5d passed %4d failed %7.1f s", r.Name, r.Passed, r.Failed, r.Seconds)
	if r.Skipped > 0 {
		text += fmt.Sprintf("  (%d skipped, which counts as failed)", r.Skipped)
	}
	return text
}

// save writes the result into dir, under a name made from the run's name, so
// that running the same thing twice keeps the last outcome only.
func (r Result) save(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(r.Name))
	return os.WriteFile(filepath.Join(dir, hex.EncodeToString(sum[:8])+".json"), text, 0o600)
}

// load reads every result of dir, the first started first. A folder that does
// not exist holds none.
func load(dir string) ([]Result, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file) // #nosec G304 -- a folder named by our own script
		if err != nil {
			return nil, err
		}
		var r Result
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		results = append(results, r)
	}
	slices.SortFunc(results, func(a, b Result) int { return a.Started.Compare(b.Started) })
	return results, nil
}

// printTotal writes one line for each run and, alone on the last line, the sum.
func printTotal(out io.Writer, results []Result) Counts {
	var sum Counts
	var seconds float64
	fmt.Fprintf(out, "\n%s\n", strings.Repeat("=", 78))
	for _, r := range results {
		fmt.Fprintln(out, r.line())
		sum.Passed += r.Passed
		sum.Failed += r.Failed
		seconds += r.Seconds
	}
	fmt.Fprintf(out, "%d runs, %.0f s\n\n%d passed, %d failed\n", len(results), seconds, sum.Passed, sum.Failed)
	return sum
}
