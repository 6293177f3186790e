package archtest

import "strings"

// module is the path that all our own packages start with.
const module = "ruche"

// A room is the part of the house that a package belongs to.
type room string

const (
	command  room = "cmd"
	app      room = "app"
	feature  room = "features"
	kernel   room = "kernel"
	ui       room = "ui"
	platform room = "platform"
	testkit  room = "testkit"
	arch     room = "archtest"
	tool     room = "tools"
	// embedded packages hold files and nothing else (web/dist, docs).
	embedded room = "embedded"
	// outside is the standard library and what others wrote.
	outside room = "outside"
	// nowhere is a package of ours in no room: always wrong.
	nowhere room = "nowhere"
)

// place says where a package stands: its room and, in the rooms that are
// divided, the name of its division (the feature, the kernel or platform
// package).
type place struct {
	room     room
	division string
}

func placeOf(importPath string) place {
	if importPath != module && !strings.HasPrefix(importPath, module+"/") {
		return place{room: outside}
	}
	parts := strings.Split(strings.TrimPrefix(importPath, module+"/"), "/")
	switch parts[0] {
	case "cmd":
		return place{room: command}
	case "tools":
		return place{room: tool}
	case "web", "docs":
		return place{room: embedded}
	case "internal":
		if len(parts) > 1 {
			return insideOf(parts[1:])
		}
	}
	return place{room: nowhere}
}

func insideOf(parts []string) place {
	found := room(parts[0])
	switch found {
	case app, ui, testkit, arch:
		return place{room: found}
	case feature, kernel, platform:
		if len(parts) > 1 {
			return place{room: found, division: parts[1]}
		}
		if found == kernel {
			// The kernel's own package gathers its migrations and words.
			return place{room: kernel}
		}
	default:
	}
	return place{room: nowhere}
}

// mayImport says which rooms each room may import. What is outside is open to
// all, but for the reserved packages.
func mayImport(from, to place) bool {
	if to.room == outside {
		return true
	}
	switch from.room {
	case platform:
		return to.room == platform
	case kernel:
		return to.room == platform ||
			to.room == kernel && downward(from.division, to.division) ||
			to.room == ui && from.division == "frame"
	case ui:
		return to.room == ui || to.room == platform
	case feature:
		return to.room == kernel || to.room == ui || to.room == platform || to.room == embedded ||
			to.room == feature && to.division == from.division
	case app:
		return to.room != command && to.room != testkit && to.room != arch && to.room != tool
	case command:
		return to.room == app || to.room == kernel || to.room == platform
	case testkit:
		return to.room != command && to.room != arch && to.room != tool
	case tool:
		return to.room == platform || to.room == tool
	case arch, embedded, nowhere, outside:
		return false
	}
	return false
}

// testMayImport says what the tests of a room may import besides: the testkit,
// and for archtest itself the whole composed program.
func testMayImport(from, to place) bool {
	if mayImport(from, to) || from == to {
		return true
	}
	switch from.room {
	case arch:
		return to.room == app || to.room == testkit || to.room == kernel || to.room == platform
	case command, app, feature, kernel, ui, testkit, platform:
		return to.room == testkit
	case tool, embedded, outside, nowhere:
		return false
	}
	return false
}

// kernelRank is the order of the kernel: a package imports only packages of a
// smaller rank, or parts of itself. What is not named stands on top of content
// and beside the others of its kind; the kernel's own package, above all.
func kernelRank(division string) int {
	switch division {
	case "actor", "merge":
		return 0
	case "activity":
		return 1
	case "account":
		return 2
	case "space":
		return 3
	case "access":
		return 4
	case "mention", "attach", "notice":
		return 5
	case "content":
		return 6
	case "frame":
		return 8
	case "":
		return 9
	default:
		return 7
	}
}

func downward(from, to string) bool {
	return from == to || kernelRank(to) < kernelRank(from)
}

// A reservation keeps what is outside to the rooms that were made to hide it.
type reservation struct {
	prefix string   // of the import path
	rooms  []string // path prefixes below the module that may import it
	tests  []string // path prefixes whose tests may import it besides
	why    string
}

func reservations() []reservation {
	return []reservation{
		{"modernc.org/sqlite", []string{"internal/platform/db"}, nil, "drivers stay in platform/db"},
		{"github.com/jackc/pgx", []string{"internal/platform/db", "internal/testkit"}, nil, "drivers stay in platform/db"},
		{"github.com/pressly/goose", []string{"internal/platform/db"}, nil, "migrations are run by platform/db"},
		{"github.com/minio/minio-go", []string{"internal/platform/blob"}, nil, "S3 stays in platform/blob"},
		{"github.com/redis/", []string{"internal/platform/bus", "internal/platform/realtime"}, nil, "Redis stays in platform/bus and platform/realtime"},
		{"github.com/centrifugal/centrifuge", []string{"internal/platform/realtime"}, nil, "live connections stay in platform/realtime"},
		{"github.com/gabriel-vasile/mimetype", []string{"internal/kernel/attach"}, nil, "what a file is is read where it is kept"},
		{"golang.org/x/image", []string{"internal/platform/picture"}, nil, "images are decoded where their pixels are counted"},
		{"github.com/bep/imagemeta", []string{"internal/platform/picture"}, nil, "images are decoded where their pixels are counted"},
		{"github.com/yuin/goldmark", []string{"internal/platform/markup"}, nil, "Markdown stays in platform/markup"},
		{"github.com/microcosm-cc/bluemonday", []string{"internal/platform/markup"}, nil, "what HTML is safe is said in platform/markup"},
		{"github.com/wneessen/go-mail", []string{"internal/platform/mail"}, nil, "mail leaves by platform/mail"},
		{"github.com/emersion/go-smtp", []string{"internal/platform/mail", "internal/testkit"}, nil, "mail leaves by platform/mail"},
		{"github.com/alecthomas/kong", []string{"cmd", "internal/platform/config"}, nil, "flags are read by main and platform/config"},
		{"github.com/evanw/esbuild", []string{"tools"}, nil, "the program carries no builder"},
		{"os/exec", []string{"tools", "internal/testkit"}, []string{"."}, "other programs are started from few places"},
		{"os/signal", []string{"cmd", "tools"}, nil, "signals belong to main"},
	}
}

// emptyNames are names of packages that say where things were put and not what
// they are.
func emptyNames() []string {
	return []string{"util", "utils", "common", "model", "models", "helper", "helpers", "misc", "shared", "base", "lib", "types", "manager"}
}
