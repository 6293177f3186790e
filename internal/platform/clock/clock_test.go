package clock_test

import (
	"testing"
	"time"

	"ruche/internal/platform/clock"
)

func TestMillisAndBack(t *testing.T) {
	at := time.Date(2026, 11, 24, 14, 30, 0, 123_000_000, time.UTC)
	if got := clock.FromMillis(clock.Millis(at)); !got.Equal(at) {
		t.Fatalf("round trip gave %v, want %v", got, at)
	}
	if clock.Millis(time.Time{}) != 0 || !clock.FromMillis(0).IsZero() {
		t.Fatal("the zero time is not 0")
	}
}

func TestManualMovesOnlyWhenTold(t *testing.T) {
	at := time.Date(2026, 11, 24, 14, 30, 0, 0, time.FixedZone("CET", 3600))
	m := clock.NewManual(at)
	if !m.Now().Equal(at) || m.Now().Location() != time.UTC {
		t.Fatalf("Now = %v, want %v in UTC", m.Now(), at)
	}
	m.Advance(time.Hour)
	if !m.Now().Equal(at.Add(time.Hour)) {
		t.Fatalf("Now = %v after an hour", m.Now())
	}
}

func TestSystemIsCutToTheMillisecond(t *testing.T) {
	if ns := clock.System().Now().Nanosecond() % int(time.Millisecond); ns != 0 {
		t.Fatalf("%d ns below the millisecond", ns)
	}
}
