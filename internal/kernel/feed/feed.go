package feed

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Make gives a person the address of a feed, in place of the one they had; its token is
// shown once. The caller has checked that they may read
// the service.
func Make(ctx context.Context, tx *db.Tx, person, space id.ID, service int, now time.Time) (token string, err error) {
	token = account.NewToken()
	_, err = tx.Exec(ctx, `INSERT INTO feed_tokens (account_id, space_id, service, token_hash, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, space_id, service) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at`,
		person, space, service, account.TokenHash(token), clock.Millis(now))
	if err != nil {
		return "", fmt.Errorf("making a feed: %w", err)
	}
	return token, nil
}

// Close ends the feed of a person at once; one that is not there is no error.
func Close(ctx context.Context, tx *db.Tx, person, space id.ID, service int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM feed_tokens WHERE account_id = $1 AND space_id = $2 AND service = $3`, person, space, service); err != nil {
		return fmt.Errorf("closing a feed: %w", err)
	}
	return nil
}

// Since is when the address that a person has was made; zero for none.
func Since(ctx context.Context, tx *db.Tx, person, space id.ID, service int) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, `SELECT created_at FROM feed_tokens WHERE account_id = $1 AND space_id = $2 AND service = $3`, person, space, service).Scan(&at)
	if db.IsNoRows(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("looking for a feed: %w", err)
	}
	return clock.FromMillis(at), nil
}

// Opened tells whose feed a token opens, and of what. fault.NotFound for one that is
// none, and while the account may not be used.
func Opened(ctx context.Context, tx *db.Tx, token string, now time.Time) (who account.Account, space id.ID, service int, err error) {
	var person id.ID
	err = tx.QueryRow(ctx, `SELECT account_id, space_id, service FROM feed_tokens WHERE token_hash = $1`, account.TokenHash(token)).Scan(&person, &space, &service)
	if db.IsNoRows(err) {
		return who, space, 0, fault.NotFoundError()
	}
	if err != nil {
		return who, space, 0, fmt.Errorf("opening a feed: %w", err)
	}
	if who, err = account.ByID(ctx, tx, person); err == nil && !who.Usable(now) {
		err = fault.NotFoundError()
	}
	return who, space, service, err
}
