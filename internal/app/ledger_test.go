package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ruche/internal/app"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// ledger is what a crowd of writers was told that the server kept.
type ledger struct {
	mu      sync.Mutex
	posts   map[string]int64 // address of each post, and the last revision acknowledged
	remarks map[string]bool  // text of each comment
	files   map[string]bool  // name of each file
	strange []string         // answers that no fault explains
	acks    atomic.Int64     // how many writes were acknowledged
	lost    atomic.Int64     // how many writes got no answer, or that nothing can be written now
	busy    atomic.Int64     // how many of those were answered: 503
}

func newLedger() *ledger {
	return &ledger{posts: map[string]int64{}, remarks: map[string]bool{}, files: map[string]bool{}}
}

func (l *ledger) post(path string, revision int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts[path] = revision
	l.acks.Add(1)
}

func (l *ledger) remark(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remarks[text] = true
	l.acks.Add(1)
}

func (l *ledger) file(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files[name] = true
	l.acks.Add(1)
}

func (l *ledger) wonder(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strange = append(l.strange, fmt.Sprintf(format, args...))
}

// crowd is writers, each with an account and a browser of their own, spread over
// a few spaces.
type crowd struct {
	ledger  *ledger
	address atomic.Pointer[string] // host and port of the server that is up
	client  *http.Client
	writers []writer
	attach  *attach.Attachments
}

type writer struct {
	*crowd
	name, token, space string
}

// crowdSpaces is over how many spaces a crowd is spread: writes in one space
// follow each other.
const crowdSpaces = 8

// settle makes the accounts, sessions and spaces of a crowd.
func settle(t *testing.T, a *app.App, size int) *crowd {
	t.Helper()
	c := &crowd{ledger: newLedger(), attach: a.Attach, client: &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: size},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	now := time.Now()
	err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
		c.writers = nil
		var spaces []space.Space
		for i := range crowdSpaces {
			sp, err := space.Create(t.Context(), tx, space.New{Name: fmt.Sprintf("Atelier %d", i), Kind: space.Community, Visibility: space.Private}, now)
			if err != nil {
				return err
			}
			if err := a.Registry.Open(t.Context(), tx, sp); err != nil {
				return err
			}
			spaces = append(spaces, sp)
		}
		for i := range size {
			w, sp := writer{crowd: c, name: fmt.Sprintf("w%dz", i)}, spaces[i%crowdSpaces]
			who, err := account.Create(t.Context(), tx, account.New{Email: w.name + "@demo.example", Name: w.name, Class: account.Agent}, now)
			if err != nil {
				return err
			}
			if _, err := space.Join(t.Context(), tx, sp.ID, who.ID, space.Contributor, now); err != nil {
				return err
			}
			opened, err := account.OpenSession(t.Context(), tx, who.ID, "", now)
			if err != nil {
				return err
			}
			w.token = opened.Token
			w.space = sp.Slug
			c.writers = append(c.writers, w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.CloseIdleConnections)
	return c
}

// write lets every writer write until ctx ends, and returns once all have stopped.
func (c *crowd) write(ctx context.Context) {
	var all sync.WaitGroup
	for _, w := range c.writers {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				w.once(ctx, n)
			}
		})
	}
	all.Wait()
}

var itemOfPage = regexp.MustCompile(`/p/([0-9a-f-]{36})/-/commentaires`)

