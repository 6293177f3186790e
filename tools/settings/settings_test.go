package main

import (
	"os"
	"testing"

	"ruche/internal/platform/config"
)

func TestPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != config.Reference() {
		t.Error("docs/settings.md is not what internal/platform/config says: run make generate")
	}
}
