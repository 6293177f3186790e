package ui

import (
	"context"
	"strconv"

	"ruche/internal/platform/i18n"
)

// htmxConfig is how htmx behaves; see https://four.htmx.org/reference/#config.
// It makes no style of its own, knows one attribute prefix, and goes back in
// history by loading the page again, so that what is shown is what is true.
const htmxConfig = `{"includeIndicatorCSS":false,"history":"reload","prefix":"","extensions":"none","defaultSettleDelay":0}`

// themeChoice is one entry of the choice of theme. The words are
// i18n: ui.theme.light ui.theme.dark ui.theme.system
type themeChoice struct{ value, icon, labelKey string }

func themes() []themeChoice {
	return []themeChoice{
		{"light", "sun", "ui.theme.light"},
		{"dark", "moon", "ui.theme.dark"},
		{"system", "monitor", "ui.theme.system"},
	}
}

func (p Page) lang(ctx context.Context) string {
	if p.Lang != "" {
		return p.Lang
	}
	return i18n.From(ctx).Lang()
}

func (p Page) theme() string {
	if p.forcedTheme() == "" {
		return "system"
	}
	return p.Theme
}

// forcedTheme is the value of data-theme; empty to follow the system.
func (p Page) forcedTheme() string {
	if p.Theme == "light" || p.Theme == "dark" {
		return p.Theme
	}
	return ""
}

func (p Page) colorScheme() string {
	if theme := p.forcedTheme(); theme != "" {
		return theme
	}
	return "light dark"
}

// fullTitle names the page, then the space, then the place, from the most to
// the least particular. A form with faults says so first.
func (p Page) fullTitle(ctx context.Context) string {
	title := p.Title
	if p.Invalid {
		title = i18n.T(ctx, "ui.title.invalid", "title", title)
	}
	if p.Head != nil && p.Head.Name != p.Title {
		title += " · " + p.Head.Name
	}
	if title == "" {
		return "Ruche"
	}
	return title + " · Ruche"
}

func (n Notice) icon() string {
	switch n.Tone {
	case Success:
		return "circle-check"
	case Warning:
		return "triangle-alert"
	case Danger:
		return "circle-alert"
	case Neutral, Info:
		return "info"
	default:
		return "info"
	}
}

// NoticesPath is the page of what one was told.
const NoticesPath = "/notifications"

// mostTold is from how many on they are no more counted.
const mostTold = 100

func (m Me) told() string {
	if m.Told >= mostTold {
		return strconv.Itoa(mostTold-1) + "+"
	}
	return strconv.Itoa(m.Told)
}

func (p Page) bellLabel(ctx context.Context) string {
	if p.Me.Told == 0 {
		return i18n.T(ctx, "ui.bell")
	}
	return i18n.T(ctx, "ui.bell.count", "count", p.Me.told())
}
