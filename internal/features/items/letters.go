package items

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/ui"
)

const (
	mentionMail   = "items.mention"
	replyMail     = "items.reply"
	recommendMail = "items.recommend"
	announceMail  = "items.announce"
	reportMail    = "items.report"
	handledMail   = "items.report_handled"
	// toldAtOnce bounds the mails written in one transaction.
	toldAtOnce = 100
	quoted     = 400 // characters of the text in which someone is named
	// waited is from when on a mail that has not left is weighed by what was read meanwhile.
	waited = 15 * time.Minute
)

// TellMentioned mails those whom a text names, once each for each text. It is a
// subscriber of what is published, changed, and commented.
func (f *Items) TellMentioned(ctx context.Context, e activity.Event) error {
	return f.tellAll(ctx, e, letter{kind: mentionMail, notice: notice.Mention, to: f.named, title: "items.mention.mail.title", action: "items.mention.mail.action", why: "items.mention.mail.why"})
}

// TellFollowers mails those who follow an item that it was commented, but whom the
// comment names: they are told of that.
func (f *Items) TellFollowers(ctx context.Context, e activity.Event) error {
	return f.tellAll(ctx, e, letter{kind: replyMail, notice: notice.Reply, to: f.followers, title: "items.reply.mail.title", action: "items.reply.mail.action", why: "items.reply.mail.why"})
}

// TellRecommended mails those to whom an item is recommended and who may read it.
func (f *Items) TellRecommended(ctx context.Context, e activity.Event) error {
	return f.tellAll(ctx, e, letter{
		kind: recommendMail, notice: notice.Recommended, to: recommended, quote: func(ctx context.Context, tx *db.Tx, e activity.Event) (string, error) {
			return remark.Word(ctx, tx, e.Remark)
		},
		title: "items.recommend.mail.title", action: "items.recommend.mail.action", why: "items.recommend.mail.why",
	})
}

// letter is a kind of mail about a text: to whom it goes, and its words.
type letter struct {
	kind               string
	notice             notice.Kind
	to                 func(e activity.Event) *db.Builder
	quote              func(ctx context.Context, tx *db.Tx, e activity.Event) (string, error) // nil: of the text itself
	title, action, why string
}

// tellAll writes a letter to all whom it goes to, some at a time.
func (f *Items) tellAll(ctx context.Context, e activity.Event, l letter) error {
	now := f.Clock.Now()
	for after := (id.ID{}); ; {
		var told []addressee
		err := f.DB.Write(db.Background(ctx), func(tx *db.Tx) (err error) {
			if told, err = addressees(ctx, tx, l.to(e), after, now); err != nil || len(told) == 0 {
				return err
			}
			return f.tell(ctx, tx, e, l, told)
		})
		if err != nil || len(told) < toldAtOnce {
			return err
		}
		after = told[len(told)-1].account
	}
}

// addressee is someone who is told, and of whom.
type addressee struct {
	account     id.ID
	name, email string
	lang, by    string
	byID        id.ID
	timing      notice.Timing
}

// named begins the list of those whom the text of the event names, directly or by a
// group, and who did not write it. Who muted the item is told only of what names
// them in person.
func (f *Items) named(e activity.Event) *db.Builder {
	b := db.NewBuilder().Add(`SELECT DISTINCT p.id, p.name, p.email, p.lang, who.id, who.name FROM mentions n JOIN items i ON i.id = n.item_id
		LEFT JOIN group_members gm ON gm.group_id = n.group_id JOIN accounts p ON p.id = COALESCE(n.account_id, gm.account_id) JOIN accounts who ON who.id = n.by_id
		WHERE n.item_id = ? AND p.id <> n.by_id AND i.state = 2
		AND (n.account_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM item_marks k WHERE k.item_id = n.item_id AND k.account_id = p.id AND k.mode = 2))`, e.Item)
	if e.Remark.IsZero() {
		return b.Add(` AND n.remark_id IS NULL`)
	}
	return b.Add(` AND n.remark_id = ?`, e.Remark)
}

// followers begins the list of those who follow the item of the event, and neither
// wrote the comment nor are named in it.
func (f *Items) followers(e activity.Event) *db.Builder {
	return db.NewBuilder().Add(`SELECT p.id, p.name, p.email, p.lang, who.id, who.name FROM item_marks k JOIN items i ON i.id = k.item_id
		JOIN accounts p ON p.id = k.account_id JOIN remarks r ON r.id = ? JOIN accounts who ON who.id = r.author_id
		WHERE k.item_id = ? AND k.mode = 1 AND p.id <> r.author_id AND r.removed_at = 0 AND i.state = 2
		AND NOT EXISTS (SELECT 1 FROM mentions n LEFT JOIN group_members gm ON gm.group_id = n.group_id
			WHERE n.remark_id = r.id AND COALESCE(n.account_id, gm.account_id) = p.id)`, e.Remark, e.Item)
}

