package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// NewToken makes what opens something to whoever holds it: 32 random bytes in
// base64url. It is shown once, and only its TokenHash is kept.
func NewToken() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// TokenHash is what is kept of a token: its SHA-256.
func TokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
