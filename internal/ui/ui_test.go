package ui_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

// now is Tuesday 24 November 2026, 14:30 in Paris.
func now() time.Time { return time.Date(2026, time.November, 24, 13, 30, 0, 0, time.UTC) }

func in(t *testing.T, lang string) context.Context {
	t.Helper()
	words, err := i18n.New(i18n.French, ui.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), words.Printer(lang, paris))
	return ui.With(ctx, ui.Env{Now: now()})
}

func render(ctx context.Context, t *testing.T, c templ.Component) string {
	t.Helper()
	var page bytes.Buffer
	if err := c.Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}
