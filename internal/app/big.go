package app

import (
	"context"
	"errors"
	"fmt"

	"ruche/internal/app/bulk"
	"ruche/internal/features/people"
	"ruche/internal/kernel/account"
	"ruche/internal/platform/db"
)

// DemoPassword is the password of the accounts of a demonstration.
const DemoPassword = people.DemoPassword

// LoadBig loads the big demonstration into a database without accounts: 25,000
// people, 20,000 spaces, a million posts. progress is told what was just made. It
// tells whether it did; one that was interrupted is to be thrown away.
func (a *App) LoadBig(ctx context.Context, progress func(what string, n int)) (loaded bool, err error) {
	n := 0
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) { n, err = account.Count(ctx, tx); return err })
	if err != nil || n > 0 {
		return false, err
	}
	posts := a.Registry.ByPath("blog")
	if posts == nil {
		return false, errors.New("the big demonstration is of posts, and this program has no blog")
	}
	hash, err := a.Hasher.Hash(people.DemoPassword)
	if err != nil {
		return false, err
	}
	if _, err := bulk.Load(ctx, a.DB, bulk.Options{Size: bulk.Big(), Service: posts.Bit, Seed: 1, Now: a.Clock.Now(), Password: hash, Progress: progress}); err != nil {
		return false, fmt.Errorf("loading the big demonstration: %w", err)
	}
	return true, nil
}
