package notifications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/ui"
)

const (
	digestMail = "notifications.digest"
	// atOnce is how many people are listed at a time.
	atOnce = 100
	// inMail bounds what one digest tells; the page has the rest.
	inMail = 30
)

// demo has one person want what happens in a project by the week.
func demo(ctx context.Context, tx *db.Tx, w *service.World) error {
	return notice.SetRhythms(ctx, tx, w.People["camille.martin@demo.example"].ID, w.Spaces["refonte-portail"], map[notice.Kind]notice.Rhythm{notice.Reply: notice.Weekly})
}

// Digest mails the digests that are due: to each person one, of what they did not read
// meanwhile. A fault with one person's keeps nobody else's.
func (f *Notifications) Digest(ctx context.Context) error {
	var faults []error
	now := f.Clock.Now()
	for after := (id.ID{}); ; {
		var people []id.ID
		err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
			people, err = notice.Awaiting(ctx, tx, after, now, atOnce)
			return err
		})
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, who := range people {
			faults = append(faults, f.DB.Write(db.Background(ctx), func(tx *db.Tx) error { return f.digest(ctx, tx, who, now) }))
		}
		if len(people) < atOnce {
			return errors.Join(faults...)
		}
		after = people[len(people)-1]
	}
}

// digest writes the mail of one person, and takes what it tells off what is due.
func (f *Notifications) digest(ctx context.Context, tx *db.Tx, who id.ID, now time.Time) error {
	me, err := account.ByID(ctx, tx, who)
	if err != nil {
		return err
	}
	var list []notice.Notice
	var next *notice.Cursor
	if me.Usable(now) {
		if list, next, err = notice.List(ctx, tx, me.Actor(id.ID{}), notice.Filter{Unread: true, Due: now}, f.Seen.Waiting(me.ID), notice.Cursor{}, inMail); err != nil {
			return err
		}
	}
	if err := notice.Digested(ctx, tx, who, now); err != nil || len(list) == 0 {
		return err
	}
	return f.mailDigest(ctx, tx, me, list, next != nil, now)
}

// mailDigest writes a digest. Its Ref names its reader and the items it tells of. The words
// of an entry are
// i18n: notifications.mail.did.*
func (f *Notifications) mailDigest(ctx context.Context, tx *db.Tx, to account.Account, list []notice.Notice, more bool, now time.Time) error {
	var ids []id.ID
	ref := []string{to.ID.String()}
	for _, n := range list {
		ids, ref = append(ids, n.Space), append(ref, n.Item.String())
	}
	spaces, err := space.ByIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	p := f.Catalog.Printer(to.Lang, f.Location)
	title := p.N("notifications.mail.title", len(list))
	c := mail.Content{
		Brand: f.Instance, Title: title, ActionLabel: p.T("notifications.mail.action"), ActionURL: f.BaseURL + ui.NoticesPath,
		Footer: p.T("notifications.mail.why", "link", f.BaseURL+ui.MailsPath),
	}
	if more {
		c.Outro = []string{p.T("notifications.mail.more")}
	}
	for _, n := range list {
		text := p.T("notifications.mail.in", "space", spaces[n.Space].Name)
		if n.More > 1 {
			text += " " + p.N("notifications.more", n.More)
		} else if n.Text != "" {
			text += " " + p.T("notifications.quote", "text", f.Markup.Text(n.Text, quoted))
		}
		link := f.BaseURL + "/p/" + n.Item.String()
		if !n.Remark.IsZero() {
			link += "/-/commentaires/" + n.Remark.String()
		}
		c.List = append(c.List, mail.Entry{Title: p.T("notifications.mail.did."+string(n.Kind), "name", n.By, "title", n.Title), URL: link, Text: text})
	}
	text, html, err := mail.Compose(p.Lang(), c)
	if err != nil {
		return fmt.Errorf("writing a digest: %w", err)
	}
	_, err = f.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: to.Name, Email: to.Email}, Subject: title, Text: text, HTML: html, Kind: digestMail, Ref: strings.Join(ref, "/"),
		Key:       fmt.Sprintf("%s:%s:%d", digestMail, to.ID, clock.Millis(now)),
		NotBefore: notice.Quiet(to.Quiet).Open(now, f.Location),
		Headers:   mail.OneClick(f.BaseURL + stopPath(f.Stops.Token(to.ID, id.ID{}))),
	})
	return err
}

// stillTold is the recheck of a digest: one of which all was read meanwhile, or whose reader
// stopped digests, does not leave; nor does one that tells of something they may read no
// more, the rest of which is mailed by the next.
func (f *Notifications) stillTold(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	var ids []id.ID
	for _, part := range strings.Split(m.Ref, "/") {
		one, _ := id.Parse(part) // the zero id is nobody's and no item's
		ids = append(ids, one)
	}
	me, err := account.ByID(ctx, tx, ids[0])
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil || !me.Usable(f.Clock.Now()) {
		return false, err
	}
	wanted, err := notice.Wanted(ctx, tx, me.ID, ids[1:])
	if err != nil || !wanted {
		return false, err
	}
	readable, err := readableOf(ctx, tx, me.Actor(id.ID{}), ids[1:])
	if err != nil {
		return false, err
	}
	for _, item := range ids[1:] {
		if !readable[item] {
			return false, notice.DueAgain(ctx, tx, me.ID, ids[1:], f.Clock.Now())
		}
	}
	return true, nil
}

// readableOf tells which of some items the actor may read.
func readableOf(ctx context.Context, tx *db.Tx, a actor.Actor, items []id.ID) (map[id.ID]bool, error) {
	b := db.In(db.NewBuilder().Add(`SELECT i.id FROM items i WHERE i.state IN (2, 3) AND i.id IN `), items).Add(` AND `)
	query, args, err := access.Readable(b, "i", a).Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]bool{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var item id.ID
		err := rows.Scan(&item)
		out[item] = true
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("weighing a digest again: %w", err)
	}
	return out, nil
}
