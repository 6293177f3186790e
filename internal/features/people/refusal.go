package people

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// tooMany is a limit reached, and after how long it will not be any more.
type tooMany struct{ wait time.Duration }

func (t tooMany) Error() string { return fmt.Sprintf("too many attempts, wait %s", t.wait) }

// limit counts an attempt. One too many is fault.TooMany around a tooMany. An
// empty key, which is nobody's, is not counted.
func (p *People) limit(ctx context.Context, name, key string, most int, per time.Duration) error {
	if key == "" {
		return nil
	}
	ok, wait, err := p.Limiter.Allow(ctx, name, key, most, per)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Wrap(fault.TooMany, tooMany{wait}, "fault.too_many")
	}
	return nil
}

// require refuses an input in which nothing was typed, by a sentence that says
// what is wanted: the summary above a form shows it without the label.
func require(f *web.Form, name, key string) {
	if strings.TrimSpace(f.Get(name)) == "" {
		f.Refuse(name, key)
	}
}

// refusal is why a form comes back.
//
// i18n: people.missing.*
type refusal struct {
	Problems []ui.Problem
	Errors   map[string]string
}

// refuse turns an error that the person can mend, or wait out, into what the
// form shows, with the status to show it under; order is that of the inputs.
// Any other error comes back.
func refuse(w http.ResponseWriter, r *http.Request, err error, order ...string) (int, refusal, error) {
	var over tooMany
	if errors.As(err, &over) {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(over.wait.Seconds())))))
		text := i18n.N(r.Context(), "people.too_many", max(1, int(math.Ceil(over.wait.Minutes()))))
		return http.StatusTooManyRequests, refusal{Problems: []ui.Problem{{Text: text}}}, nil
	}
	if fault.KindOf(err) != fault.Invalid || len(fault.FieldsOf(err)) == 0 {
		return 0, refusal{}, err
	}
	messages := web.FormErrors(r.Context(), err)
	return http.StatusUnprocessableEntity, refusal{Problems: ui.Problems(messages, order...), Errors: messages}, nil
}
