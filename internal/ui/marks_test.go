package ui_test

import (
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

func TestTimeIsTold(t *testing.T) {
	t.Parallel()
	yesterday := now().Add(-23 * time.Hour)
	fr := render(in(t, i18n.French), t, ui.Time(yesterday))
	for _, want := range []string{`datetime="2026-11-23T14:30:00Z"`, "hier à 15\u00a0h\u00a030", "23\u00a0novembre 2026"} {
		if !strings.Contains(fr, want) {
			t.Errorf("%q is not in %s", want, fr)
		}
	}
	if none := render(in(t, i18n.French), t, ui.Time(time.Time{})); none != "" {
		t.Errorf("a zero time shows %q", none)
	}
}
