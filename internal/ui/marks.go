package ui

import (
	"context"
	"strconv"
	"time"

	"ruche/internal/platform/i18n"
)

// Size is how large a mark is drawn. The zero value is the usual size.
type Size string

// The sizes; not every mark has them all.
const (
	Usual  Size = ""
	Tiny   Size = "tiny"
	Small  Size = "small"
	Medium Size = "medium"
	Large  Size = "large"
)

// hues is how many colours tokens.css has for spaces and people.
const hues = 12

func hueClass(hue int) string {
	if hue < 1 || hue > hues {
		hue = hues
	}
	return "hue-" + strconv.Itoa(hue)
}

func sized(component string, size Size) string {
	if size == Usual {
		return ""
	}
	return component + "-" + string(size)
}

func toned(component string, tone Tone) string {
	if tone == Neutral {
		return ""
	}
	return component + "-" + string(tone)
}

// relative tells a time against the time of the request.
func relative(ctx context.Context, t time.Time) string {
	p := i18n.From(ctx)
	now := envOf(ctx).Now
	if now.IsZero() {
		return p.DateTime(t)
	}
	return p.Relative(now, t)
}
