package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestImportsFollowTheHouse(t *testing.T) {
	t.Parallel()
	for _, line := range checkImports(list(t)) {
		t.Error(line)
	}
}

func TestPackagesAreNamedAfterWhatTheyHold(t *testing.T) {
	t.Parallel()
	for _, line := range checkNames(list(t)) {
		t.Error(line)
	}
}

func TestEveryPackageIsIntroduced(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		file := filepath.Join(p.Dir, "doc.go")
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Errorf("%s has no doc.go that says what it is for: %v", p.ImportPath, err)
			continue
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + filepath.Base(p.Dir) + " "
		}
		if parsed.Doc == nil || !strings.HasPrefix(parsed.Doc.Text(), want) {
			t.Errorf("%s: the comment in doc.go starts with %q", p.ImportPath, want)
		}
	}
}

// The rules are worth something only if they catch what they forbid.
func TestForbiddenImportsAreCaught(t *testing.T) {
	t.Parallel()
	cases := []struct {
		from, to string
		inTest   bool
		allowed  bool
	}{
		// 1. The platform knows no product.
		{"ruche/internal/platform/web", "ruche/internal/kernel/actor", false, false},
		{"ruche/internal/platform/web", "ruche/internal/ui", false, false},
		{"ruche/internal/platform/mail", "ruche/internal/features/people", false, false},
		{"ruche/internal/platform/web", "ruche/internal/platform/fault", false, true},
		{"ruche/internal/platform/db", "ruche/internal/testkit", true, true},
		{"ruche/internal/platform/db", "ruche/internal/kernel/space", true, false},
		// 2. The kernel only looks down.
		{"ruche/internal/kernel/account", "ruche/internal/kernel/space", false, false},
		{"ruche/internal/kernel/actor", "ruche/internal/kernel/activity", false, false},
		{"ruche/internal/kernel/access", "ruche/internal/kernel/content", false, false},
		{"ruche/internal/kernel/remark", "ruche/internal/kernel/follow", false, false},
		{"ruche/internal/kernel/content", "ruche/internal/kernel/access", false, true},
		{"ruche/internal/kernel/content", "ruche/internal/ui", false, false},
		{"ruche/internal/kernel/frame", "ruche/internal/ui", false, true},
		{"ruche/internal/kernel/frame", "ruche/internal/kernel/remark", false, true},
		{"ruche/internal/kernel", "ruche/internal/kernel/service", false, true},
		{"ruche/internal/kernel/service", "ruche/internal/kernel", false, false},
		{"ruche/internal/kernel/space", "ruche/internal/features/spaces", false, false},
		// 3. A feature knows no other feature.
		{"ruche/internal/features/blog", "ruche/internal/features/wiki", false, false},
		{"ruche/internal/features/blog", "ruche/internal/features/wiki", true, false},
		{"ruche/internal/features/tasks", "ruche/internal/features/tasks/schedule", false, true},
		{"ruche/internal/features/blog", "ruche/internal/testkit", true, true},
		{"ruche/internal/features/blog", "ruche/internal/testkit", false, false},
		{"ruche/internal/ui", "ruche/internal/kernel/space", false, false},
		// 4. Nobody imports app; drivers stay home.
		{"ruche/internal/features/home", "ruche/internal/app", false, false},
		{"ruche/internal/features/home", "ruche/internal/app", true, false},
		{"ruche/cmd/ruche", "ruche/internal/app", false, true},
		{"ruche/cmd/ruche", "ruche/internal/features/blog", false, false},
		{"ruche/internal/testkit", "ruche/internal/app", false, true},
		{"ruche/internal/app", "modernc.org/sqlite", false, false},
		{"ruche/internal/platform/db", "modernc.org/sqlite", false, true},
		{"ruche/internal/platform/dbx", "modernc.org/sqlite", false, false},
		{"ruche/internal/platform/jobs", "github.com/jackc/pgx/v5/pgconn", false, false},
		{"ruche/internal/features/documents", "os/exec", false, false},
		// A package in no room is wrong whatever it imports.
		{"ruche/internal/blog", "fmt", false, false},
		{"ruche/internal/features", "fmt", false, false},
	}
	for _, c := range cases {
		p := listed{ImportPath: c.from, Imports: []string{c.to}}
		if c.inTest {
			p = listed{ImportPath: c.from, XTestImports: []string{c.to}}
		}
		if wrong := checkImports([]listed{p}); (len(wrong) == 0) != c.allowed {
			t.Errorf("%s → %s (in a test: %v): found %v, allowed should be %v", c.from, c.to, c.inTest, wrong, c.allowed)
		}
	}
}

func TestEmptyNamesAreCaught(t *testing.T) {
	t.Parallel()
	for _, p := range []listed{
		{ImportPath: "ruche/internal/platform/util", Name: "util"},
		{ImportPath: "ruche/internal/kernel/models", Name: "models"},
		{ImportPath: "ruche/internal/kernel/space", Name: "spaces"},
	} {
		if len(checkNames([]listed{p})) == 0 {
			t.Errorf("%s, package %s, is not caught", p.ImportPath, p.Name)
		}
	}
	if wrong := checkNames([]listed{{ImportPath: "ruche/cmd/ruche", Name: "main"}, {ImportPath: "ruche/web", Name: "assets"}}); len(wrong) > 0 {
		t.Error(wrong)
	}
}

// list reads every package of the module.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e",
		"-json=ImportPath,Name,Dir,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root(t)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) < 10 {
		t.Fatalf("only %d packages listed: the check would prove nothing", len(pkgs))
	}
	return pkgs
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}