// once writes a post, comments on it and edits it twice. What a write says in
// each of its places names the post and the revision, so that one half done shows.
func (w writer) once(ctx context.Context, n int) {
	name := fmt.Sprintf("%sn%d", w.name, n)
	at, ok := w.send(ctx, "/espaces/"+w.space+"/blog/-/nouveau", text(name, 1))
	if !ok {
		return
	}
	w.ledger.post(at, 1)
	a, ok := w.ask(ctx, http.MethodGet, at, nil)
	found := itemOfPage.FindStringSubmatch(a.body)
	if !ok || found == nil {
		return
	}
	if _, ok := w.bring(ctx, "/p/"+found[1]+"/-/pieces", name+".txt", strings.Repeat("fichier "+name+" ", 3000)); ok {
		w.ledger.file(name + ".txt")
	}
	for revision := int64(2); revision <= 3; revision++ {
		said := fmt.Sprintf("remarque %s %d", name, revision)
		if _, ok := w.send(ctx, "/p/"+found[1]+"/-/commentaires", url.Values{"texte": {said}}); ok {
			w.ledger.remark(said)
		}
		form := text(name, revision)
		form.Set("base", fmt.Sprint(revision-1))
		if _, ok := w.send(ctx, at+"/-/modifier", form); !ok {
			return // the revision it is at is not known
		}
		w.ledger.post(at, revision)
	}
}

func text(name string, revision int64) url.Values {
	return url.Values{"title": {"Billet " + name}, "lede": {fmt.Sprintf("%s r%d", name, revision)}, "body": {fmt.Sprintf("corps %s r%d", name, revision)}, "action": {"publish"}}
}

// send posts a form; true says that the server acknowledged it, with where it
// sends the browser.
func (w writer) send(ctx context.Context, path string, form url.Values) (string, bool) {
	a, ok := w.ask(ctx, http.MethodPost, path, form)
	if ok && a.status != http.StatusSeeOther {
		w.ledger.wonder("POST %s answered %d", path, a.status)
		return "", false
	}
	return a.location(), ok
}

// bring sends a file, as send does a form.
func (w writer) bring(ctx context.Context, path, name, content string) (string, bool) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("fichiers", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		w.ledger.wonder("POST %s: %v", path, err)
		return "", false
	}
	a, ok := w.askWith(ctx, http.MethodPost, path, form.FormDataContentType(), body.String())
	if ok && a.status != http.StatusSeeOther {
		w.ledger.wonder("POST %s answered %d", path, a.status)
		return "", false
	}
	return a.location(), ok
}

// ask is one exchange; false says that there was none, or that the server could
// not do it now.
func (w writer) ask(ctx context.Context, method, path string, form url.Values) (answer, bool) {
	return w.askWith(ctx, method, path, "application/x-www-form-urlencoded", form.Encode())
}

func (w writer) askWith(ctx context.Context, method, path, kind, body string) (answer, bool) {
	// What was sent is seen through, also when the crowd stops.
	r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), method, "http://"+*w.address.Load()+path, strings.NewReader(body))
	if err == nil {
		r.Header.Set("Content-Type", kind)
	}
	if err != nil {
		w.ledger.wonder("%s %s: %v", method, path, err)
		return answer{}, false
	}
	res, err := w.exchange(r)
	if err != nil {
		w.ledger.lost.Add(1)
		pause(ctx, 10*time.Millisecond)
		return answer{}, false
	}
	switch {
	case res.status == http.StatusServiceUnavailable || res.status == http.StatusInsufficientStorage:
		w.ledger.lost.Add(1)
		w.ledger.busy.Add(1)
		pause(ctx, 10*time.Millisecond)
		return answer{}, false
	case res.status >= http.StatusBadRequest:
		w.ledger.wonder("%s %s answered %d", method, path, res.status)
		return answer{}, false
	}
	return res, true
}

