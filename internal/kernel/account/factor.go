package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

const (
	// RecoveryCodes is how many codes one is given to enter without one's application.
	RecoveryCodes = 10
	// beginLife is how long a factor that was begun waits for its first code.
	beginLife = time.Hour
	// period is how long a code is shown, in seconds.
	period = 30
	// keySize is that of a key, in bytes (RFC 4226, section 4: 20 recommended).
	keySize = 20
)

// ways are what every application reads: SHA-1, six digits, thirty seconds (RFC 6238).
func ways() totp.ValidateOpts {
	return totp.ValidateOpts{Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
}

// Vault seals the keys of second factors: who reads the database alone can make no code.
type Vault struct{ aead cipher.AEAD }

// NewVault derives the key of a vault from the secret of the instance.
func NewVault(secret []byte) (*Vault, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "ruche second factor 1", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of second factors: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of second factors: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of second factors: %w", err)
	}
	return &Vault{aead}, nil
}

// seal seals a key for its account alone.
func (v *Vault) seal(account id.ID, key []byte) []byte {
	return v.aead.Seal(nil, nil, key, account[:]) // #nosec G407 -- this AEAD makes its nonce itself, at random
}

func (v *Vault) open(account id.ID, sealed []byte) ([]byte, error) {
	return v.aead.Open(nil, nil, sealed, account[:])
}

// Factor is what an account asks for beside its password: a code of an application,
// which changes with the time (TOTP, RFC 6238).
type Factor struct {
	// Since is when it was confirmed; zero where there is none.
	Since time.Time
	// CodesLeft is how many recovery codes were not used.
	CodesLeft int
}

// FactorOf reads the second factor of an account, the zero Factor where there is none.
func FactorOf(ctx context.Context, tx *db.Tx, account id.ID) (Factor, error) {
	var since int64
	var f Factor
	err := tx.QueryRow(ctx, `SELECT f.confirmed_at, (SELECT COUNT(*) FROM recovery_codes c WHERE c.account_id = f.account_id AND c.used_at = 0)
		FROM second_factors f WHERE f.account_id = $1 AND f.confirmed_at > 0`, account).Scan(&since, &f.CodesLeft)
	if db.IsNoRows(err) {
		return Factor{}, nil
	}
	if err != nil {
		return Factor{}, fmt.Errorf("reading a second factor: %w", err)
	}
	f.Since = clock.FromMillis(since)
	return f, nil
}

// hasFactor tells whether a session of the account waits for a code.
func hasFactor(ctx context.Context, tx *db.Tx, account id.ID) (bool, error) {
	f, err := FactorOf(ctx, tx, account)
	return !f.Since.IsZero(), err
}

// BeginFactor makes a new key for an account, in place of one that was begun and not
// confirmed. fault.Conflict tells that there is a second factor already.
func BeginFactor(ctx context.Context, tx *db.Tx, v *Vault, account id.ID, now time.Time) error {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	begun, err := tx.Exec(ctx, `INSERT INTO second_factors (account_id, sealed, begun_at, confirmed_at, last_step) VALUES ($1, $2, $3, 0, 0)
		ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, begun_at = excluded.begun_at WHERE second_factors.confirmed_at = 0`,
		account, v.seal(account, key), clock.Millis(now))
	if err != nil {
		return fmt.Errorf("beginning a second factor: %w", err)
	}
	if begun == 0 {
		return fault.New(fault.Conflict, "account.factor.there")
	}
	return nil
}

// BegunFactor returns the key of a factor that waits for its first code, as an
// application reads it (otpauth), or nil where none does. issuer and label are the names
// under which the application keeps it.
func BegunFactor(ctx context.Context, tx *db.Tx, v *Vault, account id.ID, issuer, label string, now time.Time) (*otp.Key, error) {
	key, begun, err := readKey(ctx, tx, v, account, `confirmed_at = 0 AND begun_at > $2`, clock.Millis(now.Add(-beginLife)))
	if err != nil || !begun {
		return nil, err
	}
	o := ways()
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: label, Secret: key.raw, Period: o.Period, Digits: o.Digits, Algorithm: o.Algorithm})
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	return made, nil
}

// ConfirmFactor ends the beginning: from then on each session waits for a code. It ends
// all sessions but one, and returns the recovery codes, which are kept nowhere as they
// are. fault.Invalid with the field "code" where the code is not the key's, fault.Conflict
// where no factor waits for one.
func ConfirmFactor(ctx context.Context, tx *db.Tx, v *Vault, account id.ID, code string, keep id.ID, now time.Time) ([]string, error) {
	if err := lock(ctx, tx, account); err != nil {
		return nil, err
	}
	key, begun, err := readKey(ctx, tx, v, account, `confirmed_at = 0 AND begun_at > $2`, clock.Millis(now.Add(-beginLife)))
	if err != nil {
		return nil, err
	}
	if !begun {
		return nil, fault.New(fault.Conflict, "account.factor.not_begun")
	}
	step, err := key.step(code, now)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `UPDATE second_factors SET confirmed_at = $1, last_step = $2 WHERE account_id = $3`, clock.Millis(now), step, account); err != nil {
		return nil, fmt.Errorf("confirming a second factor: %w", err)
	}
	codes, err := NewRecoveryCodes(ctx, tx, account)
	if err != nil {
		return nil, err
	}
	return codes, EndSessions(ctx, tx, account, keep)
}

