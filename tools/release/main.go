package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is a system that Ruche is built for, in Go's words.
type target struct{ os, arch string }

func targets() []target {
	return []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}
}

// versions are those of semver.org 2.0, without build metadata.
var versions = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)

func main() {
	version := flag.String("version", "", "the version, such as 1.2.0")
	out := flag.String("out", "dist", "the folder to write to")
	only := flag.String("only", "", "one system alone, such as linux/amd64")
	flag.Parse()
	_, err := os.Stat("web/dist/manifest.json")
	if err != nil {
		err = fmt.Errorf("the scripts and styles are not built: %w", err)
	} else {
		err = release(context.Background(), *version, *out, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(ctx context.Context, version, out, only string) error {
	if !versions.MatchString(version) {
		return fmt.Errorf("say -version, such as 1.2.0: %q is none", version)
	}
	at, commit, err := moment(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	work, err := os.MkdirTemp("", "ruche-release-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	var made []string
	for _, t := range targets() {
		if only != "" && only != t.os+"/"+t.arch {
			continue
		}
		name, err := one(ctx, t, version, commit, at, work, out, len(made) == 0)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", t.os, t.arch, err)
		}
		made = append(made, name)
		if _, err := fmt.Fprintln(os.Stdout, filepath.Join(out, name)); err != nil {
			return fmt.Errorf("saying what was made: %w", err)
		}
	}
	if len(made) == 0 {
		return fmt.Errorf("no release is built for %s", only)
	}
	return digests(out, append(made, sbomName(version)))
}

// moment is when the sources were written, and their commit, "-dirty" behind it when
// they are not what it holds.
func moment(ctx context.Context) (at time.Time, commit string, err error) {
	said, err := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct %H").Output()
	if err != nil {
		return at, "", fmt.Errorf("asking git for the commit: %w", err)
	}
	seconds, commit, _ := strings.Cut(strings.TrimSpace(string(said)), " ")
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds = epoch
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return at, "", fmt.Errorf("reading the time of the commit: %w", err)
	}
	changed, err := exec.CommandContext(ctx, "git", "status", "--porcelain").Output()
	if err != nil {
		return at, "", fmt.Errorf("asking git for what was changed: %w", err)
	}
	if len(changed) > 0 {
		commit += "-dirty"
	}
	return time.Unix(unix, 0).UTC(), commit, nil
}

// one builds the program for a system and puts it in its archive. The first also
// writes what the program is made of.
func one(ctx context.Context, t target, version, commit string, at time.Time, work, out string, first bool) (string, error) {
	binary := filepath.Join(work, t.os+"-"+t.arch)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+version+" -X main.commit="+commit, "-o", binary, "./cmd/ruche") //nolint:gosec // our own words
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building: %w", err)
	}
	if first {
		if err := writeSBOM(filepath.Join(out, sbomName(version)), binary, version, commit, at); err != nil {
			return "", err
		}
	}
	folder := "ruche-" + version + "-" + t.os + "-" + t.arch
	files, err := contents(t, binary)
	if err != nil {
		return "", err
	}
	if t.os == "windows" {
		return folder + ".zip", writeZip(filepath.Join(out, folder+".zip"), folder, files, at)
	}
	return folder + ".tar.gz", writeTar(filepath.Join(out, folder+".tar.gz"), folder, files, at)
}

// file is what an archive holds: its name there, what it is made from, and whether it
// is run.
type file struct {
	name, source string
	run          bool
}

func contents(t target, binary string) ([]file, error) {
	name := "ruche"
	if t.os == "windows" {
		name = "ruche.exe"
	}
	files := []file{
		{name, binary, true}, {"LICENSE", "LICENSE", false}, {"CHANGELOG.md", "CHANGELOG.md", false},
		{"operate.md", "docs/operate.md", false}, {"settings.md", "docs/settings.md", false},
		{"ruche.env.example", "tools/release/files/ruche.env.example", false}, {"theme/theme.css", "docs/theme/theme.css", false},
	}
	if t.os == "linux" {
		files = append(files, file{"ruche.service", "tools/release/files/ruche.service", false}, file{"install.sh", "tools/release/files/install.sh", true})
	}
	for _, f := range files {
		if _, err := os.Stat(f.source); err != nil {
			return nil, fmt.Errorf("what goes into the archive: %w", err)
		}
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

// digests writes SHA256SUMS, as `sha256sum --check` reads it.
func digests(out string, names []string) (err error) {
	var lines strings.Builder
	slices.Sort(names)
	for _, name := range names {
		sum, err := digest(filepath.Join(out, name))
		if err != nil {
			return err
		}
		lines.WriteString(sum + "  " + name + "\n")
	}
	f, err := os.Create(filepath.Join(out, "SHA256SUMS"))
	if err != nil {
		return fmt.Errorf("writing the digests: %w", err)
	}
	_, err = f.WriteString(lines.String())
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the digests: %w", err)
	}
	return nil
}

func digest(path string) (sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading an archive: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading an archive: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
