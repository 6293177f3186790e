package access

import (
	"context"
	"fmt"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// ScopeID numbers a scope: one (space, service, audience), whose published items
// all have the same readers.
type ScopeID int64

// Scope returns the scope of a service of a space, for all its readers when
// audience is zero, and makes it when it is the first of its kind. The caller
// holds the space's lock.
func Scope(ctx context.Context, tx *db.Tx, space id.ID, service int, audience id.ID) (ScopeID, error) {
	b := db.NewBuilder().Add(`SELECT id FROM scopes WHERE space_id = ? AND service = ? AND audience_id`, space, service)
	if audience.IsZero() {
		b.Add(` IS NULL`)
	} else {
		b.Add(` = ?`, audience)
	}
	query, args, err := b.Build()
	if err != nil {
		return 0, err
	}
	var scope ScopeID
	err = tx.QueryRow(ctx, query, args...).Scan(&scope)
	if db.IsNoRows(err) {
		err = tx.QueryRow(ctx, `INSERT INTO scopes (space_id, service, audience_id, last_at) VALUES ($1, $2, $3, 0) RETURNING id`, space, service, audience).Scan(&scope)
	}
	if err != nil {
		return 0, fmt.Errorf("finding a scope: %w", err)
	}
	return scope, nil
}

// Refresh writes anew which published item is the newest of each of the scopes,
// and of their space. It is called by whoever changed the state, the time or the
// scope of an item, in the same transaction, under the space's lock.
func Refresh(ctx context.Context, tx *db.Tx, space id.ID, scopes ...ScopeID) error {
	for _, scope := range scopes { // one or two: where an item was, where it is
		if err := refresh(ctx, tx, scope); err != nil {
			return err
		}
	}
	var at int64
	var last id.ID
	err := tx.QueryRow(ctx, `SELECT last_at, last_id FROM scopes WHERE space_id = $1 ORDER BY last_at DESC, last_id DESC LIMIT 1`, space).Scan(&at, &last)
	if err != nil {
		return fmt.Errorf("finding the newest item of a space: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE space_access SET last_at = $1, last_id = $2 WHERE space_id = $3`, at, last, space)
	if err != nil {
		return fmt.Errorf("noting the newest item of a space: %w", err)
	}
	return nil
}

func refresh(ctx context.Context, tx *db.Tx, scope ScopeID) error {
	var at int64
	var last id.ID
	err := tx.QueryRow(ctx, `SELECT published_at, id FROM items WHERE scope_id = $1 AND state = 2 ORDER BY published_at DESC, id DESC LIMIT 1`, scope).Scan(&at, &last)
	if err != nil && !db.IsNoRows(err) {
		return fmt.Errorf("finding the newest item of a scope: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE scopes SET last_at = $1, last_id = $2 WHERE id = $3`, at, last, scope); err != nil {
		return fmt.Errorf("noting the newest item of a scope: %w", err)
	}
	return nil
}
