package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"image"
	"image/png"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/blob"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

func smallPNG() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 4))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// attached is an image of an item, joined by its author when there is none yet.
func (h *house) attached(item id.ID) id.ID {
	h.t.Helper()
	var found id.ID
	var it content.Item
	h.read(func(ctx context.Context, tx *db.Tx) (err error) {
		err = tx.QueryRow(ctx, `SELECT id FROM attachments WHERE item_id = $1 AND view_digest IS NOT NULL ORDER BY id LIMIT 1`, item).Scan(&found)
		if err == nil || !db.IsNoRows(err) {
			return err
		}
		it, err = content.ForProgram(ctx, tx, item)
		return err
	})
	if !found.IsZero() {
		return found
	}
	author := h.actor(h.text(`SELECT email FROM accounts WHERE id = $1`, it.Author))
	up, err := h.Attach.Stage(h.t.Context(), author, "test", "image.png", bytes.NewReader(smallPNG()))
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		return attach.Join(ctx, tx, author, it.ID, id.ID{}, []attach.Joined{{Upload: up.ID, Alt: "Un rectangle noir"}}, h.clock.Now())
	})
	return h.attached(item)
}

// upload sends a form with files: pairs of a name and what it holds.
func (p *person) upload(path string, texts map[string]string, files ...string) answer {
	p.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreateFormFile("fichiers", files[i])
		if err != nil {
			p.h.t.Fatal(err)
		}
		if _, err := io.WriteString(part, files[i+1]); err != nil {
			p.h.t.Fatal(err)
		}
	}
	for name, text := range texts {
		if err := form.WriteField(name, text); err != nil {
			p.h.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		p.h.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(p.h.t.Context(), http.MethodPost, "http://127.0.0.1:8080"+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range p.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.h.Router.ServeHTTP(w, r)
	res := w.Result()
	defer func() { _ = res.Body.Close() }()
	return answer{status: res.StatusCode, header: res.Header, body: w.Body.String()}
}

var fileLink = regexp.MustCompile(`/p/[0-9a-f-]{36}/-/fichiers/[0-9a-f-]{36}/[^"/]+"`)

// links are the addresses of the files of a page.
func links(page string) (out []string) {
	for _, l := range fileLink.FindAllString(page, -1) {
		if l = strings.TrimSuffix(l, `"`); !strings.HasSuffix(l, "/retirer") && (len(out) == 0 || out[len(out)-1] != l) {
			out = append(out, l)
		}
	}
	return out
}

// TestFilesOfAPost: sent, joined, had by who may read and by nobody else, taken
// away, swept.
func TestFilesOfAPost(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	begin := h.blobs()
	page, permanent := published(t, author, "Avec des fichiers", "x")
	if a := author.upload(permanent+"/-/pieces", nil, "../../C:\\notes\u202e.txt", "des notes"); a.status != http.StatusSeeOther {
		t.Fatalf("sending answered %d", a.status)
	}
	// An image waits for its words; what was sent is kept meanwhile.
	a := author.upload(permanent+"/-/pieces", nil, "photo.png", string(smallPNG()), "données.csv", "a;b")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Décrivez l’image") || !strings.Contains(a.body, "données.csv") {
		t.Fatalf("an image without words answered %d", a.status)
	}
	form := map[string]string{}
	var pieces []string
	for _, m := range regexp.MustCompile(`name="(alt-)?(?:piece" value=")?([0-9a-f-]{36})"`).FindAllStringSubmatch(a.body, -1) {
		if m[1] == "alt-" {
			form["alt-"+m[2]] = "Une photo"
		} else if len(pieces) == 0 || pieces[len(pieces)-1] != m[2] {
			pieces = append(pieces, m[2])
		}
	}
	if strings.Contains(reader.get(page).body, "photo.png") {
		t.Error("what waits is shown")
	}
	values := map[string][]string{"piece": pieces}
	for name, text := range form {
		values[name] = []string{text}
	}
	if a := h.as(lead).do("POST", permanent+"/-/pieces/joindre", values); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another joins what somebody sent: %d", a.status)
	}
	if a := author.do("POST", permanent+"/-/pieces/joindre", values); a.status != http.StatusSeeOther {
		t.Fatalf("joining answered %d: %v", a.status, values)
	}
	shown := reader.get(page).body
	got := links(shown)
	if len(got) != 3 || !strings.Contains(shown, `alt="Une photo"`) || !strings.Contains(shown, "notes.txt") || strings.Contains(shown, "C:") {
		t.Fatalf("the page shows %v", got)
	}
	file := reader.get(got[0])
	if file.body != "des notes" || file.header.Get("Content-Security-Policy") != "default-src 'none'; sandbox; frame-ancestors 'none'" ||
		!strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || file.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a file comes as %q with %v", file.body, file.header)
	}
	image := reader.get(permanent + "/-/fichiers/" + strings.Split(got[1], "/")[5] + "/-/apercu")
	if image.status != http.StatusOK || !strings.HasPrefix(image.header.Get("Content-Type"), "image/") || image.body == string(smallPNG()) {
		t.Errorf("the image of the page comes as %d, %v", image.status, image.header)
	}
	for _, p := range []*person{h.as(nowhere), h.as(admin), h.as(secretLead)} {
		for _, path := range append(got, permanent+"/-/pieces") {
			if a := p.get(path); a.status != http.StatusNotFound {
				t.Errorf("%s has %s: %d", p.name, path, a.status)
			}
		}
	}
	if a := reader.upload(permanent+"/-/pieces", nil, "x", "x"); a.status != http.StatusForbidden {
		t.Errorf("a reader adds a file: %d", a.status)
	}
	if a := reader.post(strings.Replace(got[0], "/notes.txt", "/retirer", 1)); a.status != http.StatusForbidden {
		t.Errorf("a reader takes a file away: %d", a.status)
	}
	if n := h.number(`SELECT COUNT(*) FROM uploads`); n != 0 {
		t.Errorf("%d uploads wait", n)
	}
	// Moved with the post; gone for who is removed; gone with it.
	author.post(strings.Replace(got[0], "/notes.txt", "/retirer", 1))
	if a := reader.get(got[0]); a.status != http.StatusNotFound {
		t.Errorf("a file that was taken away is there: %d", a.status)
	}
	h.clock.Advance(25 * time.Hour)
	h.age(25 * time.Hour)
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM blobs`); int(n) != begin+3 {
		t.Errorf("%d blobs are kept, want those of the image and of the table", n)
	}
	if n := h.blobs(); n != begin+3 {
		t.Errorf("the bytes of %d blobs are kept", n)
	}
	member := h.actor(external).Account
	h.as(lead).post("/espaces/demat-ads/membres/" + member.String() + "/-/retirer")
	if a := reader.get(got[1]); a.status != http.StatusNotFound {
		t.Errorf("a removed member has a file: %d", a.status)
	}
	author.post(permanent + "/-/corbeille")
	h.clock.Advance(32 * 24 * time.Hour)
	h.run()
	h.age(25 * time.Hour)
	h.clock.Advance(2 * time.Hour)
	h.run()
	if n := h.blobs(); n != begin {
		t.Errorf("the bytes of %d blobs outlive the post", n)
	}
}

// files is the folder of kept files.
func (h *house) files() string { return filepath.Join(h.Config.DataDir, "files") }

// blobs counts the files kept.
func (h *house) blobs() (n int) {
	h.t.Helper()
	err := filepath.WalkDir(h.files(), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// age makes the files kept older, as the clock of the machine says it.
func (h *house) age(d time.Duration) {
	h.t.Helper()
	at := time.Now().Add(-d)
	err := filepath.WalkDir(h.files(), func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			err = os.Chtimes(name, at, at)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestFilesOfAComment: a comment that is refused keeps what it brought; its author
// and the leads take a file away; a comment removed takes its files with it.
func TestFilesOfAComment(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	page, permanent := published(t, author, "Commenté", "x")
	at := permanent + "/-/commentaires"
	a := reader.upload(at, map[string]string{"texte": " "}, "plan.txt", "le plan")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "plan.txt") {
		t.Fatalf("an empty comment with a file answered %d", a.status)
	}
	piece := regexp.MustCompile(`name="piece" value="([0-9a-f-]{36})"`).FindStringSubmatch(a.body)
	if piece == nil {
		t.Fatal("the form does not keep the file")
	}
	if a := author.post(at, "texte", "volé", "piece", piece[1]); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another sends what somebody sent: %d", a.status)
	}
	a = reader.upload(at, map[string]string{"texte": "Voici", "piece": piece[1], "alt": "Un rectangle"}, "image.png", string(smallPNG()))
	if a.status != http.StatusSeeOther {
		t.Fatalf("a comment with files answered %d: %s", a.status, a.body)
	}
	comment := strings.SplitN(a.location(), "#c-", 2)[1]
	got := links(author.get(page).body)
	if len(got) != 2 || author.get(got[0]).body != "le plan" {
		t.Fatalf("the comment shows %v", got)
	}
	if a := author.post(strings.Replace(got[0], "/plan.txt", "/retirer", 1)); a.status != http.StatusForbidden {
		t.Errorf("another takes a file of a comment away: %d", a.status)
	}
	if a := reader.post(strings.Replace(got[0], "/plan.txt", "/retirer", 1)); !strings.Contains(reader.get(a.location()).location(), "#c-"+comment) {
		t.Errorf("taking one's file away leads to %q", a.location())
	}
	reader.post(at + "/" + comment + "/retirer")
	if a := author.get(got[1]); a.status != http.StatusNotFound {
		t.Errorf("the file of a comment that was removed is there: %d", a.status)
	}
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM attachments WHERE remark_id IS NOT NULL`); n != 0 {
		t.Error("the file of a comment that was removed is kept")
	}
	if a := h.as(nowhere).upload(at, map[string]string{"texte": "x"}, "x", "x"); a.status != http.StatusNotFound {
		t.Errorf("a stranger sends a file: %d", a.status)
	}
	if n := h.number(`SELECT COUNT(*) FROM uploads WHERE account_id = $1`, h.actor(nowhere).Account); n != 0 {
		t.Error("the file of a stranger is kept")
	}
}

