package mailbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/mail/mailbox"
)

func start(t *testing.T, dir string) *mailbox.Server {
	t.Helper()
	s, err := mailbox.Start(t.Context(), mailbox.Options{SMTPAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// send passes a raw mail to the mailbox by SMTP.
func send(t *testing.T, s *mailbox.Server, to, raw string) {
	t.Helper()
	addr := strings.TrimSuffix(strings.TrimPrefix(s.SMTPURL(), "smtp://"), "?tls=off")
	raw = strings.ReplaceAll(raw, "\n", "\r\n")
	if err := smtp.SendMail(addr, nil, "ruche@example.org", []string{to}, []byte(raw)); err != nil {
		t.Fatal(err)
	}
}

const invitation = `From: Ruche <ruche@example.org>
To: Nadia <nadia@example.org>
Subject: =?UTF-8?Q?Invitation_=C3=A0_rejoindre?=
Date: Tue, 24 Nov 2026 14:30:00 +0100
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

Bonjour, ouvrez (http://127.0.0.1:8080/invitation/abc=3D?x=3D1) <b>ici</b>.
--b
Content-Type: text/html; charset=UTF-8

<!doctype html><html lang="fr"><head><title>Invitation</title></head><body><script>alert(1)</script><a href="http://127.0.0.1:8080/invitation/abc">Accepter</a></body></html>
--b--
`

const plain = `From: ruche@example.org
To: camille@example.org
Subject: Texte seul
Content-Type: text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: quoted-printable

Une r=E9ponse.
`

type answer struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, url string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

type letter struct {
	ID        string
	Date      time.Time
	From      string
	To        []string
	Subject   string
	MessageID string `json:"message_id"`
	Text      string
	HTML      string
	Links     []string
}

func letters(t *testing.T, s *mailbox.Server, query string) []letter {
	t.Helper()
	a := get(t, s.URL()+"/api/mails"+query)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s", a.status, a.header.Get("Content-Type"))
	}
	var found []letter
	if err := json.Unmarshal([]byte(a.body), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAPI(t *testing.T) {
	s := start(t, t.TempDir())
	if found := letters(t, s, ""); found == nil || len(found) != 0 {
		t.Errorf("%v, want an empty array", found)
	}
	send(t, s, "nadia@example.org", invitation)
	send(t, s, "camille@example.org", plain)

	found := letters(t, s, "")
	if len(found) != 2 || found[0].Subject != "Texte seul" {
		t.Fatalf("%+v, want the newest first", found)
	}
	if found[0].Text != "Une réponse.\n" || found[0].HTML != "" {
		t.Errorf("%+v", found[0])
	}
	found = letters(t, s, "?to=NADIA@example.org")
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	m := found[0]
	if m.Subject != "Invitation à rejoindre" || m.MessageID != "1@example.org" || m.From != "Ruche <ruche@example.org>" ||
		len(m.To) != 1 || m.To[0] != "nadia@example.org" || m.Date.Format(time.RFC3339) != "2026-11-24T13:30:00Z" {
		t.Errorf("%+v", m)
	}
	if len(m.Links) != 1 || m.Links[0] != "http://127.0.0.1:8080/invitation/abc=?x=1" {
		t.Errorf("links %q", m.Links)
	}
	if len(letters(t, s, "?to=nobody@example.org")) != 0 || len(letters(t, s, "?limit=1")) != 1 || len(letters(t, s, "?limit=x")) != 2 {
		t.Error("filter or limit")
	}
}

// TestKeptAsFiles restarts the mailbox on the same folder.
func TestKeptAsFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "mails")
	s := start(t, dir)
	send(t, s, "nadia@example.org", invitation)
	send(t, s, "camille@example.org", plain)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2 || filepath.Ext(files[0]) != ".eml" {
		t.Fatalf("files %v %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || !strings.HasPrefix(string(data), "Return-Path: <ruche@example.org>\r\nDelivered-To: nadia@example.org\r\nFrom: Ruche") {
		t.Errorf("%.200s %v", data, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "other.eml"), []byte("no mail"), 0o600); err != nil {
		t.Fatal(err)
	}

	again := start(t, dir)
	if found := letters(t, again, ""); len(found) != 2 || found[0].Subject != "Texte seul" {
		t.Errorf("%+v", found)
	}
	// A file deleted meanwhile is no longer shown, and fails nothing.
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if found := letters(t, again, ""); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

func TestPages(t *testing.T) {
	s := start(t, t.TempDir())
	empty := get(t, s.URL()+"/")
	if !strings.Contains(empty.body, "Aucun message") || !strings.Contains(empty.body, `<html lang="fr">`) {
		t.Errorf("%s", empty.body)
	}
	send(t, s, "nadia@example.org", invitation)
	send(t, s, "camille@example.org", plain)
	found := letters(t, s, "")
	mail, text := s.URL()+"/mails/"+found[1].ID, s.URL()+"/mails/"+found[0].ID

	cases := []struct {
		url      string
		headers  []string
		status   int
		contains []string
		lacks    []string
	}{
		{s.URL() + "/", nil, 200, []string{"<h1>Messages envoyés par Ruche</h1>", "2 messages", "Invitation à rejoindre", "nadia@example.org", `href="/mails/` + found[0].ID}, nil},
		{s.URL() + "/?to=nadia@example.org", nil, 200, []string{"1 message<", "Invitation", `value="nadia@example.org"`}, []string{"Texte seul"}},
		{s.URL() + `/?to="><script>`, nil, 200, []string{"Aucun message"}, []string{"<script"}},
		{s.URL() + "/", []string{"Accept-Language", "en"}, 200, []string{`<html lang="en">`, "2 messages", "Messages sent by Ruche"}, nil},
		{mail, nil, 200, []string{
			"<h1>Invitation à rejoindre</h1>", `<a href="http://127.0.0.1:8080/invitation/abc=?x=1">`, "&lt;b&gt;ici",
			`<iframe src="/mails/` + found[1].ID + `/html"`, "allow-top-navigation-by-user-activation", "mardi 24", "/source",
		}, []string{"<script", "allow-scripts", "allow-same-origin"}},
		{text, nil, 200, []string{"Une réponse."}, []string{"<iframe"}},
		{mail + "/html", nil, 200, []string{`<head><base target="_top">`, "Accepter"}, nil},
		{text + "/html", nil, 404, []string{"n’est pas ici"}, nil},
		{mail + "/source", nil, 200, []string{"Subject: =?UTF-8?Q?"}, nil},
		{s.URL() + "/style.css", nil, 200, []string{"color-scheme"}, nil},
		{s.URL() + "/mails/0198c0de-0000-7000-8000-000000000000", nil, 404, []string{"n’est pas ici"}, nil},
		{s.URL() + "/mails/..%2f..%2fetc%2fpasswd", nil, 404, []string{"n’est pas ici"}, []string{"root:"}},
		{s.URL() + "/mails/x/source", nil, 404, []string{"n’est pas ici"}, nil},
		{s.URL() + "/elsewhere", nil, 404, []string{"n’est pas ici"}, nil},
		{s.URL() + "/", []string{"Host", "evil.example"}, 403, nil, []string{"Invitation"}},
		{s.URL() + "/api/mails", []string{"Host", "evil.example:8025"}, 403, nil, []string{"Invitation"}},
		{s.URL() + "/", []string{"Host", "localhost:8025"}, 200, nil, nil},
		{s.URL() + "/", []string{"Host", "[::1]:8025"}, 200, nil, nil},
	}
	for _, c := range cases {
		a := get(t, c.url, c.headers...)
		if a.status != c.status {
			t.Errorf("%s: status %d, want %d", c.url, a.status, c.status)
		}
		for _, want := range c.contains {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s: no %q in\n%s", c.url, want, a.body)
			}
		}
		for _, not := range c.lacks {
			if strings.Contains(a.body, not) {
				t.Errorf("%s: %q in\n%s", c.url, not, a.body)
			}
		}
		if strings.Contains(a.body, "mail.box.") {
			t.Errorf("%s: a word is missing", c.url)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := start(t, t.TempDir())
	send(t, s, "nadia@example.org", invitation)
	mail := "/mails/" + letters(t, s, "")[0].ID
	for _, path := range []string{"/", mail, mail + "/html", mail + "/source", "/api/mails", "/style.css", "/absent"} {
		a := get(t, s.URL()+path)
		policy := a.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src") || strings.Contains(policy, "allow-scripts") {
			t.Errorf("%s: policy %q", path, policy)
		}
		sandboxed := strings.HasPrefix(policy, "sandbox ")
		if sandboxed != (path == mail+"/html") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Contains(policy, "unsafe-inline") != sandboxed {
			t.Errorf("%s: policy %q", path, policy)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "no-referrer" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
}

func TestRefusesOtherAddresses(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "ruche.example:25", "127.0.0.1"} {
		for _, o := range []mailbox.Options{
			{SMTPAddr: addr, HTTPAddr: "127.0.0.1:0", Dir: t.TempDir()},
			{SMTPAddr: "127.0.0.1:0", HTTPAddr: addr, Dir: t.TempDir()},
		} {
			s, err := mailbox.Start(t.Context(), o)
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: error %v, want Invalid", o, err)
			}
			if err == nil {
				_ = s.Close()
			}
		}
	}
}

func TestAddressTaken(t *testing.T) {
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = mailbox.Start(t.Context(), mailbox.Options{SMTPAddr: "127.0.0.1:0", HTTPAddr: l.Addr().String(), Dir: t.TempDir()})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("error %v, want Unavailable", err)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := mailbox.Start(t.Context(), mailbox.Options{SMTPAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0", Dir: filepath.Join(file, "x")})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("error %v, want Unavailable", err)
	}
}

func TestStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := mailbox.Start(ctx, mailbox.Options{SMTPAddr: "localhost:0", HTTPAddr: "[::1]:0", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Close(); err != nil { // waits for the stop under way
		t.Fatal(err)
	}
	var dialer net.Dialer
	if c, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://")); err == nil {
		_ = c.Close()
		t.Error("the page still answers")
	}
}

// TestShowsComposedMails passes a mail of Compose through and reads it as a
// browser would.
func TestShowsComposedMails(t *testing.T) {
	s := start(t, t.TempDir())
	_, body, err := mail.Compose("fr", mail.Content{
		Title: "Camille vous invite", Intro: []string{"Bonjour."}, ActionLabel: "Accepter", ActionURL: "http://127.0.0.1:8080/invitation/abc",
	})
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, "nadia@example.org", "Subject: x\nContent-Type: text/html; charset=utf-8\n\n"+body)
	a := get(t, s.URL()+"/mails/"+letters(t, s, "")[0].ID+"/html")
	doc, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "a":
			links++
		case "base":
			if n.Parent.Data != "head" {
				t.Error("the base is not in the head")
			}
		case "script", "img", "link", "iframe", "form":
			t.Errorf("the mail holds <%s>", n.Data)
		}
	}
	if links != 2 {
		t.Errorf("%d links, want the button and its address", links)
	}
}

func TestNestedAndAttached(t *testing.T) {
	s := start(t, t.TempDir())
	send(t, s, "nadia@example.org", `Subject: Avec un fichier
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: multipart/alternative; boundary=i

--i
Content-Type: text/plain

Bonjour.
--i
Content-Type: text/html

<p>Bonjour.</p>
--i--
--o
Content-Type: application/pdf
Content-Disposition: attachment; filename="plan.pdf"

x
--o--
`)
	m := letters(t, s, "")[0]
	if strings.TrimSpace(m.Text) != "Bonjour." || strings.TrimSpace(m.HTML) != "<p>Bonjour.</p>" {
		t.Errorf("%+v", m)
	}
	if page := get(t, s.URL()+"/mails/"+m.ID); !strings.Contains(page.body, "plan.pdf") {
		t.Errorf("%s", page.body)
	}
}

func TestMailWithoutSubjectOrDate(t *testing.T) {
	s := start(t, t.TempDir())
	send(t, s, "nadia@example.org", "X-Nothing: 1\n\n")
	m := letters(t, s, "")[0]
	for _, path := range []string{"/", "/mails/" + m.ID} {
		if page := get(t, s.URL()+path); !strings.Contains(page.body, "(sans objet)") {
			t.Errorf("%s: %s", path, page.body)
		}
	}
}
