package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"ruche/internal/platform/fault"
)

func TestKindSurvivesWrapping(t *testing.T) {
	inner := fault.InvalidFields(fault.Field{Name: "title", Key: "blog.title.empty"})
	err := fmt.Errorf("publishing: %w", inner)
	if got := fault.KindOf(err); got != fault.Invalid {
		t.Fatalf("KindOf = %v, want invalid", got)
	}
	if f := fault.FieldsOf(err); len(f) != 1 || f[0].Name != "title" {
		t.Fatalf("FieldsOf = %v", f)
	}
}

func TestAnUnknownErrorIsInternal(t *testing.T) {
	if got := fault.KindOf(errors.New("boom")); got != fault.Internal {
		t.Fatalf("KindOf = %v, want internal", got)
	}
	if got := fault.FieldsOf(nil); got != nil {
		t.Fatalf("FieldsOf(nil) = %v", got)
	}
}

func TestTheCauseIsReached(t *testing.T) {
	cause := errors.New("disk full")
	err := fault.Wrap(fault.Unavailable, cause, "fault.unavailable")
	if !errors.Is(err, cause) {
		t.Fatal("errors.Is does not find the cause")
	}
}
