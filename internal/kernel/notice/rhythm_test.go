package notice_test

import (
	"testing"
	"time"

	"ruche/internal/kernel/notice"
)

// TestDigestsLeaveInTheMorning: of the day after, or of the next Monday; a day has 23 or
// 25 hours where clocks change.
func TestDigestsLeaveInTheMorning(t *testing.T) {
	t.Parallel()
	paris := zone(t)
	for _, tt := range []struct {
		rhythm   notice.Rhythm
		at, want string
	}{
		{notice.Daily, "2026-11-24 16:20", "2026-11-25 08:00"},
		{notice.Daily, "2026-11-24 07:59", "2026-11-25 08:00"},
		{notice.Daily, "2026-12-31 23:59", "2027-01-01 08:00"},
		{notice.Daily, "2026-10-24 20:00", "2026-10-25 08:00"}, // clocks go back
		{notice.Weekly, "2026-11-24 16:20", "2026-11-30 08:00"},
		{notice.Weekly, "2026-11-30 07:00", "2026-12-07 08:00"}, // a Monday
		{notice.Weekly, "2026-11-29 23:00", "2026-11-30 08:00"}, // a Sunday
		{notice.Weekly, "2026-03-28 12:00", "2026-03-30 08:00"}, // clocks go forward
	} {
		if got := tt.rhythm.Due(local(t, tt.at), paris); !got.Equal(local(t, tt.want)) {
			t.Errorf("%s, told at %s: %s, want %s", tt.rhythm, tt.at, got.In(paris), tt.want)
		}
	}
	for _, none := range []notice.Rhythm{notice.AtOnce, notice.Never} {
		if got := none.Due(local(t, "2026-11-24 16:20"), paris); !got.IsZero() {
			t.Errorf("%s has a digest at %s", none, got)
		}
	}
}

// TestQuietHoursEndInTheMorning: what comes in them waits, what comes outside does not.
func TestQuietHoursEndInTheMorning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		quiet    notice.Quiet
		at, want string
	}{
		{notice.Nights, "2026-11-24 08:00", "2026-11-24 08:00"},
		{notice.Nights, "2026-11-24 19:59", "2026-11-24 19:59"},
		{notice.Nights, "2026-11-24 20:00", "2026-11-25 08:00"},
		{notice.Nights, "2026-11-25 00:30", "2026-11-25 08:00"},
		{notice.Nights, "2026-11-28 12:00", "2026-11-28 12:00"},   // a Saturday
		{notice.Weekends, "2026-11-28 12:00", "2026-11-30 08:00"}, // a Saturday
		{notice.Weekends, "2026-11-27 21:00", "2026-11-30 08:00"}, // a Friday night
		{notice.Weekends, "2026-11-30 03:00", "2026-11-30 08:00"}, // a Monday
		{notice.Weekends, "2026-11-27 19:00", "2026-11-27 19:00"},
		{notice.NoQuiet, "2026-11-29 03:00", "2026-11-29 03:00"},
	} {
		if got := tt.quiet.Open(local(t, tt.at), zone(t)); !got.Equal(local(t, tt.want)) {
			t.Errorf("%q, at %s: %s, want %s", tt.quiet, tt.at, got, tt.want)
		}
	}
}

func zone(t *testing.T) *time.Location {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return paris
}

func local(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone(t))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