// exchange sends a request as the writer's browser would.
func (w writer) exchange(r *http.Request) (answer, error) {
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "ruche_session", Value: w.token})
	res, err := w.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: string(body)}, err
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// audit compares the database with the ledger, and with what the writes of the
// crowd look like when they are whole. It returns what it found wrong.
func (c *crowd) audit(t *testing.T, d *db.DB) (wrong []string) {
	t.Helper()
	var posts map[string]kept
	var remarks map[string]int
	var jobs map[string]bool
	var files map[string]int
	// A planner that knows nothing of what a thousand lives wrote joins it row by row.
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `ANALYZE`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Read(t.Context(), func(tx *db.Tx) (err error) {
		if posts, err = keptPosts(t.Context(), tx); err != nil {
			return err
		}
		if remarks, err = keptRemarks(t.Context(), tx); err != nil {
			return err
		}
		if jobs, err = waiting(t.Context(), tx); err != nil {
			return err
		}
		files, err = keptFiles(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for path, revision := range c.ledger.posts {
		if posts[path].revision < revision {
			say("%s was acknowledged at revision %d and is at %d", path, revision, posts[path].revision)
		}
	}
	for path, p := range posts {
		if fault := p.half(); fault != "" {
			say("%s is half done: %s: %+v", path, fault, p)
		}
	}
	for text := range c.ledger.remarks {
		if _, there := remarks[text]; !there {
			say("the comment %q was acknowledged and is not there", text)
		}
	}
	for text, events := range remarks {
		if events != 1 {
			say("the comment %q has %d events, want 1", text, events)
		}
	}
	for name := range c.ledger.files {
		if files[name] != 1 {
			say("the file %s was acknowledged and is there %d times", name, files[name])
		}
	}
	damaged, err := c.attach.Damaged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range damaged {
		say("a row speaks of the blob %s, which is not whole", d)
	}
	for event, has := range jobs {
		if !has {
			say("event %s is not dispatched and has no job to do so", event)
		}
	}
	if d.Engine() == db.SQLite {
		wrong = append(wrong, damage(t, d)...)
	}
	return append(wrong, c.ledger.strange...)
}

// check is audit for a test that wants nothing wrong.
func (c *crowd) check(t *testing.T, d *db.DB) {
	t.Helper()
	for i, w := range c.audit(t, d) {
		if t.Error(w); i == 10 {
			t.Fatal("… and more")
		}
	}
	t.Logf("%d writes acknowledged, %d without an answer", c.ledger.acks.Load(), c.ledger.lost.Load())
}

// damage is what SQLite itself finds wrong with its file.
func damage(t *testing.T, d *db.DB) (wrong []string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var says string
		var orphans int
		if err := tx.QueryRow(t.Context(), `SELECT integrity_check FROM pragma_integrity_check`).Scan(&says); err != nil {
			return err
		}
		if err := tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&orphans); err != nil {
			return err
		}
		if says != "ok" || orphans != 0 {
			wrong = append(wrong, fmt.Sprintf("the file is damaged: %s, %d orphans", says, orphans))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return wrong
}

// TestTheLedgerIsNotBlind takes away, one by one, what a fault could.
func TestTheLedgerIsNotBlind(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"an item's row of the blog": `DELETE FROM blog_posts`,
		"a revision":                `DELETE FROM item_revisions WHERE revision = 1`,
		"an older standfirst":       `UPDATE blog_posts SET lede = 'w0zn0 r9'`,
		"an edit":                   `UPDATE items SET revision = 2 WHERE revision = 3`,
		"a comment":                 `UPDATE remarks SET body = 'other'`,
		"an event":                  `DELETE FROM events WHERE kind = 'remark.added'`,
		"a job":                     `DELETE FROM jobs`,
		"a file":                    `DELETE FROM attachments`,
		"a scope":                   `UPDATE scopes SET last_at = 0`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blank := whole(t, &db.DB{}, clock.System())
			a := whole(t, testkit.DB(t, blank.Sets()...), clock.System())
			c := settle(t, a, 1)
			server := httptest.NewServer(a.Router)
			defer server.Close()
			addr := strings.TrimPrefix(server.URL, "http://")
			c.address.Store(&addr)
			c.writers[0].once(t.Context(), 0)
			if wrong := c.audit(t, a.DB); len(wrong) > 0 || c.ledger.acks.Load() != 6 {
				t.Fatalf("%d writes, before anything is taken away: %q", c.ledger.acks.Load(), wrong)
			}
			err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.audit(t, a.DB)) == 0 {
				t.Error("nothing was found wrong")
			}
		})
	}
}

