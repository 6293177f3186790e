package notice_test

import (
	"strings"
	"testing"

	"ruche/internal/kernel/notice"
	"ruche/internal/platform/id"
)

// TestAStopIsForOnePerson: a token that is changed in any byte, cut, or of another
// instance stops nothing.
func TestAStopIsForOnePerson(t *testing.T) {
	t.Parallel()
	mine, other := stopper(t, "a"), stopper(t, "b")
	account, item := id.New(), id.New()
	token := mine.Token(account, item)
	if a, i, ok := mine.Read(token); !ok || a != account || i != item {
		t.Fatalf("a token reads %s %s %v", a, i, ok)
	}
	if _, i, ok := mine.Read(mine.Token(account, id.ID{})); !ok || !i.IsZero() {
		t.Error("a token for digests does not read")
	}
	if _, _, ok := other.Read(token); ok {
		t.Error("another instance takes it")
	}
	for n := range token {
		changed := token[:n] + string(rune('A'+(token[n]+1)%26)) + token[n+1:]
		if changed == token {
			continue
		}
		if _, _, ok := mine.Read(changed); ok {
			t.Errorf("changed at %d, it still reads", n)
		}
		if _, _, ok := mine.Read(token[:n]); ok {
			t.Errorf("cut at %d, it still reads", n)
		}
	}
}

func stopper(t *testing.T, secret string) notice.Stopper {
	t.Helper()
	s, err := notice.NewStopper([]byte(strings.Repeat(secret, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
