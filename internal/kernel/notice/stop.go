package notice

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Stopper makes the addresses by which a mail is stopped from within it, without signing
// in: the List-Unsubscribe of RFC 2369 and the one click of RFC 8058. Such an address
// stops the mails of one person about one item, or their digests, and does nothing else.
type Stopper struct{ key []byte }

// NewStopper derives the key from the secret of the instance, by HKDF (RFC 5869).
func NewStopper(secret []byte) (Stopper, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "ruche notice stop 1", sha256.Size)
	if err != nil {
		return Stopper{}, fmt.Errorf("deriving the key of addresses that stop mails: %w", err)
	}
	return Stopper{key}, nil
}

const tagSize = 16 // bytes of the 32 of HMAC-SHA-256, as RFC 2104 allows

// Token is the last part of such an address; the zero item stands for digests.
func (s Stopper) Token(account, item id.ID) string {
	text := append(append([]byte{}, account[:]...), item[:]...)
	return base64.RawURLEncoding.EncodeToString(append(text, s.tag(text)...))
}

// Read tells what a token stops; ok is false for one that was never given.
func (s Stopper) Read(token string) (account, item id.ID, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != len(account)+len(item)+tagSize {
		return account, item, false
	}
	text, tag := raw[:len(raw)-tagSize], raw[len(raw)-tagSize:]
	if !hmac.Equal(tag, s.tag(text)) {
		return account, item, false
	}
	copy(account[:], text)
	copy(item[:], text[len(account):])
	return account, item, true
}

func (s Stopper) tag(text []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(text)
	return h.Sum(nil)[:tagSize]
}

// StopDigests has someone who is mailed by digests not be mailed of it any more, in all
// spaces; what they are mailed at once stays.
func StopDigests(ctx context.Context, tx *db.Tx, account id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE notice_rhythms SET rhythm = $1 WHERE account_id = $2 AND rhythm IN ($3, $4)`, string(Never), account, string(Daily), string(Weekly))
	if err != nil {
		return fmt.Errorf("stopping digests: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE notices SET mail_due = 0 WHERE account_id = $1 AND mail_due <> 0`, account); err != nil {
		return fmt.Errorf("stopping digests: %w", err)
	}
	return nil
}
