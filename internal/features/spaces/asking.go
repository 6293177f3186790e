package spaces

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
)

const (
	askedMail    = "spaces.asked"
	answeredMail = "spaces.answered"
	asksPerHour  = 20
	// askAgain is how long who was refused waits before they ask again.
	askAgain = 7 * 24 * time.Hour
	// askedShown bounds the askings beside the members; the others come as these are answered.
	askedShown = 50
)

// Asking is the last time that someone asked to enter a space.
type Asking struct {
	Account      id.ID
	Name         string
	Organisation string
	Class        account.Class
	Hue          int
	Word         string
	At           time.Time
	// Answered is when it was answered, zero while it waits; Reply is what a lead wrote.
	Answered time.Time
	Accepted bool
	Reply    string
}

// waits tells that nobody answered yet.
func (q Asking) waits() bool { return !q.At.IsZero() && q.Answered.IsZero() }

// again is from when on it may be asked once more.
func (q Asking) again() time.Time { return q.Answered.Add(askAgain) }

const askingColumns = `q.account_id, a.name, a.organisation, a.class, a.hue, q.word, q.asked_at, q.answered_at, q.accepted, q.reply`

func scanAsking(read func(dest ...any) error) (q Asking, err error) {
	var at, answered int64
	err = read(&q.Account, &q.Name, &q.Organisation, &q.Class, &q.Hue, &q.Word, &at, &answered, &q.Accepted, &q.Reply)
	q.At, q.Answered = clock.FromMillis(at), clock.FromMillis(answered)
	return q, err
}

// askingOf is the last asking of a person in a space, the zero one where there is none.
func askingOf(ctx context.Context, tx *db.Tx, spaceID, who id.ID) (Asking, error) {
	q, err := scanAsking(tx.QueryRow(ctx, `SELECT `+askingColumns+` FROM join_requests q JOIN accounts a ON a.id = q.account_id WHERE q.space_id = $1 AND q.account_id = $2`, spaceID, who).Scan)
	if db.IsNoRows(err) {
		return Asking{}, nil
	}
	if err != nil {
		return Asking{}, fmt.Errorf("reading who asks to enter: %w", err)
	}
	return q, nil
}

// waitingAt tells in which of some spaces a person waits to be let in.
func waitingAt(ctx context.Context, tx *db.Tx, who id.ID, spaces []id.ID) (map[id.ID]bool, error) {
	if len(spaces) == 0 {
		return nil, nil
	}
	query, args, err := db.In(db.NewBuilder().Add(`SELECT space_id FROM join_requests WHERE account_id = ? AND answered_at = 0 AND space_id IN `, who), spaces).Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]bool{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var sp id.ID
		err := rows.Scan(&sp)
		out[sp] = true
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading where one asks to enter: %w", err)
	}
	return out, nil
}

// asked lists those who wait to enter a space, the first to ask first. Who may not use
// their account is left out.
func asked(ctx context.Context, tx *db.Tx, spaceID id.ID, now time.Time, limit int) (out []Asking, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		q, err := scanAsking(rows.Scan)
		out = append(out, q)
		return err
	}, `SELECT `+askingColumns+` FROM join_requests q JOIN accounts a ON a.id = q.account_id
		WHERE q.space_id = $1 AND q.answered_at = 0 AND a.state = 'active' AND (a.expires_at = 0 OR a.expires_at > $2) ORDER BY q.asked_at, q.account_id LIMIT $3`,
		spaceID, clock.Millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("listing who asks to enter: %w", err)
	}
	return out, nil
}

// mayAsk tells whether the actor may ask to enter a space that they know of.
func mayAsk(a actor.Actor, v access.View) bool {
	return a.Agent && !v.IsMember() && v.Space.Visibility == space.Private
}

