package kernel_test

import (
	"testing"
	"time"

	"ruche/internal/kernel"
	"ruche/internal/kernel/account"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// TestWhatWasProvenIsProvenAgain: a password checked before the transaction that
// opens the session is worth nothing once the account is suspended, expired, or
// has another password.
func TestWhatWasProvenIsProvenAgain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var who account.Account
	write := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := d.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) (err error) {
		who, err = account.Create(ctx, tx, account.New{Email: "x@exemple.fr", Name: "X", Class: account.External, ExpiresAt: now.Add(24 * time.Hour)}, now)
		if err != nil {
			return err
		}
		return account.SetPassword(ctx, tx, who.ID, "first", id.ID{}, now)
	})
	proven := func(hash string, at time.Time) (ok bool) {
		t.Helper()
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := account.Proven(ctx, tx, who.ID, hash, at)
			return err
		})
		if err != nil && fault.KindOf(err) != fault.Unauthenticated {
			t.Fatal(err)
		}
		return err == nil
	}
	if !proven("first", now) {
		t.Error("the password that was checked proves nothing")
	}
	if proven("", now) || proven("other", now) || proven("first", now.Add(24*time.Hour)) {
		t.Error("nothing, another password, or an expired account is proof")
	}
	write(func(tx *db.Tx) error { return account.SetPassword(ctx, tx, who.ID, "second", id.ID{}, now) })
	if proven("first", now) || !proven("second", now) {
		t.Error("the password of before is proof")
	}
	write(func(tx *db.Tx) error { return account.SetState(ctx, tx, who.ID, account.Suspended) })
	if proven("second", now) {
		t.Error("a suspended account is proven")
	}
}
