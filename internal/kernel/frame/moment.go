package frame

import (
	"time"

	"ruche/internal/platform/fault"
)

// Fields of a form in which one says when something is to happen.
const (
	FieldDay  = "day"
	FieldHour = "hour"
)

// Moment reads a day (2006-01-02) and an hour (15:04) of a time zone at which something is
// to happen, within two years. fault.Invalid names the field of the day; an hour that the
// clock skips, on the night of the change, is refused rather than moved.
func Moment(day, hour string, zone *time.Location, now time.Time) (time.Time, error) {
	const layout = "2006-01-02 15:04"
	typed := day + " " + hour
	at, err := time.ParseInLocation(layout, typed, zone)
	switch {
	case err != nil:
		return time.Time{}, fault.InvalidFields(fault.Field{Name: FieldDay, Key: "frame.moment.incomplete"})
	case at.Format(layout) != typed:
		return time.Time{}, fault.InvalidFields(fault.Field{Name: FieldDay, Key: "frame.moment.skipped"})
	case !at.After(now):
		return time.Time{}, fault.InvalidFields(fault.Field{Name: FieldDay, Key: "frame.moment.past"})
	case at.After(now.AddDate(2, 0, 0)):
		return time.Time{}, fault.InvalidFields(fault.Field{Name: FieldDay, Key: "frame.moment.far"})
	}
	return at.UTC(), nil
}
