package audit

import (
	"context"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/audit"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	perPage = 50
	path    = "/administration/journal"
	// exported bounds the lines of one table.
	exported = 100_000
)

//go:embed catalogue
var files embed.FS

// Deps is what the feature stands on.
type Deps struct {
	DB     *db.DB
	Shell  *frame.Shell
	Outbox *activity.Outbox
	// Kinds are those that the log keeps, in the order in which they are offered.
	Kinds []activity.Kind
}

// Audit is the feature.
type Audit struct{ Deps }

// New returns the feature.
func New(d Deps) *Audit { return &Audit{d} }

// Feature registers the feature.
func (f *Audit) Feature() service.Feature {
	words, err := fs.Sub(files, "catalogue")
	if err != nil {
		panic(fmt.Sprintf("audit: %v", err)) // the name is a constant
	}
	return service.Feature{Name: "audit", Catalogue: words, Routes: f.routes}
}

func (f *Audit) routes(r *web.Router) {
	gate := web.Gate{Action: "audit.read"}
	r.Handle("GET", path, gate, frame.Signed(f.show))
	r.Handle("GET", path+"/tableau", gate, frame.Signed(f.table), web.MaxTime(5*time.Minute))
}

// read reads lines for an auditor and notes that they did; for others there is no
// such page. Only the first page of a reading is noted.
func (f *Audit) read(ctx context.Context, a actor.Actor, filter audit.Filter, limit int, detail string) (lines []audit.Line, err error) {
	if !a.Auditor {
		return nil, fault.NotFoundError()
	}
	if filter.Before == 0 {
		err = f.DB.Write(ctx, func(tx *db.Tx) error {
			return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: audit.EventRead, Subject: a.Account, Detail: detail})
		})
		if err != nil {
			return nil, err
		}
	}
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		lines, err = audit.Lines(ctx, tx, filter, limit)
		return err
	})
	return lines, err
}

// asked reads the filter from the address; days are those of the instance's zone.
func asked(ctx context.Context, q url.Values) (f audit.Filter, ok bool) {
	f.Kind = q.Get("nature")
	zone := i18n.From(ctx).Location()
	for name, to := range map[string]*time.Time{"du": &f.From, "au": &f.Till} {
		if q.Get(name) == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, q.Get(name), zone)
		if err != nil {
			return f, false
		}
		*to = day
	}
	if !f.Till.IsZero() {
		f.Till = f.Till.AddDate(0, 0, 1) // that day included
	}
	if text := q.Get("avant"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return f, false
		}
		f.Before = n
	}
	return f, true
}

func (f *Audit) show(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, q := r.Context(), r.URL.Query()
	filter, ok := asked(ctx, q)
	if !ok || !a.Auditor {
		return fault.NotFoundError()
	}
	lines, err := f.read(ctx, a, filter, perPage+1, "page")
	if err != nil {
		return err
	}
	v := pageView{Action: path, From: q.Get("du"), Till: q.Get("au"), Paging: ui.Paging{Label: i18n.T(ctx, "audit.pages")}}
	v.Kind = ui.Choice{Name: "nature", Label: i18n.T(ctx, "audit.kind"), Options: []ui.Option{{Label: i18n.T(ctx, "audit.kind.all")}}}
	for _, k := range f.Kinds {
		v.Kind.Options = append(v.Kind.Options, ui.Option{Value: string(k), Label: label(ctx, k), Selected: string(k) == filter.Kind})
	}
	q.Del("avant")
	if filter.Before > 0 {
		v.Paging.Newer = path + "?" + q.Encode()
	}
	v.Table = path + "/tableau?" + q.Encode()
	if len(lines) > perPage {
		lines = lines[:perPage]
		q.Set("avant", strconv.FormatInt(lines[perPage-1].Seq, 10))
		v.Paging.Older = path + "?" + q.Encode()
	}
	for _, l := range lines {
		v.Lines = append(v.Lines, lineView{
			Seq: i18n.From(ctx).Number(int(l.Seq)), At: l.At, What: label(ctx, l.Kind), Detail: l.Detail, By: l.AccountName, On: onWhom(l), Space: l.SpaceName, Digest: l.Hash()[:12],
		})
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "audit.title"), Wide: true}, page(v))
}

// onWhom is whom it was done to, where it is another than who did it.
func onWhom(l audit.Line) string {
	if l.Subject == l.Account {
		return ""
	}
	return l.SubjectName
}

// label names a kind.
//
// i18n: audit.is.*
func label(ctx context.Context, k activity.Kind) string {
	return i18n.T(ctx, "audit.is."+strings.ReplaceAll(string(k), ".", "_"))
}

// table is the log as comma-separated values (RFC 4180), with times in UTC (RFC
// 3339); a cell that a spreadsheet would take for a formula begins with "'".
func (f *Audit) table(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	filter, ok := asked(ctx, r.URL.Query())
	if !ok || !a.Auditor {
		return fault.NotFoundError()
	}
	lines, err := f.read(ctx, a, filter, exported, "table")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="journal-audit.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write([]string{"seq", "at", "kind", "detail", "account_id", "account", "subject_id", "subject", "space_id", "space", "item_id", "event_id", "sha256"})
	for _, l := range lines {
		_ = out.Write([]string{
			strconv.FormatInt(l.Seq, 10), l.At.UTC().Format(time.RFC3339Nano), string(l.Kind), cell(l.Detail), ref(l.Account.IsZero(), l.Account.String()), cell(l.AccountName),
			ref(l.Subject.IsZero(), l.Subject.String()), cell(l.SubjectName), ref(l.Space.IsZero(), l.Space.String()), cell(l.SpaceName), ref(l.Item.IsZero(), l.Item.String()), l.Event.String(), l.Hash(),
		})
	}
	out.Flush()
	return out.Error()
}

func ref(none bool, text string) string {
	if none {
		return ""
	}
	return text
}

func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
