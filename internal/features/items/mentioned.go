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
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
)

const (
	mentionMail = "items.mention"
	// toldAtOnce bounds the mails written in one transaction.
	toldAtOnce = 100
	quoted     = 400 // characters of the text in which someone is named
)

// TellMentioned mails those whom a text names, once each for each text. It is a
// subscriber of what is published, changed, and commented.
func (f *Items) TellMentioned(ctx context.Context, e activity.Event) error {
	now := f.Clock.Now()
	for after := (id.ID{}); ; {
		var told []addressee
		err := f.DB.Write(db.Background(ctx), func(tx *db.Tx) (err error) {
			if told, err = f.addressees(ctx, tx, e, after, now); err != nil || len(told) == 0 {
				return err
			}
			return f.tell(ctx, tx, e, told)
		})
		if err != nil || len(told) < toldAtOnce {
			return err
		}
		after = told[len(told)-1].account
	}
}

// addressee is someone named, and who named them.
type addressee struct {
	account     id.ID
	name, email string
	lang, by    string
}

// addressees lists those whom the text of the event names, directly or by a group,
// who may read it, and who did not write it, by account.
func (f *Items) addressees(ctx context.Context, tx *db.Tx, e activity.Event, after id.ID, now time.Time) (out []addressee, err error) {
	b := db.NewBuilder().Add(`SELECT DISTINCT p.id, p.name, p.email, p.lang, who.name FROM mentions n JOIN items i ON i.id = n.item_id
		LEFT JOIN group_members gm ON gm.group_id = n.group_id JOIN accounts p ON p.id = COALESCE(n.account_id, gm.account_id) JOIN accounts who ON who.id = n.by_id
		WHERE n.item_id = ? AND p.id <> n.by_id AND i.state = 2`, e.Item)
	if !after.IsZero() {
		b.Add(` AND p.id > ?`, after)
	}
	if e.Remark.IsZero() {
		b.Add(` AND n.remark_id IS NULL AND `)
	} else {
		b.Add(` AND n.remark_id = ? AND `, e.Remark)
	}
	query, args, err := reachable(b, now).Add(` ORDER BY p.id LIMIT ?`, toldAtOnce).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var to addressee
		err := rows.Scan(&to.account, &to.name, &to.email, &to.lang, &to.by)
		out = append(out, to)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing whom a text names: %w", err)
	}
	return out, nil
}

// reachable appends that the account p is in use and may read the item i.
func reachable(b *db.Builder, now time.Time) *db.Builder {
	b.Add(`p.state = 'active' AND (p.expires_at = 0 OR p.expires_at > ?) AND `, clock.Millis(now))
	return access.ReadableBy(b, "i", "p")
}

// tell writes the mails; one that was written before is not written again.
func (f *Items) tell(ctx context.Context, tx *db.Tx, e activity.Event, to []addressee) error {
	it, err := content.ForProgram(ctx, tx, e.Item)
	if fault.KindOf(err) == fault.NotFound {
		return nil // purged meanwhile
	}
	if err != nil {
		return err
	}
	text, link := it.Body, f.BaseURL+"/p/"+it.ID.String()
	if !e.Remark.IsZero() {
		if text, err = remark.TextForProgram(ctx, tx, e.Remark); err != nil {
			return err
		}
		link += "/-/commentaires/" + e.Remark.String()
	}
	quote := f.Markup.Text(text, quoted)
	for _, who := range to {
		if err := f.write(ctx, tx, e, it, who, quote, link); err != nil {
			return err
		}
	}
	return nil
}

func (f *Items) write(ctx context.Context, tx *db.Tx, e activity.Event, it content.Item, who addressee, quote, link string) error {
	p := f.Catalog.Printer(who.lang, f.Location)
	title := p.T("items.mention.mail.title", "name", who.by, "title", it.Title)
	text, html, err := mail.Compose(p.Lang(), mail.Content{
		Brand: f.Instance, Title: title, Quote: quote,
		ActionLabel: p.T("items.mention.mail.action"), ActionURL: link,
		Footer: p.T("items.mention.mail.why", "name", who.by),
	})
	if err != nil {
		return fmt.Errorf("writing to someone who is named: %w", err)
	}
	_, err = f.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: who.name, Email: who.email}, Subject: title, Text: text, HTML: html,
		Kind: mentionMail, Ref: it.ID.String() + "/" + who.account.String(),
		Key: mentionMail + ":" + it.ID.String() + ":" + e.Remark.String() + ":" + who.account.String(),
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
	b := db.NewBuilder().Add(`SELECT COUNT(*) FROM items i, accounts p WHERE i.id = ? AND p.id = ? AND i.state = 2 AND `, item, who)
	query, args, err := reachable(b, f.Clock.Now()).Build()
	if err != nil {
		return false, err
	}
	var n int
	err = tx.QueryRow(ctx, query, args...).Scan(&n)
	return n > 0, err
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
