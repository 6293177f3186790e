package mail

import (
	"net/mail"
	"strings"

	"golang.org/x/net/idna"

	"ruche/internal/platform/fault"
)

const (
	maxEmail = 254 // RFC 5321, section 4.5.3.1.3, less the angle brackets
	maxLocal = 64  // RFC 5321, section 4.5.3.1.1
	maxName  = 200
)

// Address is one mailbox and the name of whoever reads it.
type Address struct {
	// Name may be empty. It holds no control character.
	Name string
	// Email is an addr-spec whose domain is in lower-case ASCII.
	Email string
}

// ParseAddress reads one mailbox as a person types it, "a.b@example.org" or
// "Anne B. <a.b@example.org>". It accepts less than RFC 5322 does, and no more
// than relays deliver: no comment, quoted local part, address literal, or domain
// of one label; an international domain is turned into its ASCII form; the
// domain is put in lower case while the local part keeps the case typed, which
// its server alone may ignore. Errors are fault.Invalid, with a message fit to
// stand beside the field.
func ParseAddress(s string) (Address, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Address{}, fault.New(fault.Invalid, "mail.address.missing")
	case len(s) > maxEmail+maxName:
		return Address{}, fault.New(fault.Invalid, "mail.address.long")
	case hasControl(s):
		return Address{}, fault.New(fault.Invalid, "mail.address.invalid")
	}
	name, email := "", s
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		// net/mail reads the name only: it is laxer than we are on addresses.
		a, err := mail.ParseAddress(s)
		if err != nil || !strings.HasSuffix(s, ">") {
			return Address{}, invalidAddress(s)
		}
		name, email = a.Name, s[open+1:len(s)-1]
	}
	email, err := canonical(email)
	if err != nil {
		return Address{}, err
	}
	return Address{Name: cleanName(name), Email: email}, nil
}

// invalidAddress tells a list from a mistake.
func invalidAddress(s string) error {
	if strings.Count(s, "@") > 1 {
		return fault.New(fault.Invalid, "mail.address.one")
	}
	return fault.New(fault.Invalid, "mail.address.invalid")
}

// canonical checks an addr-spec and puts its domain in canonical form.
func canonical(email string) (string, error) {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || strings.Contains(domain, "@") || strings.ContainsAny(email, " ,;") {
		return "", invalidAddress(email)
	}
	if !validLocal(local) {
		return "", fault.New(fault.Invalid, "mail.address.invalid")
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !validDomain(ascii) {
		return "", fault.New(fault.Invalid, "mail.address.invalid")
	}
	email = local + "@" + ascii
	if len(local) > maxLocal || len(email) > maxEmail {
		return "", fault.New(fault.Invalid, "mail.address.long")
	}
	return email, nil
}

// validLocal accepts the dot-atom of RFC 5322, section 3.2.3.
func validLocal(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return false
		}
		for _, r := range atom {
			ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
				strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
			if !ok {
				return false
			}
		}
	}
	return true
}

// validDomain accepts two or more labels of letters, digits and inner hyphens
// (RFC 1123, section 2.1), the last of which is no number.
func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || len(domain) > 253 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return strings.Trim(last, "0123456789") != ""
}

// cleanName shortens a display name and removes what would let it pass for
// another.
func cleanName(name string) string {
	name = strings.Join(strings.Fields(stripOverrides(name)), " ")
	if runes := []rune(name); len(runes) > maxName {
		return string(runes[:maxName])
	}
	return name
}

// hasControl finds line ends, which would inject headers, and their like.
func hasControl(s string) bool {
	for _, r := range s {
		if r < ' ' || r >= 0x7F && r < 0xA0 || r == 0x2028 || r == 0x2029 || r == '\uFFFD' {
			return true
		}
	}
	return false
}

// stripOverrides removes the controls that override the writing direction.
func stripOverrides(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}
