package kernel_test

import (
	"sync"
	"testing"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

func (k *talk) votes(a actor.Actor) map[id.ID]remark.Poll {
	k.t.Helper()
	var out map[id.ID]remark.Poll
	err := k.db.Read(k.t.Context(), func(tx *db.Tx) (err error) {
		out, err = remark.Votes(k.t.Context(), tx, a, []id.ID{k.post.ID, k.other.ID, k.draft.ID})
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

func TestVotes(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	ctx := t.Context()
	one := remark.Ballot{Service: service, Budget: 1}
	for name, c := range map[string]struct {
		who  actor.Actor
		item id.ID
		with remark.Ballot
		want fault.Kind
	}{
		"a stranger":              {k.stranger, k.post.ID, one, fault.NotFound},
		"for a draft of another":  {k.reader, k.draft.ID, one, fault.NotFound},
		"for one's draft":         {k.contributor, k.draft.ID, one, fault.Denied},
		"in a service of another": {k.reader, k.post.ID, remark.Ballot{Service: service + 1}, fault.NotFound},
	} {
		if err := k.Vote(ctx, c.who, c.item, c.with, true); fault.KindOf(err) != c.want || err == nil {
			t.Errorf("%s votes: %v", name, err)
		}
	}
	for range 2 { // twice is once
		if err := k.Vote(ctx, k.reader, k.post.ID, one, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Vote(ctx, k.lead, k.post.ID, remark.Ballot{Service: service}, true); err != nil {
		t.Fatal(err)
	}
	if got := k.votes(k.reader); got[k.post.ID] != (remark.Poll{Votes: 2, Mine: true}) || len(got) != 1 {
		t.Errorf("the reader counts %v", got)
	}
	if got := k.votes(k.stranger); len(got) != 0 {
		t.Errorf("a stranger counts %v", got)
	}
	if err := k.Vote(ctx, k.reader, k.other.ID, one, true); fault.KindOf(err) != fault.Invalid {
		t.Errorf("past the budget: %v", err)
	}
	if got := k.votes(k.reader)[k.other.ID]; got.Votes != 0 {
		t.Error("a vote past the budget counts")
	}
	// What is archived gives its vote back, and keeps its count.
	k.write(func(tx *db.Tx) (err error) {
		k.post, err = content.Archive(ctx, tx, k.lead, k.post, k.clock.Now())
		return err
	})
	if err := k.Vote(ctx, k.reader, k.other.ID, one, true); err != nil {
		t.Errorf("after the first was archived: %v", err)
	}
	if err := k.Vote(ctx, k.reader, k.post.ID, one, false); fault.KindOf(err) != fault.Denied {
		t.Errorf("taking back a vote for what is archived: %v", err)
	}
	if err := k.Vote(ctx, k.reader, k.other.ID, one, false); err != nil {
		t.Error(err)
	}
	if got := k.votes(k.reader); got[k.post.ID].Votes != 2 || got[k.other.ID].Votes != 0 {
		t.Errorf("in the end: %v", got)
	}
}

// TestABudgetHoldsUnderHaste: two votes at the same time are not both within a budget
// of one.
func TestABudgetHoldsUnderHaste(t *testing.T) {
	t.Parallel()
	k := openTalk(t)
	for range 10 {
		var both sync.WaitGroup
		for _, item := range []id.ID{k.post.ID, k.other.ID} {
			both.Go(func() {
				if err := k.Vote(t.Context(), k.reader, item, remark.Ballot{Service: service, Budget: 1}, true); err != nil && fault.KindOf(err) != fault.Invalid {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if got := k.votes(k.reader); got[k.post.ID].Votes+got[k.other.ID].Votes != 1 {
			t.Fatalf("%v", got)
		}
		for _, item := range []id.ID{k.post.ID, k.other.ID} {
			if err := k.Vote(t.Context(), k.reader, item, remark.Ballot{Service: service}, false); err != nil {
				t.Fatal(err)
			}
		}
	}
}
