package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"ruche/internal/platform/blob"
	"ruche/internal/platform/fault"
)

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// files counts the files under the folder.
func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func put(t *testing.T, s *blob.Store, text string) blob.Info {
	t.Helper()
	info, err := s.Put(t.Context(), strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestPutKeepsOnce(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	info := put(t, s, "bonjour")
	if info.Digest != sha256.Sum256([]byte("bonjour")) || info.Size != 7 {
		t.Errorf("it was kept as %v", info)
	}
	put(t, s, "bonjour")
	put(t, s, "")
	if n := files(t, dir); n != 2 {
		t.Errorf("%d files were kept, want 2", n)
	}
	f, err := s.Open(info.Digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil || string(got) != "bonjour" {
		t.Errorf("%q came back: %v", got, err)
	}
	if _, err := s.Open(blob.Digest{1}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a blob that is none: %v", err)
	}
	if back, err := blob.Parse(info.Digest.String()); err != nil || back != info.Digest {
		t.Errorf("%s is read as %s: %v", info.Digest, back, err)
	}
}

// TestNothingIsKeptOfWhatFails: whatever step fails, no file is left and no name
// is given, and the reason has its kind.
func TestNothingIsKeptOfWhatFails(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]fault.Kind{"create": fault.Unavailable, "write": fault.Full, "sync": fault.Unavailable, "rename": fault.Unavailable} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, dir := open(t)
			cause := error(syscall.EIO)
			if want == fault.Full {
				cause = syscall.ENOSPC
			}
			s.FailAt(name, cause)
			_, err := s.Put(t.Context(), strings.NewReader("bonjour"), 100)
			if fault.KindOf(err) != want || !errors.Is(err, cause) {
				t.Errorf("%v (%v)", err, fault.KindOf(err))
			}
			if n := files(t, dir); n != 0 {
				t.Errorf("%d files are left", n)
			}
			s.FailAt("", nil)
			put(t, s, "bonjour")
		})
	}
	s, dir := open(t)
	s.FailAt("syncdir", syscall.EIO)
	if _, err := s.Put(t.Context(), strings.NewReader("x"), 100); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a folder that is not synced: %v", err)
	}
	s.FailAt("", nil)
	if _, err := s.Put(t.Context(), strings.NewReader("quatre"), 5); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("six bytes of five: %v", err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader("cinq."), 5); err != nil {
		t.Errorf("five bytes of five: %v", err)
	}
	if _, err := s.Put(t.Context(), iotest.ErrReader(io.ErrUnexpectedEOF), 5); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a source that is cut: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, strings.NewReader("x"), 5); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that is gone: %v", err)
	}
	if n := files(t, filepath.Join(dir, "staging")); n != 0 {
		t.Errorf("%d uploads are left", n)
	}
}

func TestVerifyNamesDamage(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	info := put(t, s, "bonjour")
	if err := s.Verify(info.Digest); err != nil {
		t.Errorf("a blob that is whole: %v", err)
	}
	h := info.Digest.String()
	if err := os.WriteFile(filepath.Join(dir, "sha256", h[:2], h[2:4], h), []byte("bonsoir"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(info.Digest); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("a blob that is damaged: %v", err)
	}
}

// TestSweep: what a row speaks of stays, what is young stays, what is put again
// stays, and a file that is not ours stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	spoken, orphan, again := put(t, s, "spoken of"), put(t, s, "orphan"), put(t, s, "put again")
	old := time.Now().Add(-48 * time.Hour)
	for _, d := range []blob.Digest{spoken.Digest, orphan.Digest, again.Digest} {
		h := d.String()
		if err := os.Chtimes(filepath.Join(dir, "sha256", h[:2], h[2:4], h), old, old); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "put again")
	put(t, s, "young")
	for _, name := range []string{"staging/cut", "sha256/README"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := s.Sweep(t.Context(), time.Now().Add(-blob.Orphan), func(_ context.Context, d blob.Digest) (bool, error) { return d == spoken.Digest, nil })
	if err != nil || gone != 2 {
		t.Errorf("%d files went: %v", gone, err)
	}
	if _, err := s.Open(orphan.Digest); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an orphan stays")
	}
	if n := files(t, dir); n != 4 {
		t.Errorf("%d files are left, want 4", n)
	}
}

func TestManyPutTheSame(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	body := bytes.Repeat([]byte("octets "), 20_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Put(t.Context(), bytes.NewReader(body), 1<<20); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := files(t, dir); n != 1 {
		t.Errorf("%d files were kept", n)
	}
}
