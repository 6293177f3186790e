package i18n

import (
	"context"
	"fmt"
	"strconv"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// Printer writes in one language and one time zone. It is immutable and safe
// for concurrent use.
type Printer struct {
	book *book // nil for the printer of a context that carries none
	lang string
	loc  *time.Location
}

type contextKey struct{}

// With returns a context that carries the printer, for T, N and From.
func With(ctx context.Context, p *Printer) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns the printer carried by the context. Without one it returns a
// printer that gives the keys themselves as texts and writes dates in French
// and UTC, so that a forgotten With shows on the page instead of failing it.
func From(ctx context.Context) *Printer {
	if p, ok := ctx.Value(contextKey{}).(*Printer); ok && p != nil {
		return p
	}
	return &Printer{lang: French, loc: time.UTC}
}

// T returns the text of a key in the language of the context; see Printer.T.
func T(ctx context.Context, key string, args ...any) string {
	return From(ctx).T(key, args...)
}

// N returns the plural form of a key for a count in the language of the
// context; see Printer.N.
func N(ctx context.Context, key string, count int, args ...any) string {
	return From(ctx).N(key, count, args...)
}

// T returns the text of a key with its values filled in. args are pairs of a
// name and a value: T("space.members.invited", "name", "Ville de Lyon"). A
// whole number is written as Number does, a time as DateTime does; pass as text
// a number that is no quantity (a year, a version). The text is plain, not
// HTML: templates escape it. An unknown key gives the key itself.
func (p *Printer) T(key string, args ...any) string {
	if p.book == nil {
		return key
	}
	if text, ok := p.book.fixed[key]; ok {
		return text
	}
	return p.localize(&goi18n.LocalizeConfig{MessageID: key, TemplateData: p.values(args)}, key)
}

// N returns the form of a key that suits a count by the CLDR rules of the
// language (French writes "0 commentaire", English "0 comments"), with the
// count available to the text as {{.Count}} and args as for T.
func (p *Printer) N(key string, count int, args ...any) string {
	if p.book == nil {
		return key
	}
	values := p.values(args)
	values["Count"] = p.Number(count)
	// go-i18n refuses the absolute value of the least integer; no count is that.
	return p.localize(&goi18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: count}, key)
}

// Lang returns the language, "fr" or "en", as the lang attribute wants it.
func (p *Printer) Lang() string { return p.lang }

// Location returns the time zone in which the printer writes times.
func (p *Printer) Location() *time.Location { return p.loc }

func (p *Printer) localize(config *goi18n.LocalizeConfig, key string) string {
	text, err := p.book.localizer.Localize(config)
	if err != nil || text == "" {
		return key
	}
	return text
}

// values turns pairs into the map that templates read. A name without value and
// a name that is no text are kept visible rather than lost.
func (p *Printer) values(args []any) map[string]any {
	values := make(map[string]any, len(args)/2+1)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			name = fmt.Sprint(args[i])
		}
		if i+1 == len(args) {
			values[name] = ""
			break
		}
		values[name] = p.value(args[i+1])
	}
	return values
}

func (p *Printer) value(v any) any {
	switch v := v.(type) {
	case int:
		return p.Number(v)
	case int64:
		return p.group(strconv.FormatInt(v, 10))
	case time.Time:
		return p.DateTime(v)
	default:
		return v
	}
}
