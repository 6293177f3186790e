package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"reflect"
	"strings"
)

// fileSuffix names the variable that gives a secret by a file.
const fileSuffix = "_FILE"

// maxSecretFile bounds what is read of such a file, in bytes.
const maxSecretFile = 64 << 10

// Error tells every setting that is wrong.
type Error struct {
	// Problems are in the order of the settings.
	Problems []Problem
}

// Problem is one wrong setting.
type Problem struct {
	// Name is the variable.
	Name string
	// Value is what it holds, quoted; passwords are masked and secrets withheld.
	Value string
	// Reason says what is wrong with it, Accepts what would be right.
	Reason, Accepts string
}

// Error writes one line a setting: name, value, reason, what is accepted.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("wrong settings:")
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  %s", p)
	}
	return b.String()
}

// String writes the problem as one line.
func (p Problem) String() string {
	return fmt.Sprintf("%s=%s: %s; accepted: %s", p.Name, p.Value, p.Reason, p.Accepts)
}

// Load reads the settings through env, which is os.LookupEnv in the program. A
// variable that is absent or empty takes its default. Load returns *Error when
// any is wrong, naming them all.
func Load(env func(name string) (string, bool)) (Config, error) {
	var c Config
	var wrong Error
	v := reflect.ValueOf(&c).Elem()
	for _, s := range settings() {
		raw, problem := s.raw(env)
		if problem == nil && raw != "" {
			problem = s.store(v.FieldByIndex(s.index), raw)
		}
		if problem != nil {
			wrong.Problems = append(wrong.Problems, *problem)
		}
	}
	if len(wrong.Problems) > 0 {
		return Config{}, &wrong
	}
	return c, nil
}

// setting is one field of Config as its tags describe it.
type setting struct {
	name, preset, help string
	kind               kind
	secret             bool
	index              []int
}

// settings returns those of Config in their order.
func settings() []setting {
	var list []setting
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		k, ok := kinds()[f.Tag.Get("kind")]
		if !ok {
			panic("config: field " + f.Name + " has no known kind") // a test walks them
		}
		list = append(list, setting{
			name: f.Tag.Get("env"), preset: f.Tag.Get("default"), help: f.Tag.Get("help"),
			kind: k, secret: f.Tag.Get("secret") == "true", index: f.Index,
		})
	}
	return list
}

// raw returns the text of a setting: from the environment, from the file that
// the environment names, or the default.
func (s setting) raw(env func(string) (string, bool)) (string, *Problem) {
	text, _ := env(s.name)
	if s.secret {
		path, _ := env(s.name + fileSuffix)
		switch {
		case path != "" && text != "":
			return "", &Problem{Name: s.name + fileSuffix, Value: quote(path), Reason: "given together with " + s.name, Accepts: "one of the two"}
		case path != "":
			return s.fromFile(path)
		}
	}
	if text == "" {
		return s.preset, nil
	}
	return text, nil
}

// fromFile reads a secret; the line end that editors leave is not part of it.
func (s setting) fromFile(path string) (string, *Problem) {
	problem := func(reason string) *Problem {
		return &Problem{Name: s.name + fileSuffix, Value: quote(path), Reason: reason, Accepts: "a file that holds " + s.name + ": " + s.kind.accepts}
	}
	text, err := readBounded(path, maxSecretFile)
	switch {
	case errors.Is(err, errTooLong):
		return "", problem("the file is over 64 KiB")
	case err != nil:
		return "", problem("cannot read the file: " + reasonOf(err))
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return "", problem("the file is empty")
	}
	return text, nil
}

// store checks a text and puts its value into the field.
func (s setting) store(field reflect.Value, raw string) *Problem {
	value, err := s.kind.parse(raw)
	if err != nil {
		return &Problem{Name: s.name, Value: s.show(raw), Reason: err.Error(), Accepts: s.kind.accepts}
	}
	field.Set(reflect.ValueOf(value))
	return nil
}

// show quotes a value for a message, without what is secret in it.
func (s setting) show(raw string) string {
	if s.secret && (!s.kind.isURL || !strings.Contains(raw, "://")) {
		return fmt.Sprintf("(withheld, %d bytes)", len(raw))
	}
	if s.kind.isURL {
		raw = maskURL(raw)
	}
	return quote(raw)
}

// quote writes a value so that it can neither forge a line nor fill the screen.
func quote(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// reasonOf tells why a file cannot be read, without its path.
func reasonOf(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

var errTooLong = errors.New("too long")

func readBounded(path string, most int64) (text string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return readAtMost(f, most)
}

// Sender returns the sender of every mail: MailFrom, or else the name of the
// instance at the host of its URL. A host that is an IP address has no
// mailboxes, so there localhost stands for it.
func (c Config) Sender() string {
	if c.MailFrom != "" {
		return c.MailFrom
	}
	host := c.Host()
	if _, err := netip.ParseAddr(host); err == nil {
		host = "localhost"
	}
	return sender(c.InstanceName, "ruche@"+host)
}