// TestHostileFilesRunNothing: what a browser might run is bytes to be kept.
func TestHostileFilesRunNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	page, permanent := published(t, author, "Hostile", "x")
	gif, err := base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"page.html": "<!doctype html><script>alert(1)</script>", "dessin.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"faux.png": "<html><script>alert(1)</script>", "bombe.png": "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00",
		"double.gif": string(gif) + "<script>alert(1)</script>", "a\r\nSet-Cookie: x=1.txt": "x", "doc.pdf": "%PDF-1.7 <script>", "x.xml": `<?xml version="1.0"?><a/>`,
	} {
		if a := author.upload(permanent+"/-/pieces", map[string]string{"alt": "Rien"}, name, body); a.status != http.StatusSeeOther && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%q answered %d", name, a.status)
		}
	}
	for _, l := range links(author.get(page).body) {
		a := author.get(l)
		kind := a.header.Get("Content-Type")
		if a.status != http.StatusOK || strings.Contains(kind, "html") || strings.Contains(kind, "svg") || strings.Contains(kind, "xml") || strings.Contains(kind, "pdf") ||
			!strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s comes as %d %q %v", l, a.status, kind, a.header)
		}
	}
}

// TestPartsOfAFile: a range, and nothing when nothing changed; both ask for the
// right each time.
func TestPartsOfAFile(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	page, permanent := published(t, author, "En morceaux", "x")
	author.upload(permanent+"/-/pieces", nil, "dix.txt", "0123456789")
	link := links(author.get(page).body)[0]
	ask := func(p *person, name, value string) answer {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:8080"+link, nil)
		r.Header.Set(name, value)
		for cookie, v := range p.jar {
			r.AddCookie(&http.Cookie{Name: cookie, Value: v})
		}
		w := httptest.NewRecorder()
		h.Router.ServeHTTP(w, r)
		return answer{status: w.Code, header: w.Header(), body: w.Body.String()}
	}
	if a := ask(author, "Range", "bytes=2-4"); a.status != http.StatusPartialContent || a.body != "234" {
		t.Errorf("a part comes as %d %q", a.status, a.body)
	}
	tag := author.get(link).header.Get("ETag")
	if a := ask(author, "If-None-Match", tag); a.status != http.StatusNotModified {
		t.Errorf("what did not change comes as %d", a.status)
	}
	if a := ask(h.as(nowhere), "If-None-Match", tag); a.status != http.StatusNotFound {
		t.Errorf("a stranger is told that it did not change: %d", a.status)
	}
}

