package kernel_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
	"ruche/internal/platform/logx"
	"ruche/internal/testkit"
)

// talk is a private space with a member of each role, a stranger, and two posts
// and a draft of the contributor.
type talk struct {
	*remark.Remarks
	t                                   *testing.T
	db                                  *db.DB
	clock                               *clock.Manual
	lead, contributor, reader, stranger actor.Actor
	post, other, draft                  content.Item
}

func openTalk(t *testing.T) *talk {
	t.Helper()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "jobs", FS: jobs.Migrations()}, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	now := clock.NewManual(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	k := &talk{t: t, db: d, clock: now, Remarks: remark.New(d, now, activity.New(d, now, jobs.New(d, now, logx.Discard())))}
	k.write(func(tx *db.Tx) error {
		s, err := space.Create(ctx, tx, space.New{Name: "S", Purpose: "x", Kind: space.Community, Visibility: space.Private}, now.Now())
		if err != nil {
			return err
		}
		for role, who := range map[space.Role]*actor.Actor{space.NoRole: &k.stranger, space.Reader: &k.reader, space.Contributor: &k.contributor, space.Lead: &k.lead} {
			a, err := account.Create(ctx, tx, account.New{Email: role.String() + "@exemple.fr", Name: role.String(), Class: account.Agent}, now.Now())
			if err != nil {
				return err
			}
			*who = a.Actor(id.ID{})
			if role == space.NoRole {
				continue
			}
			if _, err := space.Join(ctx, tx, s.ID, a.ID, role, now.Now()); err != nil {
				return err
			}
		}
		if err := space.SetService(ctx, tx, s.ID, service, 1, 0, int(access.Comment), int(access.Contribute)); err != nil {
			return err
		}
		for state, it := range map[content.State][]*content.Item{content.Published: {&k.post, &k.other}, content.Draft: {&k.draft}} {
			for _, it := range it {
				if *it, err = content.Create(ctx, tx, k.contributor, content.New{Space: s.ID, Service: service, Kind: "post", Text: content.Text{Title: "T"}, State: state}, now.Now()); err != nil {
					return err
				}
			}
		}
		return access.Derive(ctx, tx, s.ID)
	})
	return k
}

func (k *talk) write(f func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.db.Write(k.t.Context(), f); err != nil {
		k.t.Fatal(err)
	}
}

// say adds a remark a second after the one before.
func (k *talk) say(a actor.Actor, parent id.ID, body string) remark.Remark {
	k.t.Helper()
	k.clock.Advance(time.Second)
	r, err := k.Add(k.t.Context(), a, remark.Said{Item: k.post.ID, Parent: parent, Body: body})
	if err != nil {
		k.t.Fatal(err)
	}
	return r
}

