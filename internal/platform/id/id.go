package id

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// ID is a UUIDv7. It is kept as BLOB(16) on SQLite and uuid on PostgreSQL; the
// zero ID is SQL NULL.
type ID [16]byte

// New returns a fresh id. It panics only if the system has no randomness left,
// as crypto/rand does.
func New() ID { return ID(uuid.Must(uuid.NewV7())) }

// Parse reads the canonical form of 36 characters, in either case. Any other
// form is an error.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return ID{}, fmt.Errorf("id: %d characters, want 36", len(s))
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return ID{}, fmt.Errorf("id: %w", err)
	}
	return ID(u), nil
}

// String writes the canonical form: 36 characters, lower case.
func (i ID) String() string { return uuid.UUID(i).String() }

// IsZero tells whether the id is the zero value, which no row has.
func (i ID) IsZero() bool { return i == ID{} }

// MarshalText writes the canonical form; the zero id is the empty text.
func (i ID) MarshalText() ([]byte, error) {
	if i.IsZero() {
		return nil, nil
	}
	return []byte(i.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (i *ID) UnmarshalText(b []byte) error {
	return i.setText(string(b))
}

func (i *ID) setText(s string) error {
	if s == "" {
		*i = ID{}
		return nil
	}
	parsed, err := Parse(s)
	if err != nil {
		return err
	}
	*i = parsed
	return nil
}

// Value gives a driver the 16 bytes, or NULL for the zero id.
func (i ID) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i[:], nil
}

// Scan reads what a driver gives: 16 bytes (SQLite), the canonical text
// (PostgreSQL), or NULL for the zero id.
func (i *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ID{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(i[:], v)
			return nil
		}
		return i.UnmarshalText(v)
	case string:
		return i.setText(v)
	case [16]byte:
		*i = v
		return nil
	}
	return fmt.Errorf("id: cannot read a %T", src)
}
