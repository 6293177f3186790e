package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, problems io.Writer) error {
	flags := flag.NewFlagSet("assets", flag.ContinueOnError)
	flags.SetOutput(problems)
	root := flags.String("root", ".", "the root of the source tree")
	watch := flags.Bool("watch", false, "build again at each change")
	if err := flags.Parse(args); err != nil {
		return err
	}
	tree, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	if !*watch {
		return buildOnce(tree, out)
	}
	return keepBuilding(ctx, tree, out, problems)
}

func buildOnce(root string, out io.Writer) error {
	started := time.Now()
	built, err := build(root)
	if err != nil {
		return err
	}
	if err := built.write(filepath.Join(root, "web", "dist")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "assets: %d files, first page %d kB of script and style (brotli), %d ms\n",
		len(built.files), built.firstPage()/1000, time.Since(started).Milliseconds())
	return err
}

// keepBuilding builds, then looks twice a second for a source that changed: a
// tree this small needs no watcher of file events. A build that fails is told
// and leaves the last good one in place.
func keepBuilding(ctx context.Context, root string, out, problems io.Writer) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var seen string
	for {
		now, err := fingerprint(root)
		if err != nil {
			return err
		}
		if now != seen {
			seen = now
			if err := buildOnce(root, out); err != nil {
				if _, werr := fmt.Fprintln(problems, "assets:", err); werr != nil {
					return errors.Join(err, werr)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
