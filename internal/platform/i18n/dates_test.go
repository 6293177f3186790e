package i18n_test

import (
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/i18n"
)

func printers(t *testing.T) (fr, en *i18n.Printer) {
	t.Helper()
	c, err := i18n.New(i18n.French)
	if err != nil {
		t.Fatal(err)
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer("fr", paris), c.Printer("en", paris)
}

// spaces writes no-break spaces as tildes, so that expectations show them.
func spaces(s string) string { return strings.ReplaceAll(s, "\u00a0", "~") }

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func TestDates(t *testing.T) {
	fr, en := printers(t)
	cases := []struct{ at, date, dateTime, short, month, dateEN, dateTimeEN, shortEN string }{
		{
			"2026-11-24T14:30:00+01:00",
			"mardi 24~novembre 2026", "mardi 24~novembre 2026 à 14~h~30", "24~nov. 2026", "novembre 2026",
			"Tuesday 24~November 2026", "Tuesday 24~November 2026 at 14:30", "24~Nov 2026",
		},
		{
			"2026-12-01T09:00:00+01:00",
			"mardi 1er~décembre 2026", "mardi 1er~décembre 2026 à 9~h", "1er~déc. 2026", "décembre 2026",
			"Tuesday 1~December 2026", "Tuesday 1~December 2026 at 09:00", "1~Dec 2026",
		},
		{ // the day is that of the reader's zone, summer time included
			"2026-07-31T22:05:00Z",
			"samedi 1er~août 2026", "samedi 1er~août 2026 à 0~h~05", "1er~août 2026", "août 2026",
			"Saturday 1~August 2026", "Saturday 1~August 2026 at 00:05", "1~Aug 2026",
		},
	}
	for _, c := range cases {
		v := at(t, c.at)
		for _, pair := range [][2]string{
			{fr.Date(v), c.date}, {fr.DateTime(v), c.dateTime}, {fr.ShortDate(v), c.short}, {fr.Month(v), c.month},
			{en.Date(v), c.dateEN}, {en.DateTime(v), c.dateTimeEN}, {en.ShortDate(v), c.shortEN},
		} {
			if got := spaces(pair[0]); got != pair[1] {
				t.Errorf("%s: %q, want %q", c.at, got, pair[1])
			}
		}
	}
}

func TestNamesOfMonthsAndDays(t *testing.T) {
	fr, en := printers(t)
	var months, short, days, daysEN []string
	for m := time.January; m <= time.December; m++ {
		v := time.Date(2026, m, 15, 12, 0, 0, 0, time.UTC)
		months = append(months, strings.TrimSuffix(fr.Month(v), " 2026"))
		short = append(short, strings.TrimSuffix(strings.TrimPrefix(spaces(fr.ShortDate(v)), "15~"), " 2026"))
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		days = append(days, fr.Weekday(d))
		daysEN = append(daysEN, en.Weekday(d))
	}
	for got, want := range map[string]string{
		strings.Join(months, " "): "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		strings.Join(short, " "):  "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
		strings.Join(days, " "):   "dimanche lundi mardi mercredi jeudi vendredi samedi",
		strings.Join(daysEN, " "): "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	fr, en := printers(t)
	const now = "2026-11-24T11:50:00+01:00" // a Tuesday
	cases := []struct{ now, at, fr, en string }{
		{now, "2026-11-24T11:50:00+01:00", "à l’instant", "just now"},
		{now, "2026-11-24T11:49:01+01:00", "à l’instant", "just now"},
		{now, "2026-11-24T11:49:00+01:00", "il y a 1 minute", "1 minute ago"},
		{now, "2026-11-24T11:10:00+01:00", "il y a 40 minutes", "40 minutes ago"},
		{now, "2026-11-24T10:50:01+01:00", "il y a 59 minutes", "59 minutes ago"},
		{now, "2026-11-24T10:50:00+01:00", "ce matin à 10~h~50", "this morning at 10:50"},
		{now, "2026-11-24T09:04:00+01:00", "ce matin à 9~h~04", "this morning at 09:04"},
		{now, "2026-11-24T04:59:00+01:00", "cette nuit à 4~h~59", "last night at 04:59"},
		{now, "2026-11-24T00:00:00+01:00", "cette nuit à 0~h", "last night at 00:00"},
		{now, "2026-11-23T23:59:00+01:00", "hier à 23~h~59", "yesterday at 23:59"},
		{now, "2026-11-23T15:20:00+01:00", "hier à 15~h~20", "yesterday at 15:20"},
		{now, "2026-11-22T23:59:00+01:00", "dimanche 22~novembre", "Sunday 22~November"},
		{now, "2026-11-19T10:00:00+01:00", "jeudi 19~novembre", "Thursday 19~November"},
		{now, "2026-01-01T10:00:00+01:00", "jeudi 1er~janvier", "Thursday 1~January"},
		{now, "2025-12-31T23:59:00+01:00", "mercredi 31~décembre 2025", "Wednesday 31~December 2025"},
		{"2026-11-24T19:00:00+01:00", "2026-11-24T14:30:00+01:00", "cet après-midi à 14~h~30", "this afternoon at 14:30"},
		{"2026-11-24T23:00:00+01:00", "2026-11-24T18:00:00+01:00", "ce soir à 18~h", "this evening at 18:00"},
		{"2026-11-24T00:10:00+01:00", "2026-11-23T23:50:00+01:00", "il y a 20 minutes", "20 minutes ago"},
		{now, "2026-11-24T11:50:04+01:00", "à l’instant", "just now"},
		{now, "2026-11-24T11:50:30+01:00", "dans un instant", "in a moment"},
		{now, "2026-11-24T12:30:00+01:00", "dans 40 minutes", "in 40 minutes"},
		{now, "2026-11-24T18:00:00+01:00", "aujourd’hui à 18~h", "today at 18:00"},
		{now, "2026-11-25T09:00:00+01:00", "demain à 9~h", "tomorrow at 09:00"},
		{now, "2026-11-26T09:00:00+01:00", "jeudi 26~novembre", "Thursday 26~November"},
		{now, "2027-01-02T09:00:00+01:00", "samedi 2~janvier 2027", "Saturday 2~January 2027"},
		// The day of the change to summer time has 23 hours, that of the change
		// back 25: the day before is yesterday all the same.
		{"2026-03-30T00:30:00+02:00", "2026-03-29T00:15:00+01:00", "hier à 0~h~15", "yesterday at 00:15"},
		{"2026-10-26T23:30:00+01:00", "2026-10-25T00:15:00+02:00", "hier à 0~h~15", "yesterday at 00:15"},
		{"2027-01-01T10:00:00+01:00", "2026-12-31T10:00:00+01:00", "hier à 10~h", "yesterday at 10:00"},
	}
	for _, c := range cases {
		now, then := at(t, c.now), at(t, c.at)
		if got := spaces(fr.Relative(now, then)); got != c.fr {
			t.Errorf("%s seen from %s: %q, want %q", c.at, c.now, got, c.fr)
		}
		if got := spaces(en.Relative(now, then)); got != c.en {
			t.Errorf("%s seen from %s: %q, want %q", c.at, c.now, got, c.en)
		}
	}
}

func TestRelativeTimeKeepsTheHour(t *testing.T) {
	fr, en := printers(t)
	now := at(t, "2026-11-24T11:50:00+01:00")
	cases := []struct{ at, fr, en string }{
		{"2026-11-23T10:15:00+01:00", "hier à 10~h~15", "yesterday at 10:15"},
		{"2026-11-19T10:15:00+01:00", "jeudi 19~novembre à 10~h~15", "Thursday 19~November at 10:15"},
		{"2025-11-19T10:15:00+01:00", "mercredi 19~novembre 2025 à 10~h~15", "Wednesday 19~November 2025 at 10:15"},
		{"2026-11-27T18:00:00+01:00", "vendredi 27~novembre à 18~h", "Friday 27~November at 18:00"},
	}
	for _, c := range cases {
		if got := spaces(fr.RelativeTime(now, at(t, c.at))); got != c.fr {
			t.Errorf("%s: %q, want %q", c.at, got, c.fr)
		}
		if got := spaces(en.RelativeTime(now, at(t, c.at))); got != c.en {
			t.Errorf("%s: %q, want %q", c.at, got, c.en)
		}
	}
}

func TestNumbers(t *testing.T) {
	fr, en := printers(t)
	for n, want := range map[int][2]string{
		0: {"0", "0"}, 7: {"7", "7"}, 999: {"999", "999"}, 1000: {"1~000", "1,000"}, 12345: {"12~345", "12,345"},
		1234567: {"1~234~567", "1,234,567"}, -1234: {"−1~234", "−1,234"},
	} {
		if got := spaces(fr.Number(n)); got != want[0] {
			t.Errorf("%d: %q, want %q", n, got, want[0])
		}
		if got := en.Number(n); got != want[1] {
			t.Errorf("%d: %q, want %q", n, got, want[1])
		}
	}
}

func TestBytes(t *testing.T) {
	fr, en := printers(t)
	cases := []struct {
		n      int64
		fr, en string
	}{
		{-1, "0 octet", "0 bytes"},
		{0, "0 octet", "0 bytes"},
		{1, "1 octet", "1 byte"},
		{999, "999 octets", "999 bytes"},
		{1000, "1~Ko", "1~kB"},
		{2100, "2,1~Ko", "2.1~kB"},
		{9_949, "9,9~Ko", "9.9~kB"},
		{9_950, "10~Ko", "10~kB"},
		{340_000, "340~Ko", "340~kB"},
		{999_499, "999~Ko", "999~kB"},
		{999_500, "1~Mo", "1~MB"},
		{2_140_000, "2,1~Mo", "2.1~MB"},
		{18_000_000, "18~Mo", "18~MB"},
		{3_200_000_000, "3,2~Go", "3.2~GB"},
		{9_223_372_036_854_775_807, "9,2~Eo", "9.2~EB"},
	}
	for _, c := range cases {
		if got := spaces(fr.Bytes(c.n)); got != c.fr {
			t.Errorf("%d: %q, want %q", c.n, got, c.fr)
		}
		if got := spaces(en.Bytes(c.n)); got != c.en {
			t.Errorf("%d: %q, want %q", c.n, got, c.en)
		}
	}
}

func TestList(t *testing.T) {
	fr, en := printers(t)
	cases := []struct {
		names  []string
		fr, en string
	}{
		{nil, "", ""},
		{[]string{"Nadia"}, "Nadia", "Nadia"},
		{[]string{"Nadia", "Camille"}, "Nadia et Camille", "Nadia and Camille"},
		{[]string{"Nadia", "Camille", "Amadou"}, "Nadia, Camille et Amadou", "Nadia, Camille and Amadou"},
	}
	for _, c := range cases {
		if got := fr.List(c.names); got != c.fr {
			t.Errorf("%q, want %q", got, c.fr)
		}
		if got := en.List(c.names); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
	}
}
