package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	code, err := run(os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
	}
	os.Exit(code)
}

// run carries out one verb and returns the exit status of the program: 0 when
// all passed, 1 when a test failed, 2 when the call itself was wrong.
func run(args []string, out, errOut io.Writer) (int, error) {
	if len(args) == 0 {
		return 2, errors.New("say run or total")
	}
	switch args[0] {
	case "run":
		return runVerb(args[1:], out, errOut)
	case "total":
		return totalVerb(args[1:], out)
	default:
		return 2, fmt.Errorf("unknown verb %q: say run or total", args[0])
	}
}

func runVerb(args []string, out, errOut io.Writer) (int, error) {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.SetOutput(errOut)
	dir := flags.String("results", "", "folder that receives the counts")
	name := flags.String("name", "", "what a person calls this run")
	report := flags.String("report", "command", "go, vitest=FILE, playwright=FILE or command")
	if err := flags.Parse(args); err != nil {
		return 2, err
	}
	if *dir == "" || *name == "" || flags.NArg() == 0 {
		return 2, errors.New("run needs -results, -name and a command")
	}
	kind, file, _ := strings.Cut(*report, "=")
	counter, err := counterFor(kind, file, out)
	if err != nil {
		return 2, err
	}
	fmt.Fprintf(out, "\n== %s\n", *name)
	started := time.Now()
	failure := execute(flags.Args(), counter, errOut)
	counts, err := counter.counts(failure == nil)
	if err != nil {
		fmt.Fprintf(out, "%s: the report cannot be read: %v\n", *name, err)
		counts.Failed++
	}
	result := Result{Name: *name, Started: started, Seconds: time.Since(started).Seconds(), Counts: counts.settle(failure == nil)}
	if err := result.save(*dir); err != nil {
		return 2, err
	}
	fmt.Fprintln(out, result.line())
	if result.Failed > 0 {
		return 1, nil
	}
	return 0, nil
}

// execute runs the command with its standard output given to the counter.
func execute(command []string, counter counter, errOut io.Writer) error {
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...) // #nosec G204 -- the caller is our own script
	cmd.Stdout = counter
	cmd.Stderr = errOut
	return cmd.Run()
}

func totalVerb(args []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("total", flag.ContinueOnError)
	dir := flags.String("results", "", "folder that holds the counts")
	if err := flags.Parse(args); err != nil {
		return 2, err
	}
	results, err := load(*dir)
	if err != nil {
		return 2, err
	}
	sum := printTotal(out, results)
	if sum.Failed > 0 || len(results) == 0 {
		return 1, nil
	}
	return 0, nil
}
