package web_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

const urlencoded = "application/x-www-form-urlencoded"

// parse reads one body as a form, without a router.
func parse(t *testing.T, contentType, body string, maxBytes int64) (*web.Form, *http.Request, error) {
	t.Helper()
	r := httptest.NewRequest("POST", "/x?q=fromquery&a=query", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	err := web.ParseForm(httptest.NewRecorder(), r, maxBytes)
	return web.NewForm(r), r, err
}

func TestParseForm(t *testing.T) {
	t.Parallel()
	f, r, err := parse(t, urlencoded+"; charset=UTF-8", "a=1&a=2&b=%C3%A9t%C3%A9+2026&c=l1%0D%0Al2%0Dl3&d", 0)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"a": {"1", "2"}, "b": {"été 2026"}, "c": {"l1\nl2\nl3"}, "d": {""}}
	if !reflect.DeepEqual(f.Values, want) || !reflect.DeepEqual(r.PostForm, want) {
		t.Errorf("%v", f.Values)
	}
	if r.FormValue("q") != "fromquery" || !slices.Equal(r.Form["a"], []string{"1", "2", "query"}) {
		t.Errorf("with the query: %v", r.Form)
	}
}

func TestParseMultipart(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, kv := range [][2]string{{"title", "Été"}, {"title", "2"}, {"body", "l1\r\nl2"}} {
		if err := m.WriteField(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", "x.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, "not read here")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	f, _, err := parse(t, m.FormDataContentType(), body.String(), 0)
	if want := (url.Values{"title": {"Été", "2"}, "body": {"l1\nl2"}}); err != nil || !reflect.DeepEqual(f.Values, want) {
		t.Errorf("%v, %v", f.Values, err)
	}
	f, _, err = parse(t, m.FormDataContentType(), body.String()[:250], 0)
	if fault.KindOf(err) != fault.Invalid || f.Get("title") != "Été" {
		t.Errorf("cut: %v, %v", f.Values, err)
	}
}

func TestWrongForms(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("a=1&", 1001)
	for _, tt := range []struct {
		name, kind, body string
		want             fault.Kind
		keeps            string
	}{
		{"malformed", urlencoded, "title=Bonjour&x=%zz", fault.Invalid, "Bonjour"},
		{"not UTF-8", urlencoded, "title=Bon%ffjour", fault.Invalid, "Bon\uFFFDjour"},
		{"NUL", urlencoded, "title=Bon%00jour", fault.Invalid, "Bonjour"},
		{"wrong name", urlencoded, "title=Bonjour&%ff=1", fault.Invalid, "Bonjour"},
		{"too many", urlencoded, many, fault.Invalid, ""},
		{"json", "application/json", `{"title":"x"}`, fault.Invalid, ""},
		{"no type", "", "title=Bonjour", fault.Invalid, ""},
		{"no boundary", "multipart/form-data", "title=Bonjour", fault.Invalid, ""},
		{"nothing", "", "", 99, ""},
	} {
		f, _, err := parse(t, tt.kind, tt.body, 0)
		if tt.want == 99 {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err == nil || fault.KindOf(err) != tt.want || f.Get("title") != tt.keeps {
			t.Errorf("%s: %v, kept %q", tt.name, err, f.Get("title"))
		}
	}
	_, _, err := parse(t, urlencoded, "title=%ff", 0)
	if fields := fault.FieldsOf(err); len(fields) != 1 || fields[0].Name != "title" || fields[0].Key != "web.form.text" {
		t.Errorf("fields %v", fields)
	}
}

// TestTooLargeKeepsWhatWasTyped sends a body over the limit as a browser does,
// over a connection: the answer is a page with 413 and the whole text.
func TestTooLargeKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("POST", "/form", open, func(w http.ResponseWriter, r *http.Request) error {
		err := web.ParseForm(w, r, 0)
		f := web.NewForm(r)
		status := http.StatusOK
		if err != nil {
			status = web.StatusOf(fault.KindOf(err))
		}
		return web.Render(w, r, status, text(fmt.Sprintf("%s|%d|%s", f.Get("title"), len(f.Get("body")), web.Message(r.Context(), orNone(err)))))
	})
	s.Handle("POST", "/small", open, func(w http.ResponseWriter, r *http.Request) error {
		return web.ParseForm(w, r, 0)
	}, web.MaxBody(100))
	s.Handle("POST", "/unread", open, fails(fault.NotFoundError()))
	s.Mount("POST /raw", open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			s.Fail(w, r, fmt.Errorf("after %d: %w", n, err))
		}
	}))
	s.Mount("POST /free", open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprintf(w, "%d %v", n, err)
	}), web.MaxBody(-1))
	server := httptest.NewServer(s)
	defer server.Close()
	const mib = 1 << 20
	for _, tt := range []struct {
		path   string
		size   int
		status int
		starts string
	}{
		{"/form", 1000, 200, "Titre|1000|"},
		{"/form", 2*mib - 100, 200, fmt.Sprintf("Titre|%d|", 2*mib-100)},
		{"/form", 5 * mib, 413, fmt.Sprintf("Titre|%d|Ce que vous avez envoyé est trop volumineux\u00a0: 2", 5*mib)},
		{"/form", 20 * mib, 413, "Titre|83"}, // a part only: four times the limit
		{"/small", 1000, 413, "<h1>Erreur"},
		{"/unread", 5 * mib, 404, "<h1>Erreur"},
		{"/nowhere", 5 * mib, 404, "<h1>Erreur"},
		{"/raw", 5 * mib, 413, "<h1>Erreur"},
		{"/raw", 2*mib - 20, 200, ""},
		{"/free", 5 * mib, 200, fmt.Sprintf("%d <nil>", 5*mib+len("title=Titre&body="))},
	} {
		for _, chunked := range []bool{false, true} {
			body := io.Reader(strings.NewReader("title=Titre&body=" + strings.Repeat("x", tt.size)))
			if chunked {
				body = io.MultiReader(body) // hides the length
			}
			resp, err := server.Client().Post(server.URL+tt.path, urlencoded, body)
			if err != nil {
				t.Errorf("%s %d chunked %v: %v", tt.path, tt.size, chunked, err)
				continue
			}
			got, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != tt.status || !strings.HasPrefix(string(got), tt.starts) {
				t.Errorf("%s %d chunked %v: %d %.100s, %v", tt.path, tt.size, chunked, resp.StatusCode, got, err)
			}
		}
	}
}