// kept is a post as the tables hold it.
type kept struct {
	title, body, lede        string
	revision, rows           int64
	rowTitle, rowBody        string
	published, changed, wide int64 // events, and scopes that know a newer item
}

// keptFiles counts the files joined, by name.
func keptFiles(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	out := map[string]int{}
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		out[name]++
		return err
	}, `SELECT name FROM attachments`)
	return out, err
}

// half says what is missing of a post, "" when it is whole.
func (k kept) half() string {
	name := strings.TrimPrefix(k.title, "Billet ")
	switch {
	case k.lede == "":
		return "no row of the blog"
	case k.body != fmt.Sprintf("corps %s r%d", name, k.revision) || k.lede != fmt.Sprintf("%s r%d", name, k.revision):
		return "its parts are of two revisions"
	case k.rows != k.revision || k.rowTitle != k.title || k.rowBody != k.body:
		return "its history is another"
	case k.published != 1 || k.changed != k.revision-1:
		return "its events are not its writes"
	case k.wide != 1:
		return "its scope does not know it"
	}
	return ""
}

func keptPosts(ctx context.Context, tx *db.Tx) (map[string]kept, error) {
	out := map[string]kept{}
	rows, err := tx.Query(ctx, `SELECT s.slug, i.slug, i.title, i.body, COALESCE(p.lede, ''), i.revision,
		(SELECT COUNT(*) FROM item_revisions v WHERE v.item_id = i.id), COALESCE(v.title, ''), COALESCE(v.body, ''),
		COALESCE(e.published, 0), COALESCE(e.changed, 0),
		(SELECT COUNT(*) FROM scopes c WHERE c.id = i.scope_id AND c.last_at >= i.published_at)
		FROM items i JOIN spaces s ON s.id = i.space_id LEFT JOIN blog_posts p ON p.item_id = i.id
		LEFT JOIN item_revisions v ON v.item_id = i.id AND v.revision = i.revision
		LEFT JOIN (SELECT item_id, SUM(CASE kind WHEN 'content.published' THEN 1 ELSE 0 END) AS published, SUM(CASE kind WHEN 'content.changed' THEN 1 ELSE 0 END) AS changed
			FROM events GROUP BY item_id) e ON e.item_id = i.id`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var in, slug string
		var k kept
		if err := rows.Scan(&in, &slug, &k.title, &k.body, &k.lede, &k.revision, &k.rows, &k.rowTitle, &k.rowBody, &k.published, &k.changed, &k.wide); err != nil {
			return nil, err
		}
		out["/espaces/"+in+"/blog/"+slug] = k
	}
	return out, rows.Err()
}

// keptRemarks counts the events of each comment.
func keptRemarks(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	out := map[string]int{}
	rows, err := tx.Query(ctx, `SELECT r.body, COUNT(e.id) FROM remarks r LEFT JOIN events e ON e.remark_id = r.id AND e.kind = 'remark.added' GROUP BY r.id, r.body`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var body string
		var events int
		if err := rows.Scan(&body, &events); err != nil {
			return nil, err
		}
		out[body] = events
	}
	return out, rows.Err()
}

// waiting tells of each event not dispatched whether a job will do so.
func waiting(ctx context.Context, tx *db.Tx) (map[string]bool, error) {
	out := map[string]bool{}
	rows, err := tx.Query(ctx, `SELECT id FROM events WHERE dispatched = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var event id.ID
		if err := rows.Scan(&event); err != nil {
			return nil, err
		}
		out[event.String()] = false
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	keys, err := tx.Query(ctx, `SELECT job_key FROM jobs WHERE kind = 'activity.dispatch' AND dead_at = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = keys.Close() }()
	for keys.Next() {
		var key string
		if err := keys.Scan(&key); err != nil {
			return nil, err
		}
		event := strings.TrimPrefix(key, "activity.dispatch:")
		if _, undone := out[event]; undone {
			out[event] = true
		}
	}
	return out, keys.Err()
}
