package attach

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName bounds a name, in bytes, as file systems do.
const maxName = 200

// CleanName makes a name that every system bears of one that somebody sent: without
// folders, controls, marks that turn the direction of writing, and the characters
// that Windows forbids; without a dot or a space at its end; none of the names that
// Windows keeps to itself. NFC, 200 bytes at most, its extension kept.
func CleanName(sent string) string {
	sent = norm.NFC.String(strings.ToValidUTF8(sent, "_"))
	if i := strings.LastIndexAny(sent, `/\`); i >= 0 {
		sent = sent[i+1:]
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, sent)
	name = strings.TrimRight(strings.TrimSpace(name), ". ")
	extension := path.Ext(name)
	if len(extension) > 20 || extension == name {
		extension = ""
	}
	stem := strings.TrimSuffix(name, extension)
	for len(stem)+len(extension) > maxName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	switch {
	case stem == "":
		stem = "fichier"
	case reserved(stem):
		stem = "_" + stem
	}
	return stem + extension
}

// reserved are the names of devices on Windows, whatever their extension.
func reserved(stem string) bool {
	first, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	switch first {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(first) == 4 && (strings.HasPrefix(first, "COM") || strings.HasPrefix(first, "LPT")) && first[3] >= '0' && first[3] <= '9'
}