// Ask asks those who lead a private space to let the actor in, with a word if they write
// one, and mails each lead. Who waits already, or is in, changes nothing. fault.Invalid
// names the field word, or tells that they were refused within a week.
func (s *Spaces) Ask(ctx context.Context, a actor.Actor, slug, word string) error {
	word = strings.TrimSpace(word)
	if utf8.RuneCountInString(word) > maxWord {
		return fault.InvalidFields(fault.Field{Name: "word", Key: "spaces.too_long", Args: []any{"max", maxWord}})
	}
	ok, wait, err := s.Limiter.Allow(ctx, "spaces.ask", a.Account.String(), asksPerHour, time.Hour)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.TooMany, "spaces.ask.too_many", "minutes", int(wait.Minutes())+1)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lockKnown(ctx, tx, a, slug)
		if err != nil || v.Can(access.SpaceRead, access.Home) {
			return err
		}
		if !mayAsk(a, v) {
			return fault.NotFoundError()
		}
		had, err := askingOf(ctx, tx, v.Space.ID, a.Account)
		now := s.Clock.Now()
		switch {
		case err != nil:
			return err
		case had.waits():
			return nil
		case !had.Accepted && had.again().After(now):
			return fault.New(fault.Invalid, "spaces.ask.later", "date", i18n.From(ctx).Date(had.again()))
		}
		_, err = tx.Exec(ctx, `INSERT INTO join_requests (space_id, account_id, word, asked_at, answered_at, accepted, answered_by, reply) VALUES ($1, $2, $3, $4, 0, 0, NULL, '')
			ON CONFLICT (space_id, account_id) DO UPDATE SET word = excluded.word, asked_at = excluded.asked_at, answered_at = 0, accepted = 0, answered_by = NULL, reply = ''`,
			v.Space.ID, a.Account, word, clock.Millis(now))
		if err != nil {
			return fmt.Errorf("asking to enter a space: %w", err)
		}
		if err := s.mailLeads(ctx, tx, a, v.Space, word); err != nil {
			return err
		}
		return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventAsked, Space: v.Space.ID, Subject: a.Account})
	})
}

// lockKnown locks a space that the actor may know of, whether or not they read it.
func (s *Spaces) lockKnown(ctx context.Context, tx *db.Tx, a actor.Actor, slug string) (access.View, error) {
	v, err := access.BySlug(ctx, tx, a, slug)
	if err != nil {
		return v, err
	}
	if _, err := space.Lock(ctx, tx, v.Space.ID); err != nil {
		return v, err
	}
	return access.ByID(ctx, tx, a, v.Space.ID)
}

