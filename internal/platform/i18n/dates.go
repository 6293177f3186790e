package i18n

import (
	"fmt"
	"strconv"
	"time"
)

// nbsp is the no-break space. French groups figures with the narrow one
// (U+202F), which the interface font lacks.
const nbsp = "\u00a0"

// Date writes a day in full: "mardi 24 novembre 2026", "mardi 1er décembre
// 2026", "Tuesday 24 November 2026".
func (p *Printer) Date(t time.Time) string {
	t = t.In(p.loc)
	return p.weekdayAndDay(t) + " " + strconv.Itoa(t.Year())
}

// DateTime writes a day and an hour in full: "mardi 24 novembre 2026 à 14 h 30",
// "Tuesday 24 November 2026 at 14:30".
func (p *Printer) DateTime(t time.Time) string {
	return p.at(p.Date(t), t)
}

// ShortDate writes a day in little room: "24 nov. 2026", "24 Nov 2026".
func (p *Printer) ShortDate(t time.Time) string {
	t = t.In(p.loc)
	return p.dayNumber(t) + nbsp + shortMonth(p.lang, t.Month()) + " " + strconv.Itoa(t.Year())
}

// Month writes a month and its year: "novembre 2026", "November 2026".
func (p *Printer) Month(t time.Time) string {
	t = t.In(p.loc)
	return month(p.lang, t.Month()) + " " + strconv.Itoa(t.Year())
}

// Weekday writes the name of a day of the week: "mardi", "Tuesday".
func (p *Printer) Weekday(d time.Weekday) string { return weekday(p.lang, d) }

// Time writes an hour of the day with no-break spaces: "14 h 30", "9 h", and
// "14:30", "09:00" in British English, which reads the 24-hour clock without
// the doubt of 12 am.
func (p *Printer) Time(t time.Time) string {
	t = t.In(p.loc)
	if p.lang == English {
		return fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute())
	}
	hour := strconv.Itoa(t.Hour()) + nbsp + "h"
	if t.Minute() == 0 {
		return hour
	}
	return hour + nbsp + fmt.Sprintf("%02d", t.Minute())
}

// Day writes a day without its year when that is the year of now: "jeudi 19
// novembre", else "mercredi 19 novembre 2025".
func (p *Printer) Day(now, t time.Time) string {
	now, t = now.In(p.loc), t.In(p.loc)
	if t.Year() == now.Year() {
		return p.weekdayAndDay(t)
	}
	return p.Date(t)
}

// Relative writes when t is, seen from now, as one says it: within the minute
// "à l’instant", within the hour "il y a 40 minutes", the same day "ce matin à
// 9 h 04", the day before "hier à 15 h 20", earlier "jeudi 19 novembre", with
// the year when it is another one. Times to come are told alike: "dans 40
// minutes", "aujourd’hui à 18 h", "demain à 9 h". Days begin at midnight in
// the printer's time zone. The text suits the middle of a sentence.
func (p *Printer) Relative(now, t time.Time) string {
	now, t = now.In(p.loc), t.In(p.loc)
	days := daysBetween(now, t)
	switch ago := now.Sub(t); {
	case ago > -5*time.Second && ago < time.Minute: // what is done while a page is made is done now
		return p.T("i18n.now")
	case ago > 0 && ago < time.Hour:
		return p.N("i18n.ago.minutes", int(ago/time.Minute))
	case ago < 0 && ago > -time.Minute:
		return p.T("i18n.soon")
	case ago < 0 && ago > -time.Hour:
		return p.N("i18n.in.minutes", int(-ago/time.Minute))
	case ago < 0 && days == 0:
		return p.T("i18n.today", "time", p.Time(t))
	case days == 0:
		return p.earlierToday(t)
	case days == -1:
		return p.T("i18n.yesterday", "time", p.Time(t))
	case days == 1:
		return p.T("i18n.tomorrow", "time", p.Time(t))
	default:
		return p.Day(now, t)
	}
}

// RelativeTime is Relative with the hour kept for far days too: "jeudi 19
// novembre à 15 h 20". It suits what must be read to the minute, such as a
// meeting or a deadline.
func (p *Printer) RelativeTime(now, t time.Time) string {
	if days := daysBetween(now.In(p.loc), t.In(p.loc)); days < -1 || days > 1 {
		return p.at(p.Day(now, t), t)
	}
	return p.Relative(now, t)
}

func (p *Printer) earlierToday(t time.Time) string {
	switch hour := t.Hour(); {
	case hour < 5:
		return p.T("i18n.today.night", "time", p.Time(t))
	case hour < 12:
		return p.T("i18n.today.morning", "time", p.Time(t))
	case hour < 18:
		return p.T("i18n.today.afternoon", "time", p.Time(t))
	default:
		return p.T("i18n.today.evening", "time", p.Time(t))
	}
}

func (p *Printer) at(day string, t time.Time) string {
	return p.T("i18n.at", "day", day, "time", p.Time(t))
}

func (p *Printer) weekdayAndDay(t time.Time) string {
	return weekday(p.lang, t.Weekday()) + " " + p.dayNumber(t) + nbsp + month(p.lang, t.Month())
}

// dayNumber writes the day of the month; French has an ordinal for the first
// only.
func (p *Printer) dayNumber(t time.Time) string {
	if p.lang == French && t.Day() == 1 {
		return "1er"
	}
	return strconv.Itoa(t.Day())
}

// daysBetween counts the midnights from now to t, both in the same zone. It
// compares civil dates, since a day of clock change has 23 or 25 hours.
func daysBetween(now, t time.Time) int {
	a := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	b := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return int(b.Sub(a) / (24 * time.Hour))
}

func month(lang string, m time.Month) string {
	if lang == English {
		return m.String()
	}
	return [...]string{
		"janvier", "février", "mars", "avril", "mai", "juin", "juillet",
		"août", "septembre", "octobre", "novembre", "décembre",
	}[m-1]
}

func shortMonth(lang string, m time.Month) string {
	if lang == English {
		return m.String()[:3]
	}
	return [...]string{
		"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.",
		"août", "sept.", "oct.", "nov.", "déc.",
	}[m-1]
}

func weekday(lang string, d time.Weekday) string {
	if lang == English {
		return d.String()
	}
	return [...]string{
		"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
	}[d]
}
