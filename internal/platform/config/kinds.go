package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have none installed
	"unicode"
	"unicode/utf8"

	"ruche/internal/platform/logx"
)

// kind is what a setting accepts and how it is read.
type kind struct {
	// accepts tells it to people; the reference page prints it too.
	accepts string
	// isURL says that messages show the value with its password masked.
	isURL bool
	// parse returns the value of the field's type. Its errors never hold the
	// text they are about.
	parse func(string) (any, error)
}

// minSecret is the fewest bytes of RUCHE_SECRET.
const minSecret = 32

// kinds returns every kind by the name that tags use.
func kinds() map[string]kind {
	return map[string]kind{
		"address":   {accepts: "host:port or :port, such as 127.0.0.1:8080", parse: lift(parseAddress)},
		"loopback":  {accepts: "host:port of this very machine, such as 127.0.0.1:8025", parse: lift(parseLoopback)},
		"origin":    {accepts: "http:// or https://, a host and perhaps a port, without a path, such as https://ruche.example.org", isURL: true, parse: lift(parseOrigin)},
		"folder":    {accepts: "the path of a folder", parse: lift(parseFolder)},
		"database":  {accepts: "postgres://user:password@host:5432/database, or nothing", isURL: true, parse: lift(parseDatabase)},                                                                 //nolint:gosec // an example
		"smtp":      {accepts: "smtp://user:password@host:587 or smtps://user:password@host:465, with ?tls=required, optional or off if need be, or nothing", isURL: true, parse: lift(parseSMTP)}, //nolint:gosec // an example
		"sender":    {accepts: "one mail address, with or without a name, such as Ruche <ruche@example.org>", parse: lift(parseSender)},
		"mailbox":   {accepts: "one mail address without a name, such as ruche@example.org, or nothing", parse: lift(parseMailbox)},
		"domains":   {accepts: "mail domains parted by commas, such as example.org,interieur.example.org; those with accents in their xn-- form", parse: lift(parseDomains)},
		"secret":    {accepts: fmt.Sprintf("at least %d random bytes, such as `openssl rand -hex 32` gives", minSecret), parse: lift(parseSecret)},
		"networks":  {accepts: "addresses or networks parted by commas, such as 10.0.0.0/8,2001:db8::/32", parse: lift(parseNetworks)},
		"log":       {accepts: "debug, info, warn or error, then perhaps a comma and text or json", parse: lift(parseLog)},
		"name":      {accepts: "a text of 1 to 60 characters on one line", parse: lift(parseName)},
		"megabytes": {accepts: "a whole number of megabytes, from 1 to 10000", parse: lift(parseMegabytes)},
		"zone":      {accepts: "the name of a time zone, such as Europe/Paris or Indian/Reunion", parse: lift(parseZone)},
	}
}

// lift forgets the type of what a parser returns.
func lift[T any](parse func(string) (T, error)) func(string) (any, error) {
	return func(s string) (any, error) { return parse(s) }
}

func parseAddress(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", errors.New("not host:port")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return "", errors.New("the port is no number from 0 to 65535")
	}
	if host != "" && !validHost(host) {
		return "", errors.New("the host is neither an address nor a name")
	}
	return s, nil
}

func parseLoopback(s string) (string, error) {
	if _, err := parseAddress(s); err != nil {
		return "", err
	}
	if host, _, err := net.SplitHostPort(s); err != nil || !loopbackHost(host) {
		return "", errors.New("other machines could reach it")
	}
	return s, nil
}

func parseOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("does not start with http:// or https://")
	case u.User != nil:
		return "", errors.New("holds a user")
	case !validHost(u.Hostname()) || !validPort(u):
		return "", errors.New("the host or the port is wrong")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("holds more than a host and a port")
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host, nil
}

func parseFolder(s string) (string, error) {
	if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) || strings.TrimSpace(s) == "" {
		return "", errors.New("not the name of a folder")
	}
	return s, nil
}

func parseDatabase(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errors.New("not a URL; special characters of a password are written as %XX")
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return "", errors.New("does not start with postgres://")
	case u.Host == "" && u.Query().Get("host") == "":
		return "", errors.New("names no host")
	case u.Host != "" && !strings.Contains(u.Host, ",") && (!validHost(u.Hostname()) || !validPort(u)):
		return "", errors.New("the host or the port is wrong")
	case strings.Trim(u.Path, "/") == "" && u.Query().Get("dbname") == "":
		return "", errors.New("names no database")
	}
	return s, nil
}

func parseSMTP(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errors.New("not a URL; special characters of a password are written as %XX")
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return "", errors.New("does not start with smtp:// or smtps://")
	case !validHost(u.Hostname()) || !validPort(u) || u.Port() == "0":
		return "", errors.New("the host or the port is wrong")
	case u.Path != "" && u.Path != "/" || u.Fragment != "":
		return "", errors.New("holds a path")
	}
	for name := range u.Query() {
		if name != "tls" {
			return "", errors.New("knows no parameter but tls")
		}
	}
	switch u.Query().Get("tls") {
	case "", "required", "optional", "off":
		return s, nil
	}
	return "", errors.New("tls is none of required, optional, off")
}

