package people

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

// linkLife is how long a link for a new password works.
const linkLife = time.Hour

// newLink keeps the hash of a new link and returns its token, which is kept
// nowhere but in the mail. It sweeps links that are over, a hundred at most.
func newLink(ctx context.Context, tx *db.Tx, who id.ID, now time.Time) (string, error) {
	_, err := tx.Exec(ctx, `DELETE FROM people_password_links WHERE hash IN
		(SELECT hash FROM people_password_links WHERE expires_at <= $1 LIMIT 100)`, clock.Millis(now))
	if err != nil {
		return "", fmt.Errorf("sweeping password links: %w", err)
	}
	token := account.NewToken()
	_, err = tx.Exec(ctx, `INSERT INTO people_password_links (hash, account_id, expires_at, used_at) VALUES ($1, $2, $3, 0)`,
		account.TokenHash(token), who, clock.Millis(now.Add(linkLife)))
	if err != nil {
		return "", fmt.Errorf("keeping a password link: %w", err)
	}
	return token, nil
}

// byLink returns the active account of a link that still works. Any other link
// is fault.NotFound.
func byLink(ctx context.Context, tx *db.Tx, token string, now time.Time) (account.Account, error) {
	var who id.ID
	err := tx.QueryRow(ctx, `SELECT account_id FROM people_password_links WHERE hash = $1 AND used_at = 0 AND expires_at > $2`,
		account.TokenHash(token), clock.Millis(now)).Scan(&who)
	if db.IsNoRows(err) {
		return account.Account{}, fault.NotFoundError()
	}
	if err != nil {
		return account.Account{}, fmt.Errorf("reading a password link: %w", err)
	}
	a, err := account.ByID(ctx, tx, who)
	if err == nil && !a.Usable(now) {
		return account.Account{}, fault.NotFoundError()
	}
	return a, err
}

// takeLink uses a link up, once: of two that try, one gets fault.NotFound.
func takeLink(ctx context.Context, tx *db.Tx, token string, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE people_password_links SET used_at = $1 WHERE hash = $2 AND used_at = 0 AND expires_at > $1`,
		clock.Millis(now), account.TokenHash(token))
	if err != nil {
		return fmt.Errorf("using a password link: %w", err)
	}
	if n == 0 {
		return fault.NotFoundError()
	}
	return nil
}

// endLinks makes every open link of an account useless.
func endLinks(ctx context.Context, tx *db.Tx, who id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE people_password_links SET used_at = $1 WHERE account_id = $2 AND used_at = 0`, clock.Millis(now), who)
	if err != nil {
		return fmt.Errorf("ending password links: %w", err)
	}
	return nil
}
