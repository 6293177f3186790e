package mailbox

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/i18n"
)

//go:embed page.html style.css
var files embed.FS

// pages answers the browser and the tests.
type pages struct {
	store *store
	words *i18n.Catalog
	clock clock.Clock
}

const (
	// pagePolicy is that of our own pages: no script at all.
	pagePolicy = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	// mailPolicy is that of the HTML of a mail: a sandbox of its own origin,
	// where a person's click may leave for the address of a link.
	mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; " +
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)

func newHTTP(p *pages) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("GET /mails/{id}", p.show)
	mux.HandleFunc("GET /mails/{id}/html", p.html)
	mux.HandleFunc("GET /mails/{id}/source", p.source)
	mux.HandleFunc("GET /api/mails", p.api)
	mux.HandleFunc("GET /style.css", p.style)
	mux.HandleFunc("/", p.absent)
	return &http.Server{
		Handler:           headers(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
	}
}

// headers refuses requests that name another host, by which a site open in the
// same browser could read mails (DNS rebinding), and sets what every answer has.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.Host) {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}

// view is what page.html is given.
type view struct {
	Lang, Title, Home string
	List              *listView
	Mail              *mailView
	Sorry             string
}

type listView struct {
	Count, To, FilterLabel, FilterButton, Refresh, Empty string
	Rows                                                 []rowView
}

type rowView struct{ Href, Subject, To, When, Exact, Stamp string }

type mailView struct {
	Facts                        []fact
	TextTitle, HTMLTitle, NoText string
	Text                         []span
	HTMLHref, Alone              string
	SourceHref, Source           string
}

type fact struct{ Name, Value string }

// span is a stretch of plain text, or a link.
type span struct{ Text, Href string }

// printer writes in the reader's language and in the zone of this machine, where
// the reader sits.
func (p *pages) printer(r *http.Request) *i18n.Printer {
	return p.words.Printer(p.words.Match(r.Header.Get("Accept-Language")), time.Local)
}

func (p *pages) list(w http.ResponseWriter, r *http.Request) {
	t, now := p.printer(r), p.clock.Now()
	to := strings.TrimSpace(r.URL.Query().Get("to"))
	found := p.store.list(to, 200)
	v := &listView{
		Count:        t.N("mail.box.count", len(found)),
		To:           to,
		FilterLabel:  t.T("mail.box.filter"),
		FilterButton: t.T("mail.box.filter.do"),
		Refresh:      t.T("mail.box.refresh"),
		Empty:        t.T("mail.box.empty"),
	}
	for _, e := range found {
		v.Rows = append(v.Rows, rowView{
			Href:    "/mails/" + e.ID,
			Subject: subject(t, e),
			To:      strings.Join(e.To, ", "),
			When:    t.Relative(now, e.Date),
			Exact:   t.DateTime(e.Date),
			Stamp:   e.Date.Format(time.RFC3339),
		})
	}
	p.render(w, http.StatusOK, view{Lang: t.Lang(), Title: t.T("mail.box.title"), Home: t.T("mail.box.title"), List: v})
}

func (p *pages) show(w http.ResponseWriter, r *http.Request) {
	l, err := p.store.read(r.PathValue("id"))
	if err != nil {
		p.absent(w, r)
		return
	}
	t := p.printer(r)
	v := &mailView{
		Facts: []fact{
			{t.T("mail.box.from"), l.From},
			{t.T("mail.box.to"), strings.Join(l.To, ", ")},
			{t.T("mail.box.date"), t.DateTime(l.Date)},
		},
		TextTitle:  t.T("mail.box.text"),
		NoText:     t.T("mail.box.no_text"),
		Text:       spans(l.Text),
		SourceHref: "/mails/" + l.ID + "/source",
		Source:     t.T("mail.box.source"),
	}
	if len(l.Attachments) > 0 {
		v.Facts = append(v.Facts, fact{t.T("mail.box.files"), strings.Join(l.Attachments, ", ")})
	}
	if l.HTML != "" {
		v.HTMLTitle = t.T("mail.box.html")
		v.HTMLHref = "/mails/" + l.ID + "/html"
		v.Alone = t.T("mail.box.alone")
	}
	p.render(w, http.StatusOK, view{Lang: t.Lang(), Title: subject(t, l.entry), Home: t.T("mail.box.title"), Mail: v})
}

func subject(t *i18n.Printer, e entry) string {
	if strings.TrimSpace(e.Subject) == "" {
		return t.T("mail.box.no_subject")
	}
	return e.Subject
}

// html answers the HTML of a mail, its links aimed at the whole window rather
// than at the frame that shows it.
func (p *pages) html(w http.ResponseWriter, r *http.Request) {
	l, err := p.store.read(r.PathValue("id"))
	if err != nil || l.HTML == "" {
		p.absent(w, r)
		return
	}
	const base = `<base target="_top">`
	body := l.HTML
	if at := strings.Index(strings.ToLower(body), "<head>"); at >= 0 {
		at += len("<head>")
		body = body[:at] + base + body[at:]
	} else {
		body = base + body
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(body)) // in a sandbox without scripts, see mailPolicy
}

func (p *pages) source(w http.ResponseWriter, r *http.Request) {
	data, err := p.store.raw(r.PathValue("id"))
	if err != nil {
		p.absent(w, r)
		return
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="mail.eml"`)
	_, _ = w.Write(data) //nolint:gosec // downloaded, never shown: see the two headers above
}

// api answers the newest mails whole, as JSON, of one mailbox with ?to=, at most
// ?limit= of them (20 unless told, 100 at most).
func (p *pages) api(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 {
		limit = 20
	}
	letters := []letter{}
	for _, e := range p.store.list(strings.TrimSpace(r.URL.Query().Get("to")), min(limit, 100)) {
		l, err := p.store.read(e.ID)
		if err != nil {
			continue // its file was deleted meanwhile
		}
		letters = append(letters, l)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(letters); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b.Bytes())
}

func (p *pages) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "style.css")
}

func (p *pages) absent(w http.ResponseWriter, r *http.Request) {
	t := p.printer(r)
	p.render(w, http.StatusNotFound, view{
		Lang:  t.Lang(),
		Title: t.T("mail.box.absent"),
		Home:  t.T("mail.box.title"),
		Sorry: t.T("mail.box.absent.why"),
	})
}

func (p *pages) render(w http.ResponseWriter, status int, v view) {
	var b bytes.Buffer
	page, err := template.ParseFS(files, "page.html")
	if err == nil {
		err = page.Execute(&b, v)
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// address finds the addresses of a plain text. What ends a sentence after one is
// no part of it.
var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]’»]`)

func links(text string) []string { return address.FindAllString(text, -1) }

// spans cuts a text where its addresses are.
func spans(text string) []span {
	var out []span
	at := 0
	for _, found := range address.FindAllStringIndex(text, -1) {
		if found[0] > at {
			out = append(out, span{Text: text[at:found[0]]})
		}
		link := text[found[0]:found[1]]
		out = append(out, span{Text: link, Href: link})
		at = found[1]
	}
	if at < len(text) {
		out = append(out, span{Text: text[at:]})
	}
	return out
}