func parseSender(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || strings.ContainsFunc(s, unicode.IsControl) {
		return "", errors.New("not one mail address")
	}
	if _, domain, _ := strings.Cut(a.Address, "@"); !validHost(domain) {
		return "", errors.New("the domain of the address is wrong")
	}
	return s, nil
}

// parseMailbox accepts fewer addresses than RFC 5321 allows: this one is set
// into pages of Markdown and links, where no character of it may mean anything.
func parseMailbox(s string) (string, error) {
	const longest = 254 // RFC 5321, section 4.5.3.1.3, without the angle brackets
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > longest {
		return "", errors.New("not one mail address without a name")
	}
	local, domain, _ := strings.Cut(s, "@")
	if strings.ContainsFunc(local, func(c rune) bool { return notLDH(c) && !strings.ContainsRune("._+", c) }) {
		return "", errors.New("before the @ stands something else than letters, digits, and . _ + -")
	}
	if !validHost(domain) {
		return "", errors.New("the domain of the address is wrong")
	}
	return s, nil
}

// sender writes an address with a name, quoted where it must be.
func sender(name, address string) string {
	return (&mail.Address{Name: name, Address: address}).String()
}

func parseDomains(s string) ([]string, error) {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		domain := strings.ToLower(strings.TrimSpace(part))
		switch {
		case domain == "":
			return nil, errors.New("a domain is missing between commas")
		case strings.HasPrefix(domain, "*.") || strings.HasPrefix(domain, "."):
			return nil, errors.New("sub-domains are named one by one, there is no wildcard")
		case strings.Contains(domain, "@"):
			return nil, errors.New("a domain is what stands after the @")
		case !validDomain(domain):
			return nil, errors.New("one is no domain of at least two labels")
		}
		list = append(list, domain)
	}
	return list, nil
}

func parseSecret(s string) (string, error) {
	if len(s) < minSecret {
		return "", fmt.Errorf("shorter than %d bytes", minSecret)
	}
	distinct := map[byte]bool{}
	for i := range len(s) {
		distinct[s[i]] = true
	}
	if len(distinct) < 8 {
		return "", errors.New("anyone would guess it: fewer than 8 different characters")
	}
	return s, nil
}

func parseNetworks(s string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if addr, err := netip.ParseAddr(part); err == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			list = append(list, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		switch {
		case err != nil:
			return nil, errors.New("one is neither an address nor a network")
		case prefix != prefix.Masked():
			return nil, fmt.Errorf("a network has bits past its length; %s is meant", prefix.Masked())
		case prefix.Bits() == 0:
			return nil, errors.New("a network of every address would have anyone believed")
		case prefix.Addr().Is4In6():
			return nil, errors.New("an IPv4 network is written as such")
		}
		list = append(list, prefix)
	}
	return list, nil
}

func parseLog(s string) (Log, error) {
	level, form, hasForm := strings.Cut(strings.ToLower(s), ",")
	var l Log
	switch strings.TrimSpace(level) {
	case "debug":
		l.Level = slog.LevelDebug
	case "info":
		l.Level = slog.LevelInfo
	case "warn":
		l.Level = slog.LevelWarn
	case "error":
		l.Level = slog.LevelError
	default:
		return Log{}, errors.New("no such level")
	}
	switch form = strings.TrimSpace(form); {
	case form == "json":
		l.JSON = true
	case hasForm && form != "text":
		return Log{}, errors.New("no such form")
	}
	return l, nil
}

func parseName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > 60 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", errors.New("empty, too long or over more than one line")
	}
	return s, nil
}

func parseZone(s string) (*time.Location, error) {
	// "Local" would make dates depend on the machine.
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		return nil, errors.New("no such zone")
	}
	return zone, nil
}

// validHost accepts an address or a host name (RFC 1123, section 2.1), names
// without a dot included.
func validHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return validLabels(host) > 0
}

// validDomain accepts a domain of at least two labels, the last not a number.
func validDomain(domain string) bool {
	last := domain[strings.LastIndex(domain, ".")+1:]
	return validLabels(domain) >= 2 && strings.Trim(last, "0123456789") != ""
}

// validLabels counts the labels of a host name, 0 when one is wrong.
func validLabels(host string) int {
	if len(host) > 253 {
		return 0
	}
	n := 0
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notLDH) {
			return 0
		}
		n++
	}
	return n
}

func notLDH(c rune) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return !letter && (c < '0' || c > '9') && c != '-'
}

// validPort accepts no port or one from 0 to 65535, and not a lone colon.
func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	_, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil
}

// maskURL hides the password of a URL, even of one that is malformed.
func maskURL(s string) string { return logx.MaskURL(s) }

func readAtMost(r io.Reader, most int64) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(text)) > most {
		return "", errTooLong
	}
	return string(text), err
}

func parseMegabytes(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 10_000 {
		return 0, errors.New("no whole number from 1 to 10000")
	}
	return n, nil
}