// recommended begins the list of those to whom an item is recommended.
func recommended(e activity.Event) *db.Builder {
	return db.NewBuilder().Add(`SELECT p.id, p.name, p.email, p.lang, who.id, who.name FROM recommendations c JOIN items i ON i.id = c.item_id JOIN accounts who ON who.id = c.by_id
		JOIN (SELECT account_id AS id FROM recommendation_targets WHERE recommendation_id = ? AND account_id IS NOT NULL
			UNION SELECT m.account_id FROM recommendation_targets t JOIN group_members m ON m.group_id = t.group_id WHERE t.recommendation_id = ?
			UNION SELECT m.account_id FROM recommendation_targets t JOIN memberships m ON m.space_id = t.space_id WHERE t.recommendation_id = ?) w ON 1 = 1
		JOIN accounts p ON p.id = w.id WHERE c.id = ? AND p.id <> c.by_id AND i.state = 2
		AND NOT EXISTS (SELECT 1 FROM item_marks k WHERE k.item_id = i.id AND k.account_id = p.id AND k.mode = 2)`, e.Remark, e.Remark, e.Remark, e.Remark)
}

// addressees lists those of a list who may read the item, by account, from the one
// after the one given.
func addressees(ctx context.Context, tx *db.Tx, b *db.Builder, after id.ID, now time.Time) (out []addressee, err error) {
	if !after.IsZero() {
		b.Add(` AND p.id > ?`, after)
	}
	query, args, err := reachable(b.Add(` AND `), now).Add(` ORDER BY p.id LIMIT ?`, toldAtOnce).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var to addressee
		err := rows.Scan(&to.account, &to.name, &to.email, &to.lang, &to.byID, &to.by)
		out = append(out, to)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing whom to tell: %w", err)
	}
	return out, nil
}

// reachable appends that the account p is in use and may read the item i.
func reachable(b *db.Builder, now time.Time) *db.Builder {
	b.Add(`p.state = 'active' AND (p.expires_at = 0 OR p.expires_at > ?) AND `, clock.Millis(now))
	return access.ReadableBy(b, "i", "p")
}

// tell writes the notices, and the mails to those who want them at once; one that was
// written before is not written again.
func (f *Items) tell(ctx context.Context, tx *db.Tx, e activity.Event, l letter, to []addressee) error {
	it, err := content.ForProgram(ctx, tx, e.Item)
	if fault.KindOf(err) == fault.NotFound {
		return nil // purged meanwhile
	}
	if err != nil {
		return err
	}
	text, link := it.Body, f.BaseURL+"/p/"+it.ID.String()
	if l.quote != nil {
		if text, err = l.quote(ctx, tx, e); err != nil {
			return err
		}
	} else if !e.Remark.IsZero() {
		if text, err = remark.TextForProgram(ctx, tx, e.Remark); err != nil {
			return err
		}
		link += "/-/commentaires/" + e.Remark.String()
	}
	quote := f.Markup.Text(text, quoted)
	people := make([]id.ID, 0, len(to))
	for _, who := range to {
		people = append(people, who.account)
	}
	timings, err := notice.Timings(ctx, tx, people, it.Space, l.notice)
	if err != nil {
		return err
	}
	if err := notice.Add(ctx, tx, f.notices(e, l.notice, to, timings)); err != nil {
		return err
	}
	for _, who := range to {
		if who.timing = timings[who.account]; who.timing.Rhythm != notice.AtOnce {
			continue // a digest tells it, or the bell alone
		}
		if err := f.write(ctx, tx, e, l, it, who, quote, link); err != nil {
			return err
		}
	}
	return nil
}

// notices are what people are told of by an event, with when a digest holds it.
func (f *Items) notices(e activity.Event, kind notice.Kind, to []addressee, timings map[id.ID]notice.Timing) (out []notice.New) {
	n := notice.New{Item: e.Item, Cause: e.Item, Kind: kind, At: e.At}
	switch kind {
	case notice.Mention:
		if n.Remark = e.Remark; !e.Remark.IsZero() {
			n.Cause = e.Remark
		}
	case notice.Reply:
		n.Remark = e.Remark
	case notice.Recommended:
		n.Cause = e.Remark // it is the recommendation's
	case notice.Announced:
	}
	for _, who := range to {
		n.Account, n.By = who.account, who.byID
		n.MailDue = timings[who.account].Rhythm.Due(e.At, f.Location)
		out = append(out, n)
	}
	return out
}

