package id_test

import (
	"testing"

	"ruche/internal/platform/id"
)

func TestNewIsVersion7AndNeverTwice(t *testing.T) {
	seen := map[id.ID]bool{}
	for range 10_000 {
		i := id.New()
		if i[6]>>4 != 7 || i[8]>>6 != 2 {
			t.Fatalf("%s is no UUIDv7", i)
		}
		if seen[i] {
			t.Fatalf("%s twice", i)
		}
		seen[i] = true
	}
}

func TestTextRoundTrip(t *testing.T) {
	i := id.New()
	got, err := id.Parse(i.String())
	if err != nil || got != i {
		t.Fatalf("Parse(%s) = %s, %v", i, got, err)
	}
	for _, bad := range []string{"", "x", "{" + i.String() + "}", "urn:uuid:" + i.String(), i.String() + "0", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"} {
		if _, err := id.Parse(bad); err == nil {
			t.Errorf("Parse(%q) gave no error", bad)
		}
	}
}

func TestScanReadsEveryDriverForm(t *testing.T) {
	i := id.New()
	for _, src := range []any{i[:], i.String(), []byte(i.String()), [16]byte(i)} {
		var got id.ID
		if err := got.Scan(src); err != nil || got != i {
			t.Errorf("Scan(%T) = %s, %v", src, got, err)
		}
	}
	got := i
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(nil) = %s, %v", got, err)
	}
	if err := got.Scan(12); err == nil {
		t.Error("Scan(12) gave no error")
	}
	if v, err := (id.ID{}).Value(); v != nil || err != nil {
		t.Errorf("Value of zero = %v, %v", v, err)
	}
}