// ProveFactor checks a code of the application, or a recovery code, and uses it up: none
// is taken twice (RFC 6238, section 5.2). recovery tells that it was one of the latter.
// fault.Invalid with the field "code" otherwise.
func ProveFactor(ctx context.Context, tx *db.Tx, v *Vault, account id.ID, code string, now time.Time) (recovery bool, err error) {
	if err := lock(ctx, tx, account); err != nil {
		return false, err
	}
	key, there, err := readKey(ctx, tx, v, account, `confirmed_at > 0`)
	if err != nil {
		return false, err
	}
	if !there {
		return false, fault.New(fault.Conflict, "account.factor.none")
	}
	typed := plainCode(code)
	if len(typed) != ways().Digits.Length() {
		used, err := tx.Exec(ctx, `UPDATE recovery_codes SET used_at = $1 WHERE account_id = $2 AND hash = $3 AND used_at = 0`,
			clock.Millis(now), account, TokenHash(typed))
		if err != nil {
			return false, fmt.Errorf("using a recovery code: %w", err)
		}
		if used == 0 {
			return false, fault.InvalidFields(fault.Field{Name: "code", Key: "account.factor.wrong_recovery"})
		}
		return true, nil
	}
	step, err := key.step(typed, now)
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE second_factors SET last_step = $1 WHERE account_id = $2`, step, account); err != nil {
		return false, fmt.Errorf("using a code: %w", err)
	}
	return false, nil
}

// RemoveFactor takes the second factor of an account away, with its recovery codes. An
// account that has none is left as it is.
func RemoveFactor(ctx context.Context, tx *db.Tx, account id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_codes WHERE account_id = $1`, account); err != nil {
		return fmt.Errorf("removing recovery codes: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM second_factors WHERE account_id = $1`, account); err != nil {
		return fmt.Errorf("removing a second factor: %w", err)
	}
	return nil
}

// NewRecoveryCodes gives an account recovery codes in place of those that it had. They
// have 80 bits each, so that a plain hash keeps them.
func NewRecoveryCodes(ctx context.Context, tx *db.Tx, account id.ID) ([]string, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_codes WHERE account_id = $1`, account); err != nil {
		return nil, fmt.Errorf("removing recovery codes: %w", err)
	}
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		plain := strings.ToLower(rand.Text()[:16])
		if _, err := tx.Exec(ctx, `INSERT INTO recovery_codes (account_id, hash, used_at) VALUES ($1, $2, 0)`, account, TokenHash(plain)); err != nil {
			return nil, fmt.Errorf("keeping a recovery code: %w", err)
		}
		codes[i] = strings.Join([]string{plain[:4], plain[4:8], plain[8:12], plain[12:]}, "-")
	}
	return codes, nil
}

// factorKey is a key, and the last step of which a code was taken.
type factorKey struct {
	raw  []byte
	last int64
}

// readKey opens the key of an account, where its factor is as the condition says.
func readKey(ctx context.Context, tx *db.Tx, v *Vault, account id.ID, condition string, args ...any) (key factorKey, there bool, err error) {
	var sealed []byte
	err = tx.QueryRow(ctx, `SELECT sealed, last_step FROM second_factors WHERE account_id = $1 AND `+condition, append([]any{account}, args...)...).Scan(&sealed, &key.last)
	if db.IsNoRows(err) {
		return factorKey{}, false, nil
	}
	if err != nil {
		return factorKey{}, false, fmt.Errorf("reading a second factor: %w", err)
	}
	if key.raw, err = v.open(account, sealed); err != nil {
		return factorKey{}, false, fmt.Errorf("opening the key of a second factor, which another secret sealed: %w", err)
	}
	return key, true, nil
}

// step returns the step of which this is the code: now's, the one before or the one
// after, as clocks differ (RFC 6238, section 6), and none that was taken.
func (k factorKey) step(code string, now time.Time) (int64, error) {
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(k.raw)
	typed, current := plainCode(code), now.Unix()/period
	for step := current - 1; step <= current+1; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*period, 0), ways())
		if err != nil {
			return 0, fmt.Errorf("making a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(typed)) == 1 && step > k.last {
			return step, nil
		}
	}
	return 0, wrongCode()
}

// plainCode is a code as it was given, however it was typed.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(code)))
}

func wrongCode() error {
	return fault.InvalidFields(fault.Field{Name: "code", Key: "account.factor.wrong"})
}