func orNone(err error) error {
	if err == nil {
		return errors.New("none")
	}
	return err
}

func TestBodiesNobodyWillReadAreNotAwaited(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("POST", "/form", open, func(w http.ResponseWriter, r *http.Request) error { return web.ParseForm(w, r, 0) })
	server := httptest.NewServer(s)
	defer server.Close()
	for name, head := range map[string]string{
		"waits for a word": "Content-Length: 5000000\r\nExpect: 100-continue\r\n",
		"a terabyte":       "Content-Length: 1099511627776\r\n",
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "POST /form HTTP/1.1\r\nHost: ruche.example\r\nContent-Type: %s\r\n%s\r\n", urlencoded, head)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 413 || !resp.Close {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
		shut(conn)
	}
}

func TestReadInputs(t *testing.T) {
	t.Parallel()
	known := id.New()
	f, _, err := parse(t, urlencoded, url.Values{
		"line": {"  Un   titre\tlong "}, "text": {"\n  \n  début\r\n\r\nfin \n\n"}, "raw": {"  mot de passe "},
		"n": {" 12 "}, "on": {"on"}, "kind": {"public"}, "id": {known.String()}, "noid": {""},
	}.Encode(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Line("line", 100); got != "Un titre long" {
		t.Errorf("line %q", got)
	}
	if got := f.Text("text", 100); got != "  début\n\nfin" {
		t.Errorf("text %q", got)
	}
	if got := f.Raw("raw", 100); got != "  mot de passe " {
		t.Errorf("raw %q", got)
	}
	if f.Int("n", 1, 12) != 12 || !f.Checked("on") || f.Checked("off") || f.Choice("kind", "private", "public") != "public" {
		t.Error("number, box or choice")
	}
	if f.ID("id") != known || !f.ID("noid").IsZero() || !f.ID("absent").IsZero() {
		t.Error("ids")
	}
	if err := f.Err(); err != nil {
		t.Errorf("refused: %v", err)
	}
}

func TestRefusedInputs(t *testing.T) {
	t.Parallel()
	words, err := i18n.New(i18n.French, web.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), words.Printer(i18n.French, nil))
	f, _, err := parse(t, urlencoded, url.Values{
		"missing": {" \u00a0\n"}, "long": {"ééééé"}, "longtext": {"ééééé"}, "n": {"douze"}, "n2": {"13"}, "kind": {"secret"}, "id": {"x"},
		"override": {"gnp\u202eexe.txt"}, "bell": {"a\x07b"}, "both": {""},
	}.Encode(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Require("missing", "absent")
	if got := f.Line("long", 4); got != "ééééé" {
		t.Errorf("what was typed became %q", got)
	}
	f.Text("longtext", 4)
	f.Int("n", 1, 12)
	f.Int("n2", 1, 12)
	f.Choice("kind", "private", "public")
	f.ID("id")
	f.Line("override", 100)
	f.Text("bell", 100)
	f.Refuse("both", "web.form.missing")
	f.Refuse("both", "web.form.choice")
	err = f.Err()
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("%v", err)
	}
	want := []web.FieldError{
		{Name: "missing", Text: "Remplissez ce champ."},
		{Name: "absent", Text: "Remplissez ce champ."},
		{Name: "long", Text: "Ce texte est trop long\u00a0: 4 caractères au plus, contre 5 ici."},
		{Name: "longtext", Text: "Ce texte est trop long\u00a0: 4 caractères au plus, contre 5 ici."},
		{Name: "n", Text: "Indiquez un nombre entier de 1 à 12."},
		{Name: "n2", Text: "Indiquez un nombre entier de 1 à 12."},
		{Name: "kind", Text: "Choisissez une des réponses proposées."},
		{Name: "id", Text: "Choisissez une des réponses proposées."},
		{Name: "override", Text: "Ce texte contient des caractères invisibles qui ne sont pas acceptés."},
		{Name: "bell", Text: "Ce texte contient des caractères invisibles qui ne sont pas acceptés."},
		{Name: "both", Text: "Remplissez ce champ."},
	}
	if got := web.FieldErrors(ctx, err); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	f.Explain(ctx, err)
	byName := web.FormErrors(ctx, fmt.Errorf("wrapped: %w", err))
	if !reflect.DeepEqual(f.Errors, byName) || len(byName) != len(want) || byName["n"] != want[4].Text {
		t.Errorf("by name %v", byName)
	}
	if got := web.FormErrors(ctx, errors.New("x")); len(got) != 0 {
		t.Errorf("of another error: %v", got)
	}
	if got := web.Message(ctx, err); got != "Certaines informations sont à corriger." {
		t.Errorf("message %q", got)
	}
	if got := web.Message(ctx, errors.New("x")); got != "Une erreur s’est produite de notre côté." {
		t.Errorf("message of another error: %q", got)
	}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		if key := "fault." + k.String(); !words.Has(key) || web.Message(ctx, &fault.Error{Kind: k}) != i18n.T(ctx, key) {
			t.Errorf("no sentence for %s", key)
		}
	}
	// For the first showing.
	f.Set("kind", "public")
	if f.Get("kind") != "public" {
		t.Error("set")
	}
}

func TestQueriesAreClean(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	var raw, clean string
	s.Handle("GET", "/search", open, func(w http.ResponseWriter, r *http.Request) error {
		raw, clean = r.URL.Query().Get("q"), web.NewQuery(r).Line("q", 100)
		return nil
	})
	for query, want := range map[string]string{"q=%C3%A9t%C3%A9": "été", "q=a%00b": "ab", "q=a%ffb": "a\uFFFDb", "q=ok&x=%zz": "ok", "": ""} {
		s.ask("GET", "/search?"+query, "")
		if raw != want || clean != want {
			t.Errorf("%s: %q and %q", query, raw, clean)
		}
	}
	if got := web.NewQuery(httptest.NewRequest("GET", "/?q=a%00b", nil)).Get("q"); got != "ab" {
		t.Errorf("without a router: %q", got)
	}
}

func FuzzParseForm(f *testing.F) {
	f.Add(urlencoded, []byte("a=1&b=%C3%A9&c=%zz&%00=%ff"), int64(64))
	f.Add(urlencoded, []byte(strings.Repeat("a=1&", 400)), int64(100))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--x--\r\n"), int64(0))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\nv"), int64(5))
	f.Add("text/plain", []byte("a"), int64(1))
	f.Fuzz(func(t *testing.T, kind string, body []byte, limit int64) {
		r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		limit %= 1 << 16
		err := web.ParseForm(httptest.NewRecorder(), r, limit)
		if limit > 0 && int64(len(body)) > limit && fault.KindOf(err) != fault.TooLarge {
			t.Fatalf("%d bytes over %d: %v", len(body), limit, err)
		}
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("the sender's mistake is ours: %v", err)
		}
		form, total := web.NewForm(r), 0
		for name, list := range form.Values {
			for _, v := range list {
				total++
				if !utf8.ValidString(name+v) || strings.ContainsAny(name+v, "\x00") || strings.Contains(v, "\r") {
					t.Fatalf("%q = %q", name, v)
				}
			}
			for _, v := range []string{form.Line(name, 50), form.Text(name, 50)} {
				if !utf8.ValidString(v) {
					t.Fatalf("%q = %q", name, v)
				}
			}
			if once := form.Line(name, 50); len(list) == 1 {
				form.Set(name, once)
				if again := form.Line(name, 50); again != once {
					t.Fatalf("line %q becomes %q", once, again)
				}
			}
			form.Int(name, 0, 9)
			form.ID(name)
		}
		if total > 1000 {
			t.Fatalf("%d values", total)
		}
	})
}
