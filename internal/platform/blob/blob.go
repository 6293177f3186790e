package blob

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"syscall"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Digest names a blob: the SHA-256 of its bytes.
type Digest [sha256.Size]byte

// String writes a digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero tells whether there is no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// Parse reads what String writes.
func Parse(s string) (d Digest, err error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(d) {
		return d, fmt.Errorf("%q is no digest", s)
	}
	copy(d[:], raw)
	return d, nil
}

// Value writes a digest to the database: bytes, NULL for none.
func (d Digest) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // NULL
	}
	return d[:], nil
}

// Scan reads a digest from the database.
func (d *Digest) Scan(v any) error {
	*d = Digest{}
	switch v := v.(type) {
	case nil:
		return nil
	case []byte:
		if len(v) == len(d) {
			copy(d[:], v)
			return nil
		}
	}
	return fmt.Errorf("%T is no digest", v)
}

// Info is what Put kept.
type Info struct {
	Digest Digest
	Size   int64 // bytes
}

// Orphan is how long a blob that no row speaks of is kept after it was last put,
// and an upload that was cut, after it began.
const Orphan = 24 * time.Hour

const (
	staging = "staging"
	kept    = "sha256"
)

// Store keeps blobs in a folder. It is safe for concurrent use; two programs on one
// folder are safe too, but for Sweep, which one of them runs.
type Store struct {
	root *os.Root
	// names guards what has a name against a sweep that is about to remove it.
	names sync.Mutex
	// step is called before each step of Put in tests, to make it fail.
	step func(name string) error
}

// Open opens the folder, and makes it when it is absent.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of files: %w", err)
	}
	s := &Store{root: root, step: func(string) error { return nil }}
	for _, name := range []string{staging, kept} {
		if err := root.MkdirAll(name, 0o700); err != nil {
			return nil, fmt.Errorf("making the folder of files: %w", err)
		}
	}
	return s, nil
}

// Close releases the folder.
func (s *Store) Close() error { return s.root.Close() }

// nameOf fans blobs out over 65,536 folders.
func nameOf(d Digest) string {
	h := d.String()
	return path.Join(kept, h[:2], h[2:4], h)
}

// Put keeps what r gives, up to limit bytes, and returns once it is on the disk
// under its name. fault.TooLarge past the limit, fault.Full when the disk has no
// room, fault.Unavailable when it fails; nothing is kept then.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Info, error) {
	name := path.Join(staging, id.New().String())
	info, err := s.stage(ctx, name, r, limit)
	if err == nil {
		err = s.adopt(name, info.Digest)
	}
	if err != nil {
		_ = s.root.Remove(name) // what is left is swept
		return Info{}, sorted(err)
	}
	return info, nil
}

// stage writes the bytes to a file without a name that anyone knows.
func (s *Store) stage(ctx context.Context, name string, r io.Reader, limit int64) (info Info, err error) {
	if err := s.step("create"); err != nil {
		return info, err
	}
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	info.Size, err = io.Copy(&sink{file: f, hash: h, step: s.step}, &bounded{ctx: ctx, r: r, left: limit})
	if err != nil {
		return info, err
	}
	if err := s.step("sync"); err != nil {
		return info, err
	}
	if err := f.Sync(); err != nil {
		return info, err
	}
	h.Sum(info.Digest[:0])
	return info, nil
}

// adopt gives a staged file its name. A blob that is there already is touched, so
// that a sweep that was about to remove it does not.
func (s *Store) adopt(staged string, d Digest) error {
	s.names.Lock()
	defer s.names.Unlock()
	name := nameOf(d)
	if _, err := s.root.Stat(name); err == nil {
		now := clock.System().Now() // as Sweep reads it, whatever time tests set elsewhere
		if err := s.root.Chtimes(name, now, now); err != nil {
			return err
		}
		return s.root.Remove(staged)
	}
	if err := s.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	if err := s.step("rename"); err != nil {
		return err
	}
	if err := s.root.Rename(staged, name); err != nil {
		return err
	}
	// The name itself must outlive a power cut, and so must the folders above it.
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if err := s.syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) syncDir(name string) error {
	if err := s.step("syncdir"); err != nil {
		return err
	}
	dir, err := s.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// sorted gives a failure its kind.
func sorted(err error) error {
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.Wrap(fault.Full, err, "fault.full")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errSource):
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fault.Wrap(fault.Unavailable, err, "fault.unavailable")
}

// errSource marks a failure of what is read, not of the disk.
var errSource = errors.New("blob: the source failed")

// bounded reads up to a limit, and marks where an error comes from.
type bounded struct {
	ctx  context.Context //nolint:containedctx // it lives for one Put
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more tells the end from too much
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fault.New(fault.TooLarge, "fault.too_large")
	}
	if err != nil && !errors.Is(err, io.EOF) && fault.KindOf(err) == fault.Internal {
		err = errors.Join(errSource, err)
	}
	return n, err
}

// sink writes to the file and to the hash.
type sink struct {
	file *os.File
	hash hash.Hash
	step func(string) error
}

func (s *sink) Write(p []byte) (int, error) {
	if err := s.step("write"); err != nil {
		return 0, err
	}
	n, err := s.file.Write(p)
	s.hash.Write(p[:n])
	return n, err
}

// Open opens a blob. The error is fs.ErrNotExist where it is none.
func (s *Store) Open(d Digest) (*os.File, error) {
	f, err := s.root.Open(nameOf(d))
	if err != nil {
		return nil, fmt.Errorf("opening a blob: %w", err)
	}
	return f, nil
}

// ErrDamaged says that the bytes of a blob are not those that its name promises.
var ErrDamaged = errors.New("blob: the bytes are not those that were kept")

// Verify reads a blob whole and compares its bytes with its name. ErrDamaged where
// they differ, fs.ErrNotExist where it is none.
func (s *Store) Verify(d Digest) error {
	f, err := s.Open(d)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("reading a blob: %w", err)
	}
	if Digest(h.Sum(nil)) != d {
		return ErrDamaged
	}
	return nil
}

// Sweep removes blobs last put before an instant that known does not know, and
// uploads that began before it and were cut. known is asked of each such blob, just
// before it goes. It returns how many files went.
func (s *Store) Sweep(ctx context.Context, before time.Time, known func(ctx context.Context, d Digest) (bool, error)) (gone int, err error) {
	err = fs.WalkDir(s.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		removed, err := s.sweepOne(ctx, name, before, known)
		if removed {
			gone++
		}
		return err
	})
	if err != nil {
		return gone, fmt.Errorf("sweeping blobs: %w", err)
	}
	return gone, nil
}

func (s *Store) sweepOne(ctx context.Context, name string, before time.Time, known func(ctx context.Context, d Digest) (bool, error)) (bool, error) {
	s.names.Lock()
	defer s.names.Unlock()
	info, err := s.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // adopted or removed meanwhile
	}
	if err != nil || !info.ModTime().Before(before) {
		return false, err
	}
	if d, perr := Parse(path.Base(name)); perr == nil {
		if is, err := known(ctx, d); err != nil || is {
			return false, err
		}
	} else if path.Dir(name) != staging {
		return false, nil // no file of ours
	}
	return true, s.root.Remove(name)
}
