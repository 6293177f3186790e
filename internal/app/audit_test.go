package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/audit"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// TestTheAuditLog: what happens to rights and accounts is in it once, without a word
// of any content, for auditors alone; and reading it is in it.
func TestTheAuditLog(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	member := h.actor(contributor).Account
	chief.post("/espaces/demat-ads/membres/"+member.String()+"/-/role", "role", "reader")
	_, permanent := published(t, chief, "Un titre discret", "x")
	chief.post(permanent + "/-/corbeille")
	h.nobody().post("/connexion", "email", lead, "password", "a wrong password")
	if err := h.People.Suspend(t.Context(), "lucie.pascal@demo.example"); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.run()
	for kind, want := range map[string]int64{
		"session.opened": 1, "session.refused": 1, "member.role_changed": 1, "content.trashed": 1, "account.suspended": 1, "content.published": 0,
	} {
		if n := h.number(`SELECT COUNT(*) FROM audit_entries WHERE kind = $1`, kind); n != want {
			t.Errorf("%s: %d entries, want %d", kind, n, want)
		}
	}
	const page = "/administration/journal"
	for _, p := range []*person{chief, h.as(admin), h.as(external), h.as(nowhere)} {
		for _, path := range []string{page, page + "/tableau", page + "?avant=2"} {
			if a := p.get(path); a.status != http.StatusNotFound {
				t.Errorf("%s reads %s: %d", p.name, path, a.status)
			}
		}
	}
	if err := h.People.SetAuditor(t.Context(), external, true); err == nil {
		t.Error("an external may read the log")
	}
	if err := h.People.SetAuditor(t.Context(), nowhere, true); err != nil {
		t.Fatal(err)
	}
	auditor := h.as(nowhere)
	a := auditor.get(page)
	for _, want := range []string{"Rôle changé", "Amadou Diallo", "Connexion refusée", "Démat. ADS", "lecteur"} {
		if want != "lecteur" && !strings.Contains(a.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(a.body, "discret") {
		t.Error("the log tells a content")
	}
	if b := auditor.get(page + "?nature=account.suspended&du=2026-11-24&au=2026-11-24"); strings.Count(b.body, "<tr role") != 2 {
		t.Error("the filter finds other than one entry")
	}
	if b := auditor.get(page + "?du=hier"); b.status != http.StatusNotFound {
		t.Errorf("a day that is none answered %d", b.status)
	}
	table := auditor.get(page + "/tableau")
	if !strings.HasPrefix(table.body, "seq,at,kind") || !strings.Contains(table.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the table comes as %v", table.header)
	}
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM audit_entries WHERE kind = 'audit.read'`); n != 3 {
		t.Errorf("%d readings are noted, want 3", n)
	}
	if n, head, err := h.Audit.Verify(t.Context()); err != nil || n < 10 || len(head) != 64 {
		t.Errorf("%d entries, %q: %v", n, head, err)
	}
	if a := auditor.get("/espaces/demat-ads"); strings.Contains(a.body, "Derniers billets") {
		t.Error("an auditor reads a space")
	}
}

// TestAChangedLogIsFound: whatever is changed behind the program's back.
func TestAChangedLogIsFound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		statements []string
		first      int64
	}{
		"a kind":     {[]string{`UPDATE audit_entries SET kind = 'account.created' WHERE seq = 3`}, 3},
		"a time":     {[]string{`UPDATE audit_entries SET at = at + 1 WHERE seq = 3`}, 3},
		"a person":   {[]string{`UPDATE audit_entries SET account_id = NULL, subject_id = NULL WHERE seq = 3`}, 3},
		"one gone":   {[]string{`DELETE FROM audit_entries WHERE seq = 3`}, 3},
		"cut off":    {[]string{`DELETE FROM audit_entries WHERE seq > 3`}, 4},
		"swapped":    {[]string{`UPDATE audit_entries SET seq = 1000 WHERE seq = 3`, `UPDATE audit_entries SET seq = 3 WHERE seq = 4`, `UPDATE audit_entries SET seq = 4 WHERE seq = 1000`}, 3},
		"its digest": {[]string{`UPDATE audit_entries SET hash = prev WHERE seq = 3`}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.log(t, 8)
			for _, statement := range change.statements[:1] {
				if err := h.DB.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), statement); return err }); err == nil {
					t.Fatalf("the database lets the log be changed: %s", statement)
				}
			}
			h.write(func(ctx context.Context, tx *db.Tx) error {
				drop := []string{`DROP TRIGGER audit_entries_keep`, `DROP TRIGGER audit_entries_stay`}
				if h.DB.Engine() == db.Postgres {
					drop = []string{`DROP TRIGGER audit_entries_keep ON audit_entries`}
				}
				for _, statement := range append(drop, change.statements...) {
					if _, err := tx.Exec(ctx, statement); err != nil {
						return err
					}
				}
				return nil
			})
			var broken *audit.Broken
			if _, _, err := h.Audit.Verify(t.Context()); !errors.As(err, &broken) || broken.Seq != change.first {
				t.Errorf("verifying says %v, want entry %d", err, change.first)
			}
		})
	}
}

// log adds entries to the log.
func (h *house) log(t *testing.T, n int) {
	t.Helper()
	who := h.actor(lead).Account
	for i := range n {
		e := activity.Event{ID: id.New(), Kind: account.EventSignedIn, Account: who, Subject: who, At: h.clock.Now(), Detail: fmt.Sprint(i)}
		if err := h.Audit.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneChain: entries that come at once, some twice, make one chain.
func TestOneChain(t *testing.T) {
	t.Parallel()
	h := open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				e := activity.Event{ID: id.New(), Kind: account.EventSignedIn, At: time.UnixMilli(1)}
				for range 2 {
					if err := h.Audit.Record(context.WithoutCancel(t.Context()), e); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if n, _, err := h.Audit.Verify(t.Context()); err != nil || n != 40 {
		t.Errorf("%d entries: %v", n, err)
	}
}
