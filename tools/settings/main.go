package main

import (
	"fmt"
	"os"

	"ruche/internal/platform/config"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: settings FILE")
		os.Exit(2)
	}
	//nolint:gosec // the page is for everybody to read, and the caller names it
	if err := os.WriteFile(os.Args[1], []byte(config.Reference()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "settings:", err)
		os.Exit(1)
	}
}
