package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	for _, line := range compareSchemas(schemaOf(t, "sqlite"), schemaOf(t, "postgres")) {
		t.Error(line)
	}
}

func TestMigrationsComeInPairs(t *testing.T) {
	t.Parallel()
	numbers := map[string]string{}
	files := map[string]map[string]bool{"sqlite": {}, "postgres": {}}
	for _, m := range migrations(t) {
		number, _, _ := strings.Cut(m.file, "_")
		key := m.engine + number
		if other, taken := numbers[key]; taken {
			t.Errorf("%s: number %s is taken by %s", m.file, number, other)
		}
		numbers[key] = m.file
		files[m.engine][path.Join(m.owner, m.file)] = true
	}
	for file := range files["sqlite"] {
		if !files["postgres"][file] {
			t.Errorf("%s has no twin for PostgreSQL", file)
		}
	}
	for file := range files["postgres"] {
		if !files["sqlite"][file] {
			t.Errorf("%s has no twin for SQLite", file)
		}
	}
}

func TestStatementsTouchTheirOwnTables(t *testing.T) {
	t.Parallel()
	all := sources(t)
	for _, m := range migrations(t) {
		all = append(all, statement{pkg: m.owner, file: path.Join(m.owner, m.engine, m.file), text: onlyReferences(m.text)})
	}
	for _, line := range checkStatements(schemaOf(t, "sqlite"), all) {
		t.Error(line)
	}
}

