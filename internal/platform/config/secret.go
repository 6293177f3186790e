package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// secretFile is the generated secret in the data folder.
const secretFile = "secret"

// SecretKey returns the bytes from which keys are derived: RUCHE_SECRET, or
// else the secret of the data folder, which it makes at the first call, with
// the folder, both closed to other users of the machine. It returns an error
// for a file that is damaged or cannot be read or written.
func (c Config) SecretKey() ([]byte, error) {
	if c.Secret != "" {
		return []byte(c.Secret), nil
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder (RUCHE_DATA_DIR): %w", err)
	}
	path := filepath.Join(c.DataDir, secretFile)
	if err := makeSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the secret (RUCHE_SECRET): %w", err)
	}
	text, err := readBounded(path, maxSecretFile)
	if err != nil {
		return nil, fmt.Errorf("read the secret (RUCHE_SECRET): %w", err)
	}
	text = strings.TrimSpace(text)
	if _, err := parseSecret(text); err != nil {
		return nil, fmt.Errorf("the secret in %s is damaged: %w; restore it, or remove it and have everybody sign in again", path, err)
	}
	return []byte(text), nil
}

// makeSecret writes a new secret under the path unless something stands there.
// It appears whole or not at all: written aside, synced, then linked, which
// unlike a rename fails when another process was faster.
func makeSecret(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), secretFile+"-*") // opened with mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	err = os.Link(f.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// Some file systems have no links; a race there has its last win.
		return os.Rename(f.Name(), path)
	}
	return errors.Join(err, os.Remove(f.Name()))
}
