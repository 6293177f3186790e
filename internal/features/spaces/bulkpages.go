package spaces

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// The fields of a list.
const (
	fieldList = "list"
	fieldFile = "file"
	// fieldGroup is of both forms that invite.
	fieldGroup = "group"
	// fieldUntil too: the last day of the access of an external.
	fieldUntil = "until"
)

// bulkView is the form of a list, with what would become, or became, of its lines.
type bulkView struct {
	Bulk
	Roles          []ui.Option
	Groups         []ui.Option // none: the space has none
	Errors         map[string]string
	Problems       []ui.Problem
	Action, Cancel string
	One            string // where one person is invited
	// Said sums the lines up; Rows are those lines, Send how many would be sent one.
	// Day and Hour are when to send, as they are typed.
	Day, Hour string
	// Until is the last day of the access of externals, as it is typed.
	Until string
	Said  string
	Rows  []bulkRow
	Send  int
}

type bulkRow struct {
	Line, Who, Fate, Why string
	Tone                 ui.Tone
	External             bool
}

func (s *Spaces) askBulk(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.bulkForm(w, r, a, http.StatusOK, bulkView{Bulk: Bulk{Role: space.Reader}}, nil)
}

// doBulk checks a list, or sends it, as the button says.
func (s *Spaces) doBulk(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	var file string
	perr := web.ParseUpload(w, r, func(_, _ string, content io.Reader) error {
		raw, err := io.ReadAll(io.LimitReader(content, maxList+1))
		if err != nil {
			return err
		}
		if len(raw) > maxList {
			return fault.InvalidFields(fault.Field{Name: fieldFile, Key: "spaces.list.large"})
		}
		file, err = decoded(raw)
		return err
	})
	f := web.NewForm(r)
	view := bulkView{Bulk: Bulk{List: strings.Trim(f.Get(fieldList)+"\n"+file, "\n"), Group: f.ID(fieldGroup), Word: f.Get("word")}}
	role, ok := space.ParseRole(f.Get("role"))
	if !ok {
		f.Refuse("role", "spaces.role.unknown")
	}
	view.Role, view.Day, view.Hour, view.Until = role, f.Get(frame.FieldDay), f.Get(frame.FieldHour), f.Get(fieldUntil)
	view.AccessEnds = s.accessEnds(f, view.Until)
	if perr == nil {
		perr = f.Err()
	}
	if perr == nil && view.Day+view.Hour != "" {
		view.At, perr = frame.Moment(view.Day, view.Hour, i18n.From(ctx).Location(), s.Clock.Now())
	}
	var lines []Checked
	send := f.Get("action") == "send"
	switch {
	case perr != nil:
	case send:
		lines, perr = s.InviteList(ctx, a, slug, view.Bulk)
	default:
		lines, perr = s.CheckList(ctx, a, slug, view.Bulk)
	}
	switch fault.KindOf(perr) {
	case fault.Invalid, fault.TooLarge, fault.TooMany:
		return s.bulkForm(w, r, a, web.StatusOf(fault.KindOf(perr)), view, perr)
	case fault.Internal, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.Conflict, fault.Unavailable, fault.Full:
	}
	if perr != nil {
		return perr
	}
	sent, left := count(lines)
	if send && left == 0 && sent > 0 {
		web.SetFlash(w, "spaces.flash.list", "count", sentWords(ctx, sent, view.At))
		web.Redirect(w, r, "/espaces/"+slug+"/membres")
		return nil
	}
	switch {
	case send && left == 0, !send && sent == 0 && left == 0:
		view.Said = i18n.T(ctx, "spaces.list.nobody")
	case send:
		// What is left in the form is what is still to be corrected.
		view.Said = i18n.T(ctx, "spaces.list.partly", "sent", sentWords(ctx, sent, view.At), "left", i18n.N(ctx, "spaces.list.left", left))
		view.List, lines = "", refused(lines)
		for _, c := range lines {
			view.List += c.Raw + "\n"
		}
	default:
		view.Send = sent
		view.Said = i18n.T(ctx, "spaces.list.checked", "send", i18n.N(ctx, "spaces.list.send", sent), "lines", i18n.N(ctx, "spaces.list.lines", len(lines)))
	}
	view.Rows = rowsOf(ctx, lines)
	return s.bulkForm(w, r, a, http.StatusOK, view, nil)
}

// sentWords tells how many invitations leave, and when if not at once.
func sentWords(ctx context.Context, sent int, at time.Time) string {
	if at.IsZero() {
		return i18n.N(ctx, "spaces.list.sent", sent)
	}
	return i18n.N(ctx, "spaces.list.later", sent, "when", i18n.From(ctx).DateTime(at))
}

// count tells how many lines are sent an invitation, and how many are refused.
func count(lines []Checked) (sent, left int) {
	for _, c := range lines {
		switch {
		case c.invited():
			sent++
		case c.Fate == Refused:
			left++
		}
	}
	return sent, left
}

func refused(lines []Checked) (out []Checked) {
	for _, c := range lines {
		if c.Fate == Refused {
			out = append(out, c)
		}
	}
	return out
}

// rowsOf draws the lines: those that are refused first, as they want something done.
//
// i18n: spaces.list.fate.* mail.address.* spaces.list.no_address spaces.external_lead
func rowsOf(ctx context.Context, lines []Checked) (out []bulkRow) {
	var after []bulkRow
	for _, c := range lines {
		row := bulkRow{Line: strconv.Itoa(c.Line), Who: c.Email, Fate: i18n.T(ctx, "spaces.list.fate."+string(c.Fate)), External: c.External}
		if row.Who == "" {
			row.Who = c.Raw
		}
		switch c.Fate {
		case Refused:
			row.Tone, row.Why = ui.Danger, i18n.T(ctx, c.Fault)
			out = append(out, row)
			continue
		case Unknown, Known:
			row.Tone = ui.Success
		case Waiting, Member:
		}
		after = append(after, row)
	}
	return append(out, after...)
}

func (s *Spaces) bulkForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, view bulkView, problem error) error {
	ctx := r.Context()
	v, groups, err := s.invitesInto(ctx, a, r.PathValue("slug"))
	if err != nil {
		return err
	}
	view.Groups = groupOptions(ctx, groups, view.Group)
	base := "/espaces/" + v.Space.Slug + "/membres"
	view.Action, view.Cancel, view.One = r.URL.Path, base, base+"/-/inviter"
	view.Errors = errorsOf(ctx, problem)
	view.Problems = problems(ctx, problem, view.Errors, fieldList, fieldFile, "role", fieldGroup, "word", fieldUntil, frame.FieldDay)
	view.Roles = roleOptions(ctx, v.Space.Kind, view.Role, true)
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.list.title"), Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, bulkPage(view))
}

func bulkColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: i18n.T(ctx, "spaces.list.column.who")}, {Label: i18n.T(ctx, "spaces.list.column.fate")}, {Label: i18n.T(ctx, "spaces.list.column.line")}}
}

// bulkActions are the buttons: a list is checked first, and sent once it was.
func bulkActions(ctx context.Context, send int) []ui.Action {
	check := ui.Action{Label: i18n.T(ctx, "spaces.list.check"), Icon: "list-checks", Name: "action", Value: "check"}
	if send == 0 {
		check.Kind = ui.Primary
		return []ui.Action{check}
	}
	return []ui.Action{{Label: i18n.N(ctx, "spaces.list.submit", send), Kind: ui.Primary, Icon: "send", Name: "action", Value: "send"}, check}
}