func TestSchemaIsFollowedThroughItsChanges(t *testing.T) {
	t.Parallel()
	s, err := applySchema([]migration{
		{owner: "b", file: "0002_two.sql", text: `-- +goose Up
			ALTER TABLE posts ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
			ALTER TABLE posts RENAME COLUMN body TO text;
			ALTER TABLE posts DROP COLUMN useless;
			CREATE TABLE gone (a BLOB);
			DROP TABLE gone;
			CREATE TABLE new_tags (item_id BLOB, tag TEXT);
			DROP TABLE tags;
			ALTER TABLE new_tags RENAME TO tags;`},
		{owner: "a", file: "0001_one.sql", text: `-- +goose Up
			-- a comment, with a comma and a ( in it
			CREATE TABLE posts (
				id BLOB PRIMARY KEY CHECK (length(id) = 16), -- trailing
				body TEXT NOT NULL DEFAULT ',;(',
				useless INTEGER,
				UNIQUE (id, body),
				FOREIGN KEY (id) REFERENCES items (id)
			) STRICT;
			CREATE TABLE IF NOT EXISTS tags (tag TEXT);
			CREATE INDEX posts_body ON posts (body);
			-- +goose Down
			DROP TABLE posts;`},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.columns["posts"]; !slices.Equal(got, []string{"id", "text", "pinned"}) {
		t.Errorf("posts has %v", got)
	}
	if got := s.columns["tags"]; !slices.Equal(got, []string{"item_id", "tag"}) {
		t.Errorf("tags has %v", got)
	}
	if len(s.columns) != 2 || s.owners["posts"] != "a" || s.owners["tags"] != "b" {
		t.Errorf("tables and owners: %v", s.owners)
	}
	if _, err := applySchema([]migration{{file: "1", text: "ALTER TABLE absent ADD COLUMN a TEXT"}}); err == nil {
		t.Error("a table altered before it exists is not caught")
	}
}

func TestDriftBetweenEnginesIsCaught(t *testing.T) {
	t.Parallel()
	sqlite := schema{columns: map[string][]string{"a": {"x", "y"}, "b": {"x"}}}
	postgres := schema{columns: map[string][]string{"a": {"x", "z"}, "c": {"x"}}}
	if wrong := compareSchemas(sqlite, postgres); len(wrong) != 4 {
		t.Errorf("found %q", wrong)
	}
}

func TestForbiddenStatementsAreCaught(t *testing.T) {
	t.Parallel()
	s := schema{owners: map[string]string{
		"wiki_pages": "ruche/internal/features/wiki",
		"blog_posts": "ruche/internal/features/blog",
		"items":      "ruche/internal/kernel/content",
		"jobs":       "ruche/internal/platform/jobs",
	}}
	access := "ruche/internal/kernel/access"
	cases := []struct {
		pkg, text string
		imports   []string
		allowed   bool
	}{
		{"ruche/internal/features/blog", "SELECT x FROM blog_posts", nil, true},
		{"ruche/internal/features/blog", "SELECT x FROM items JOIN\n\twiki_pages w ON true", []string{access}, false},
		{"ruche/internal/kernel/content", "DELETE FROM blog_posts", nil, false},
		{"ruche/internal/platform/jobs", "SELECT 1 FROM items", nil, false},
		{"ruche/internal/features/blog", "UPDATE items SET title = $1", []string{access}, false},
		{"ruche/internal/features/blog", "SELECT title FROM items i", nil, false},
		{"ruche/internal/features/blog", "SELECT title FROM items i", []string{access}, true},
		{"ruche/internal/features/blog", "INSERT INTO jobs (id) VALUES ($1)", nil, false},
		{"ruche/internal/features/blog", "the letter comes from wiki_pages and items", nil, true},
		{"ruche/internal/kernel/remark", "SELECT state FROM items WHERE id = $1 FOR UPDATE", nil, true},
	}
	for _, c := range cases {
		wrong := checkStatements(s, []statement{{pkg: c.pkg, file: c.pkg, text: c.text, imports: c.imports}})
		if (len(wrong) == 0) != c.allowed {
			t.Errorf("%s, %q: found %v, allowed should be %v", c.pkg, c.text, wrong, c.allowed)
		}
	}
}

func schemaOf(t *testing.T, engine string) schema {
	t.Helper()
	mine := slices.DeleteFunc(migrations(t), func(m migration) bool { return m.engine != engine })
	s, err := applySchema(mine)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.columns) < 3 {
		t.Fatalf("only %d tables found: the check would prove nothing", len(s.columns))
	}
	return s
}

// migrations reads every file of every folder migrations/{sqlite,postgres}.
func migrations(t *testing.T) []migration {
	t.Helper()
	base := root(t)
	var files []string
	for _, pattern := range []string{"internal/*/migrations/*/*.sql", "internal/*/*/migrations/*/*.sql"} {
		some, err := filepath.Glob(filepath.Join(base, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	var found []migration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		engineDir := filepath.Dir(file)
		owner, err := filepath.Rel(base, filepath.Dir(filepath.Dir(engineDir)))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, migration{
			owner:  path.Join(module, filepath.ToSlash(owner)),
			engine: filepath.Base(engineDir),
			file:   filepath.Base(file),
			text:   string(text),
		})
	}
	return found
}

// onlyReferences keeps of a migration the tables that its foreign keys name:
// those are the ones that it may get wrong.
func onlyReferences(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if at := strings.Index(line, "REFERENCES "); at >= 0 {
			kept.WriteString(line[at:])
		}
	}
	return kept.String()
}

// sources reads the strings of every Go file of the program, tests excepted.
func sources(t *testing.T) []statement {
	t.Helper()
	base := filepath.Join(root(t), "internal")
	var found []statement
	err := filepath.WalkDir(base, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") ||
			strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_templ.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(base, filepath.Dir(file))
		if err != nil {
			return err
		}
		found = append(found, stringsOf(parsed, path.Join(module, "internal", filepath.ToSlash(folder)), file)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func stringsOf(parsed *ast.File, pkg, file string) []statement {
	var imports []string
	for _, spec := range parsed.Imports {
		imports = append(imports, strings.Trim(spec.Path.Value, `"`))
	}
	var found []statement
	ast.Inspect(parsed, func(node ast.Node) bool {
		literal, isLiteral := node.(*ast.BasicLit)
		if !isLiteral || literal.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err == nil && len(usesOf(text)) > 0 {
			found = append(found, statement{pkg: pkg, file: file, text: text, imports: imports})
		}
		return true
	})
	return found
}
