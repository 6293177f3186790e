package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// goEvents reads the events of `go test -json` (see `go doc test2json`), shows
// one line for each package and the whole output of what failed, and counts the
// tests that have no subtest of their own.
type goEvents struct {
	out     io.Writer
	partial []byte                // the line that has not ended yet
	output  map[testName][]string // what each running test, or package, printed
	parents map[testName]bool     // tests that have subtests
	failed  map[testName]bool     // failed tests and parents of failed ones
	sum     Counts
}

// testName names one test, or the package itself when test is empty.
type testName struct{ pkg, test string }

type goEvent struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64
}

func newGoEvents(out io.Writer) *goEvents {
	return &goEvents{
		out:     out,
		output:  map[testName][]string{},
		parents: map[testName]bool{},
		failed:  map[testName]bool{},
	}
}

// Write takes any piece of the stream; events are read line by line.
func (g *goEvents) Write(p []byte) (int, error) {
	g.partial = append(g.partial, p...)
	for {
		line, rest, ended := bytes.Cut(g.partial, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		g.partial = rest
		g.line(line)
	}
}

func (g *goEvents) counts(bool) (Counts, error) {
	if len(g.partial) > 0 {
		g.line(g.partial)
		g.partial = nil
	}
	return g.sum, nil
}

func (g *goEvents) line(line []byte) {
	var e goEvent
	if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
		// Not an event: something a build or a tool printed as it is.
		fmt.Fprintf(g.out, "%s\n", line)
		return
	}
	name := testName{e.Package, e.Test}
	switch e.Action {
	case "run":
		if cut := strings.LastIndex(e.Test, "/"); cut > 0 {
			g.parents[testName{e.Package, e.Test[:cut]}] = true
		}
	case "output":
		g.output[name] = append(g.output[name], e.Output)
	case "build-output":
		fmt.Fprint(g.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			g.endPackage(e)
		} else {
			g.endTest(name, e.Action)
		}
		delete(g.output, name)
	}
}

func (g *goEvents) endTest(name testName, action string) {
	switch {
	case action == "fail":
		// A parent fails with its children: it counts, and shows its output,
		// only when none of them did.
		if !g.failed[name] {
			g.sum.Failed++
		}
		fmt.Fprintf(g.out, "--- FAIL %s %s\n%s", name.pkg, name.test, strings.Join(g.output[name], ""))
		g.markFailed(name)
	case g.parents[name]:
	case action == "skip":
		g.sum.Skipped++
		fmt.Fprintf(g.out, "--- SKIP %s %s\n%s", name.pkg, name.test, strings.Join(g.output[name], ""))
	default:
		g.sum.Passed++
	}
}

// markFailed remembers that a test failed, in the name of all its parents up
// to the package.
func (g *goEvents) markFailed(name testName) {
	test := name.test
	for cut := strings.LastIndex(test, "/"); cut > 0; cut = strings.LastIndex(test, "/") {
		test = test[:cut]
		g.failed[testName{name.pkg, test}] = true
	}
	g.failed[testName{name.pkg, ""}] = true
}

func (g *goEvents) endPackage(e goEvent) {
	name := testName{e.Package, ""}
	if e.Action == "fail" {
		// A package may fail without a failed test: it did not build, or it
		// panicked, and then the running tests never ended.
		fmt.Fprint(g.out, strings.Join(g.output[name], ""))
		if !g.failed[name] {
			g.sum.Failed++
			g.showRunning(e.Package)
		}
		fmt.Fprintf(g.out, "FAIL %s %.1f s\n", e.Package, e.Elapsed)
		return
	}
	if e.Action == "pass" {
		fmt.Fprintf(g.out, "ok   %s %.1f s\n", e.Package, e.Elapsed)
	}
}

// showRunning prints what the tests of a package that never ended had printed:
// that is where a panic or a time-out shows.
func (g *goEvents) showRunning(pkg string) {
	for name, lines := range g.output {
		if name.pkg == pkg && name.test != "" {
			fmt.Fprintf(g.out, "--- NOT ENDED %s %s\n%s", pkg, name.test, strings.Join(lines, ""))
		}
	}
}