func (f *Items) write(ctx context.Context, tx *db.Tx, e activity.Event, l letter, it content.Item, who addressee, quote, link string) error {
	p := f.Catalog.Printer(who.lang, f.Location)
	title, settings := p.T(l.title, "name", who.by, "title", it.Title), f.BaseURL+"/p/"+it.ID.String()+"/-/suivi"
	headers := mail.OneClick(f.BaseURL + ui.StopPath + "/" + f.Stops.Token(who.account, it.ID))
	if l.notice == notice.Mention { // what names one in person is stopped by nothing but one's choice
		headers = map[string]string{"List-Unsubscribe": "<" + f.BaseURL + ui.MailsPath + ">"}
	}
	text, html, err := mail.Compose(p.Lang(), mail.Content{
		Brand: f.Instance, Title: title, Quote: quote, ActionLabel: p.T(l.action), ActionURL: link,
		Footer: p.T(l.why, "name", who.by, "link", settings),
	})
	if err != nil {
		return fmt.Errorf("writing to someone about an item: %w", err)
	}
	_, err = f.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: who.name, Email: who.email}, Subject: title, Text: text, HTML: html,
		Kind: l.kind, Ref: it.ID.String() + "/" + who.account.String(), NotBefore: who.timing.Quiet.Open(f.Clock.Now(), f.Location),
		Headers: headers,
		Key:     l.kind + ":" + it.ID.String() + ":" + e.Remark.String() + ":" + who.account.String(),
	})
	return err
}

// stillReads is the recheck of a mail about an item: whoever lost the right since
// it was written gets none.
func (f *Items) stillReads(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	item, who, ok := itemAndAccount(m.Ref)
	if !ok {
		return false, nil
	}
	b := db.NewBuilder().Add(`SELECT COUNT(*) FROM items i, accounts p WHERE i.id = ? AND p.id = ? AND i.state = 2`, item, who)
	return f.counts(ctx, tx, f.stillNew(b, m).Add(` AND `))
}

// stillFollows is the recheck of a mail to someone who follows an item.
func (f *Items) stillFollows(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	item, who, ok := itemAndAccount(m.Ref)
	if !ok {
		return false, nil
	}
	b := db.NewBuilder().Add(`SELECT COUNT(*) FROM items i, accounts p WHERE i.id = ? AND p.id = ? AND i.state = 2
		AND EXISTS (SELECT 1 FROM item_marks k WHERE k.item_id = i.id AND k.account_id = p.id AND k.mode = 1)`, item, who)
	return f.counts(ctx, tx, f.stillNew(b, m).Add(` AND `))
}

// stillNew appends, for a mail that waited for the morning or for a relay, that the person
// has not read meanwhile all that they were told of the item.
func (f *Items) stillNew(b *db.Builder, m mail.Queued) *db.Builder {
	kind := map[string]notice.Kind{mentionMail: notice.Mention, replyMail: notice.Reply, recommendMail: notice.Recommended, announceMail: notice.Announced}[m.Kind]
	if kind == "" || f.Clock.Now().Sub(m.Created) < waited {
		return b
	}
	const told = `SELECT 1 FROM notices n WHERE n.account_id = p.id AND n.item_id = i.id AND n.kind = ?`
	return b.Add(` AND (EXISTS (`+told, string(kind)).Add(` AND n.read_at < n.at) OR NOT EXISTS (`+told+`))`, string(kind))
}

// counts completes a count of items and people by the right, and tells whether
// there is one.
func (f *Items) counts(ctx context.Context, tx *db.Tx, b *db.Builder) (bool, error) {
	query, args, err := reachable(b, f.Clock.Now()).Build()
	if err != nil {
		return false, err
	}
	var n int
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("weighing a mail again: %w", err)
	}
	return n > 0, nil
}

// itemAndAccount reads the reference of a mail about an item.
func itemAndAccount(ref string) (item, who id.ID, ok bool) {
	left, right, _ := strings.Cut(ref, "/")
	item, err := id.Parse(left)
	if err != nil {
		return item, who, false
	}
	who, err = id.Parse(right)
	return item, who, err == nil
}