// Unask takes back what the actor asked and nobody answered; nothing to take back is no
// error.
func (s *Spaces) Unask(ctx context.Context, a actor.Actor, slug string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lockKnown(ctx, tx, a, slug)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM join_requests WHERE space_id = $1 AND account_id = $2 AND answered_at = 0`, v.Space.ID, a.Account); err != nil {
			return fmt.Errorf("taking back an asking: %w", err)
		}
		return nil
	})
}

// Answer lets someone who asks in, as a reader, or does not, with a word to them if the
// actor writes one; they are mailed either way. fault.NotFound where they do not wait.
func (s *Spaces) Answer(ctx context.Context, a actor.Actor, slug string, who id.ID, accept bool, reply string) error {
	reply = strings.TrimSpace(reply)
	if utf8.RuneCountInString(reply) > maxWord {
		return fault.InvalidFields(fault.Field{Name: "reply", Key: "spaces.too_long", Args: []any{"max", maxWord}})
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.MemberInvite)
		if err != nil {
			return err
		}
		q, err := askingOf(ctx, tx, v.Space.ID, who)
		if err != nil {
			return err
		}
		to, err := account.ByID(ctx, tx, who)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if !q.waits() || !to.Usable(now) {
			return fault.NotFoundError()
		}
		_, err = tx.Exec(ctx, `UPDATE join_requests SET answered_at = $1, accepted = $2, answered_by = $3, reply = $4 WHERE space_id = $5 AND account_id = $6`,
			clock.Millis(now), accept, a.Account, reply, v.Space.ID, who)
		if err != nil {
			return fmt.Errorf("answering who asks to enter: %w", err)
		}
		if err := s.mailAnswer(ctx, tx, to, v.Space, accept, reply, now); err != nil {
			return err
		}
		if !accept {
			return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventRefused, Space: v.Space.ID, Subject: who})
		}
		return s.join(ctx, tx, a, v.Space.ID, who, space.Reader)
	})
}

// mailLeads tells each lead of a space that someone asks to enter.
func (s *Spaces) mailLeads(ctx context.Context, tx *db.Tx, a actor.Actor, sp space.Space, word string) error {
	leads, err := space.Leads(ctx, tx, sp.ID)
	if err != nil {
		return err
	}
	who, err := account.ByID(ctx, tx, a.Account)
	if err != nil {
		return err
	}
	for _, lead := range leads {
		to, err := account.ByID(ctx, tx, lead.Account) // twenty at most
		if err != nil {
			return err
		}
		if !to.Usable(s.Clock.Now()) {
			continue
		}
		p := s.Catalog.Printer(to.Lang, s.Location)
		title := p.T("spaces.mail.asked.title", "name", who.Name, "space", sp.Name)
		text, html, err := mail.Compose(p.Lang(), mail.Content{
			Brand: s.Instance, Title: title, Intro: []string{p.T("spaces.mail.asked.who", "name", who.Name, "organisation", who.Organisation)}, Quote: word,
			ActionLabel: p.T("spaces.mail.asked.action"), ActionURL: s.BaseURL + "/espaces/" + sp.Slug + "/membres#demande",
			Footer: p.T("spaces.mail.asked.why", "space", sp.Name),
		})
		if err != nil {
			return fmt.Errorf("writing to the leads: %w", err)
		}
		_, err = s.Mail.Enqueue(ctx, tx, mail.Message{
			To: mail.Address{Name: to.Name, Email: to.Email}, Subject: title, Text: text, HTML: html, Kind: askedMail,
			Ref: strings.Join([]string{sp.ID.String(), who.ID.String(), to.ID.String()}, "/"),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mailAnswer tells who asked what became of it.
func (s *Spaces) mailAnswer(ctx context.Context, tx *db.Tx, to account.Account, sp space.Space, accepted bool, reply string, now time.Time) error {
	p := s.Catalog.Printer(to.Lang, s.Location)
	title, intro, action := p.T("spaces.mail.refused.title", "space", sp.Name), p.T("spaces.mail.refused.text"), p.T("spaces.mail.refused.action")
	if accepted {
		title, intro, action = p.T("spaces.mail.accepted.title", "space", sp.Name), p.T("spaces.mail.accepted.text"), p.T("spaces.mail.accepted.action")
	}
	text, html, err := mail.Compose(p.Lang(), mail.Content{
		Brand: s.Instance, Title: title, Intro: []string{intro}, Quote: reply,
		ActionLabel: action, ActionURL: s.BaseURL + "/espaces/" + sp.Slug, Footer: p.T("spaces.mail.answered.why", "space", sp.Name),
	})
	if err != nil {
		return fmt.Errorf("writing to who asked: %w", err)
	}
	_, err = s.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: to.Name, Email: to.Email}, Subject: title, Text: text, HTML: html, Kind: answeredMail,
		Ref: strings.Join([]string{sp.ID.String(), to.ID.String(), strconv.FormatInt(clock.Millis(now), 10)}, "/"),
	})
	return err
}

// stillAsked is the recheck of what a lead is mailed: the person still waits, and the lead
// may still answer.
func (s *Spaces) stillAsked(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	part := strings.Split(m.Ref, "/")
	if len(part) != 3 {
		return false, nil
	}
	var ids [3]id.ID
	for i := range ids {
		ids[i], _ = id.Parse(part[i]) // the zero id is nobody's
	}
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM join_requests q JOIN memberships m ON m.space_id = q.space_id AND m.role = 3 JOIN accounts l ON l.id = m.account_id JOIN accounts a ON a.id = q.account_id
		WHERE q.space_id = $1 AND q.account_id = $2 AND q.answered_at = 0 AND m.account_id = $3 AND l.state = 'active' AND a.state = 'active'`, ids[0], ids[1], ids[2]).Scan(&n)
	return n > 0, err
}

// stillAnswered is the recheck of an answer: it is the last one, and who was let in is in.
func (s *Spaces) stillAnswered(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	part := strings.Split(m.Ref, "/")
	if len(part) != 3 {
		return false, nil
	}
	sp, _ := id.Parse(part[0]) // the zero id is nobody's
	who, _ := id.Parse(part[1])
	q, err := askingOf(ctx, tx, sp, who)
	if err != nil || strconv.FormatInt(clock.Millis(q.Answered), 10) != part[2] || !q.Accepted {
		return err == nil && strconv.FormatInt(clock.Millis(q.Answered), 10) == part[2], err
	}
	var n int
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM memberships WHERE space_id = $1 AND account_id = $2`, sp, who).Scan(&n)
	return n > 0, err
}