// TestATooLargeFileIsRefused: in words, with what was typed, and nothing kept.
func TestATooLargeFileIsRefused(t *testing.T) {
	t.Parallel()
	h := openLimited(t, 1)
	begin := h.blobs()
	author := h.as(contributor)
	_, permanent := published(t, author, "Trop", "x")
	big := strings.Repeat("x", 1_000_001)
	if a := author.upload(permanent+"/-/pieces", nil, "gros.bin", big); a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "gros.bin") {
		t.Errorf("a file that is too large answered %d", a.status)
	}
	if a := author.upload(permanent+"/-/commentaires", map[string]string{"texte": "Un texte tapé"}, "gros.bin", big); a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "Un texte tapé") {
		t.Errorf("a comment with a file that is too large answered %d", a.status)
	}
	if n := h.blobs(); n != begin {
		t.Errorf("%d files are kept", n-begin)
	}
}

// TestDamageIsNamed: a byte that changed on the disk is found, and what is missing.
func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	page, permanent := published(t, author, "Abîmé", "x")
	author.upload(permanent+"/-/pieces", nil, "a.txt", "entier")
	author.upload(permanent+"/-/pieces", nil, "b.txt", "perdu")
	if bad, err := h.Attach.Damaged(t.Context()); err != nil || len(bad) != 0 {
		t.Fatalf("%v are damaged: %v", bad, err)
	}
	for body, change := range map[string]func(name string) error{
		"entier": func(name string) error { return os.WriteFile(name, []byte("autres"), 0o600) },
		"perdu":  os.Remove,
	} {
		d := digestOf(body)
		if err := change(filepath.Join(h.files(), "sha256", d[:2], d[2:4], d)); err != nil {
			t.Fatal(err)
		}
	}
	if bad, err := h.Attach.Damaged(t.Context()); err != nil || len(bad) != 2 {
		t.Errorf("%v are damaged: %v", bad, err)
	}
	if a := author.get(links(author.get(page).body)[1]); a.status != http.StatusServiceUnavailable {
		t.Errorf("a file whose bytes are gone answered %d", a.status)
	}
}

func digestOf(body string) string {
	return blob.Digest(sha256.Sum256([]byte(body))).String()
}
