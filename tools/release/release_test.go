package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
)

// TestARelease makes one for this machine twice: the bytes are the same, the archive
// installs without a network and says what it is, and its parts are listed.
func TestARelease(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	first, again := t.TempDir(), t.TempDir()
	made := []string{first, again}
	if testing.Short() {
		made, again = made[:1], first // each is a build
	}
	for _, out := range made {
		if err := release(t.Context(), "0.0.0-test", out, "linux/"+runtime.GOARCH); err != nil {
			t.Fatal(err)
		}
	}
	sums := read(t, first, "SHA256SUMS")
	if sums != read(t, again, "SHA256SUMS") || strings.Count(sums, "\n") != 2 {
		t.Errorf("two builds of one commit differ:\n%s\n%s", sums, read(t, again, "SHA256SUMS"))
	}
	run(t, first, "sha256sum", "--check", "--quiet", "SHA256SUMS")
	folder := "ruche-0.0.0-test-linux-" + runtime.GOARCH
	run(t, first, "tar", "xzf", folder+".tar.gz")
	if os.Getuid() == 0 && runtime.GOOS == "linux" {
		root := t.TempDir()
		t.Setenv("PREFIX", root)
		for range 2 { // it may be run again, and keeps the settings
			run(t, first, "sh", "-c", "unshare --net true 2>/dev/null && exec unshare --net "+folder+"/install.sh || exec "+folder+"/install.sh")
			settings := filepath.Join(root, "etc/ruche/ruche.env")
			if strings.Contains(read(t, root, "etc/ruche/ruche.env"), "# touched") {
				break
			}
			if err := os.WriteFile(settings, []byte("# touched\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if read(t, root, "etc/ruche/ruche.env") != "# touched\n" {
			t.Error("installing again wrote over the settings")
		}
		if said := run(t, root, "usr/local/bin/ruche", "version"); !strings.HasPrefix(said, "ruche 0.0.0-test, ") {
			t.Errorf("the program says %q", said)
		}
	}
	var bom cyclonedx.BOM
	if err := json.Unmarshal([]byte(read(t, first, sbomName("0.0.0-test"))), &bom); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, c := range *bom.Components {
		listed[c.Name] = true
	}
	for _, name := range []string{"std", "modernc.org/sqlite", "github.com/yuin/goldmark", "htmx.org", "@tiptap/core", "prosemirror-model"} {
		if !listed[name] {
			t.Errorf("%s is not listed", name)
		}
	}
	for _, name := range []string{"vitest", "typescript", "github.com/evanw/esbuild"} {
		if listed[name] {
			t.Errorf("%s is listed, and is not in the program", name)
		}
	}
}

// TestWhatIsInstalledIsWhatIsExplained: the unit and the settings of the archive are
// those that operate.md shows.
func TestWhatIsInstalledIsWhatIsExplained(t *testing.T) {
	t.Parallel()
	papers := read(t, "../..", "docs/operate.md")
	for _, name := range []string{"ruche.service", "ruche.env.example"} {
		text := read(t, "files", name)
		if name == "ruche.env.example" {
			text = text[strings.Index(text, "RUCHE_URL"):]
		}
		if !strings.Contains(papers, text) {
			t.Errorf("docs/operate.md does not show %s as it is", name)
		}
	}
}

func TestAVersionIsOne(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"", "1", "1.2", "v1.2.3", "1.2.3 -X", "01.2.3", "1.2.3;ls"} {
		if versions.MatchString(v) {
			t.Errorf("%q is taken for a version", v)
		}
	}
	if !versions.MatchString("1.2.3") || !versions.MatchString("1.2.3-rc.1") {
		t.Error("a version is refused")
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func run(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = folder
	if strings.Contains(name, "/") {
		c.Path = filepath.Join(folder, name)
	}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}