// threads reads the comments of the post by pages of a size.
func (k *talk) threads(after remark.Cursor, size int) (out []remark.Thread, next *remark.Cursor) {
	k.t.Helper()
	err := k.db.Read(k.t.Context(), func(tx *db.Tx) (err error) {
		out, next, err = remark.Threads(k.t.Context(), tx, k.reader, k.post.ID, after, size)
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return out, next
}

func TestAnAnswerToAnAnswerJoinsTheThread(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	root := k.say(k.reader, id.ID{}, "Une question")
	first := k.say(k.lead, root.ID, "Une réponse")
	second := k.say(k.reader, first.ID, "Merci")
	if first.Parent != root.ID || second.Parent != root.ID {
		t.Errorf("the answers hang from %s and %s, want %s", first.Parent, second.Parent, root.ID)
	}
	got, next := k.threads(remark.Cursor{}, 10)
	if len(got) != 1 || next != nil || len(got[0].Replies) != 2 || got[0].Replies[1].Body != "Merci" {
		t.Errorf("the threads are %+v", got)
	}
}

func TestWhoMayCommentWhere(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	root := k.say(k.reader, id.ID{}, "Une question")
	for name, c := range map[string]struct {
		who          actor.Actor
		item, parent id.ID
		body         string
		want         fault.Kind
	}{
		"stranger":                    {k.stranger, k.post.ID, id.ID{}, "x", fault.NotFound},
		"nobody":                      {actor.Anonymous(), k.post.ID, id.ID{}, "x", fault.NotFound},
		"an item that is not":         {k.lead, id.New(), id.ID{}, "x", fault.NotFound},
		"someone else's draft":        {k.lead, k.draft.ID, id.ID{}, "x", fault.NotFound},
		"one's own draft":             {k.contributor, k.draft.ID, id.ID{}, "x", fault.Denied},
		"a comment of another item":   {k.reader, k.other.ID, root.ID, "x", fault.NotFound},
		"an answer to what is absent": {k.reader, k.post.ID, id.New(), "x", fault.NotFound},
		"nothing":                     {k.reader, k.post.ID, id.ID{}, " \n\t", fault.Invalid},
		"too much":                    {k.reader, k.post.ID, id.ID{}, strings.Repeat("é", remark.MaxBody+1), fault.Invalid},
	} {
		if _, err := k.Add(t.Context(), c.who, remark.Said{Item: c.item, Parent: c.parent, Body: c.body}); err == nil || fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	k.write(func(tx *db.Tx) error {
		if n, err := remark.Count(t.Context(), tx, k.post.ID); n != 1 || err != nil {
			t.Errorf("%d comments, %v", n, err)
		}
		return nil
	})
}

func TestOneEditsOnesOwnAndALeadRemovesAny(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	ctx := t.Context()
	root := k.say(k.reader, id.ID{}, "Une question")
	k.say(k.lead, root.ID, "Une réponse")
	alone := k.say(k.reader, id.ID{}, "Seule")
	edit := func(a actor.Actor, item content.Item) error { return k.Edit(ctx, a, item.ID, root.ID, "Changée") }
	remove := func(a actor.Actor, item content.Item) error { return k.Remove(ctx, a, item.ID, root.ID) }
	for name, refused := range map[string]error{
		"a lead edits another's":           edit(k.lead, k.post),
		"by the address of another item":   edit(k.reader, k.other),
		"a stranger edits":                 edit(k.stranger, k.post),
		"a contributor removes another's":  remove(k.contributor, k.post),
		"removal by another item":          remove(k.lead, k.other),
		"a stranger removes":               remove(k.stranger, k.post),
		"someone edits what never existed": k.Edit(ctx, k.reader, k.post.ID, id.New(), "x"),
	} {
		if refused == nil || fault.KindOf(refused) != fault.NotFound {
			t.Errorf("%s: %v", name, refused)
		}
	}
	if err := edit(k.reader, k.post); err != nil {
		t.Error(err)
	}
	if got, _ := k.threads(remark.Cursor{}, 10); got[0].Body != "Changée" || got[0].EditedAt.IsZero() {
		t.Errorf("edited: %+v", got[0])
	}
	for _, r := range []remark.Remark{root, alone} {
		if err := k.Remove(ctx, k.lead, k.post.ID, r.ID); err != nil {
			t.Error(err)
		}
		if err := k.Remove(ctx, k.lead, k.post.ID, r.ID); fault.KindOf(err) != fault.NotFound || err == nil {
			t.Errorf("removed twice: %v", err)
		}
	}
	got, _ := k.threads(remark.Cursor{}, 10)
	if len(got) != 1 || !got[0].Removed || got[0].Body != "" || len(got[0].Replies) != 1 {
		t.Errorf("what remains is %+v, want the place of the question with its answer", got)
	}
	if err := edit(k.reader, k.post); fault.KindOf(err) != fault.NotFound || err == nil {
		t.Errorf("a removed comment is edited: %v", err)
	}
}

func TestPagesOfThreads(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	var said []remark.Remark
	for range 7 {
		said = append(said, k.say(k.reader, id.ID{}, "Un fil"))
	}
	answer := k.say(k.lead, said[5].ID, "Une réponse")
	var seen []id.ID
	for next := (&remark.Cursor{}); next != nil; {
		var page []remark.Thread
		page, next = k.threads(*next, 3)
		for _, th := range page {
			seen = append(seen, th.ID)
		}
	}
	if len(seen) != 7 || seen[0] != said[0].ID || seen[6] != said[6].ID {
		t.Errorf("the pages hold %d threads", len(seen))
	}
	at := func(a actor.Actor, item, r id.ID) (c remark.Cursor, err error) {
		return c, k.db.Read(t.Context(), func(tx *db.Tx) error {
			c, err = remark.Before(t.Context(), tx, a, item, r)
			return err
		})
	}
	for name, r := range map[string]remark.Remark{"a comment": said[5], "an answer": answer} {
		c, err := at(k.reader, k.post.ID, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if page, _ := k.threads(c, 3); len(page) != 2 || page[0].ID != said[5].ID || len(page[0].Replies) != 1 {
			t.Errorf("the page of %s begins elsewhere: %+v", name, page)
		}
	}
	if _, err := at(k.stranger, k.post.ID, answer.ID); fault.KindOf(err) != fault.NotFound || err == nil {
		t.Errorf("a stranger finds a comment: %v", err)
	}
	if _, err := at(k.reader, k.other.ID, answer.ID); fault.KindOf(err) != fault.NotFound || err == nil {
		t.Errorf("a comment is found on another item: %v", err)
	}
}

// TestALongThreadHasPages: a hundred answers a page, each once and in order; a link to
// any of them leads to the page where it is.
func TestALongThreadHasPages(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	first, long, last := k.say(k.reader, id.ID{}, "Un fil court"), k.say(k.reader, id.ID{}, "Un fil long"), k.say(k.reader, id.ID{}, "Un dernier fil")
	k.say(k.reader, first.ID, "Une réponse")
	said := make([]remark.Remark, 250)
	k.write(func(tx *db.Tx) error {
		for i := range said {
			said[i] = remark.Remark{ID: id.New(), Item: k.post.ID, Parent: long.ID, Author: k.reader.Account, Body: fmt.Sprint("Réponse ", i), CreatedAt: long.CreatedAt.Add(time.Duration(i) * time.Millisecond)}
			if err := remark.Insert(context.WithoutCancel(t.Context()), tx, said[i]); err != nil {
				return err
			}
		}
		return nil
	})
	var got []id.ID
	var sizes []int
	for next := (&remark.Cursor{}); next != nil; {
		var page []remark.Thread
		page, next = k.threads(*next, 10)
		answers := 0
		for _, th := range page {
			answers += len(th.Replies)
			for _, r := range th.Replies {
				if r.Parent == long.ID {
					got = append(got, r.ID)
				}
			}
		}
		sizes = append(sizes, answers)
		if next == nil && page[len(page)-1].ID != last.ID {
			t.Error("what comes after a long thread is not reached")
		}
	}
	if !slices.Equal(sizes, []int{100, 100, 51}) || !slices.EqualFunc(got, said, func(x id.ID, r remark.Remark) bool { return x == r.ID }) {
		t.Errorf("pages of %v answers, %d of the long thread", sizes, len(got))
	}
	for _, i := range []int{0, 99, 100, 249} {
		var c remark.Cursor
		err := k.db.Read(t.Context(), func(tx *db.Tx) (err error) {
			c, err = remark.Before(t.Context(), tx, k.reader, k.post.ID, said[i].ID)
			return err
		})
		page, _ := k.threads(c, 10)
		if err != nil || page[0].ID != long.ID || !slices.ContainsFunc(page[0].Replies, func(r remark.Remark) bool { return r.ID == said[i].ID }) {
			t.Errorf("the page of answer %d does not hold it (%v)", i, err)
		}
	}
}

// TestAPostThatIsGoneTakesNoComment: what the item is counts once the space is
// locked.
func TestAPostThatIsGoneTakesNoComment(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	root := k.say(k.reader, id.ID{}, "Une question")
	set := func(state content.State) {
		k.write(func(tx *db.Tx) error {
			_, err := tx.Exec(context.WithoutCancel(t.Context()), `UPDATE items SET state = $1 WHERE id = $2`, int(state), k.post.ID)
			return err
		})
	}
	set(content.Archived)
	if _, err := k.Add(t.Context(), k.reader, remark.Said{Item: k.post.ID, Parent: root.ID, Body: "x"}); err == nil || fault.KindOf(err) != fault.Denied {
		t.Errorf("an archived post takes a comment: %v", err)
	}
	set(content.Trashed)
	if _, err := k.Add(t.Context(), k.reader, remark.Said{Item: k.post.ID, Parent: root.ID, Body: "x"}); err == nil || fault.KindOf(err) != fault.NotFound {
		t.Errorf("a post in the trash takes a comment: %v", err)
	}
}
