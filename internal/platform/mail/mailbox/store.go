package mailbox

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // the charsets of mails that are not in UTF-8
	gomail "github.com/emersion/go-message/mail"

	"ruche/internal/platform/id"
)

// maxShown is how many mails the list knows, the newest.
const maxShown = 500

// entry is a mail in the list.
type entry struct {
	ID        string    `json:"id"`
	Date      time.Time `json:"date"`
	From      string    `json:"from"`
	To        []string  `json:"to"`
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"`
}

// letter is a whole mail.
type letter struct {
	entry
	Text        string   `json:"text"`
	HTML        string   `json:"html"`
	Links       []string `json:"links"`
	Attachments []string `json:"attachments"`
}

// store is the folder of mails. File names are UUIDv7, so that their order is
// that of arrival.
type store struct {
	root *os.Root

	mu      sync.RWMutex
	entries []entry // newest first
}

func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &store{root: root}
	if err := s.index(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// index reads the newest mails of the folder. A file that is no mail is left
// alone.
func (s *store) index() error {
	files, err := fs.Glob(s.root.FS(), "*.eml")
	if err != nil {
		return err
	}
	slices.Sort(files)
	slices.Reverse(files)
	for _, file := range files[:min(len(files), maxShown)] {
		l, err := s.read(strings.TrimSuffix(file, ".eml"))
		if err != nil {
			continue
		}
		s.entries = append(s.entries, l.entry)
	}
	return nil
}

func (s *store) close() error { return s.root.Close() }

// save keeps a mail as it came, below the lines that a delivery adds: the
// envelope's sender and recipients (RFC 5321, section 4.4).
func (s *store) save(from string, to []string, data []byte) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", from)
	for _, rcpt := range to {
		fmt.Fprintf(&b, "Delivered-To: %s\r\n", rcpt)
	}
	b.Write(data)
	name := id.New().String()
	if err := s.root.WriteFile(name+".tmp", b.Bytes(), 0o600); err != nil {
		return err
	}
	if err := s.root.Rename(name+".tmp", name+".eml"); err != nil {
		return err
	}
	l, readErr := s.read(name)
	if readErr != nil {
		return nil // the mail is kept; only the list cannot show it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = slices.Insert(s.entries, 0, l.entry)
	// Two mails that arrive together may be indexed in the other order.
	slices.SortStableFunc(s.entries, func(a, b entry) int { return cmp.Compare(b.ID, a.ID) })
	if len(s.entries) > maxShown {
		s.entries = s.entries[:maxShown]
	}
	return nil
}

// list returns the newest mails, of one mailbox if to is not empty.
func (s *store) list(to string, limit int) []entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := []entry{}
	for _, e := range s.entries {
		if len(found) == limit {
			break
		}
		if to == "" || slices.ContainsFunc(e.To, func(a string) bool { return strings.EqualFold(a, to) }) {
			found = append(found, e)
		}
	}
	return found
}

// raw returns the file of a mail.
func (s *store) raw(name string) ([]byte, error) {
	// The name comes from an address typed in a browser.
	if _, err := id.Parse(name); err != nil {
		return nil, fs.ErrNotExist
	}
	return s.root.ReadFile(name + ".eml")
}

func (s *store) read(name string) (letter, error) {
	data, err := s.raw(name)
	if err != nil {
		return letter{}, err
	}
	l, err := parse(data)
	if err != nil {
		return letter{}, err
	}
	l.ID = name
	return l, nil
}

// parse reads a mail of any program, as far as it can.
func parse(data []byte) (letter, error) {
	r, err := gomail.CreateReader(bytes.NewReader(data))
	if err != nil && !message.IsUnknownCharset(err) {
		return letter{}, err
	}
	defer func() { _ = r.Close() }()
	l := letter{Links: []string{}, Attachments: []string{}}
	l.header(r.Header)
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !message.IsUnknownCharset(err) {
			break // the parts before it are worth showing
		}
		if err := l.part(part); err != nil {
			break
		}
	}
	l.Links = append(l.Links, links(l.Text)...)
	return l, nil
}

func (l *letter) header(h gomail.Header) {
	l.Subject = text(h, "Subject")
	l.MessageID = strings.Trim(h.Get("Message-Id"), "<> ")
	l.From = text(h, "From")
	if date, err := h.Date(); err == nil {
		l.Date = date.UTC()
	}
	l.To = []string{}
	for fields := h.FieldsByKey("Delivered-To"); fields.Next(); {
		l.To = append(l.To, fields.Value())
	}
	if len(l.To) == 0 {
		if to, err := h.AddressList("To"); err == nil {
			for _, a := range to {
				l.To = append(l.To, a.Address)
			}
		}
	}
}

// text decodes a header, or gives it as it stands when it cannot be decoded.
func text(h gomail.Header, key string) string {
	if s, err := h.Text(key); err == nil {
		return s
	}
	return h.Get(key)
}

func (l *letter) part(p *gomail.Part) error {
	switch h := p.Header.(type) {
	case *gomail.InlineHeader:
		body, err := io.ReadAll(p.Body)
		if err != nil {
			return err
		}
		kind, _, _ := h.ContentType()
		switch {
		case kind == "text/html" && l.HTML == "":
			l.HTML = string(body)
		case strings.HasPrefix(kind, "text/") && l.Text == "":
			l.Text = strings.ReplaceAll(string(body), "\r\n", "\n")
		}
	case *gomail.AttachmentHeader:
		name, err := h.Filename()
		if err != nil || name == "" {
			name = "?"
		}
		l.Attachments = append(l.Attachments, name)
	}
	return nil
}
