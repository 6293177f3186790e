package attach

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/blob"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/picture"
)

// What happens to attachments. The event names the item, and the remark if any.
const (
	EventAdded   activity.Kind = "attach.added"
	EventRemoved activity.Kind = "attach.removed"
)

// Limits.
const (
	MaxPerItem   = 50
	MaxPerRemark = 10
	MaxAlt       = 500     // characters
	maxWaiting   = 50      // uploads of one form
	maxInText    = 500     // uploads for the text of one form, which nobody gives up one by one
	viewSide     = 1600    // pixels of the image that pages show
	viewLimit    = 8 << 20 // bytes of it
	// uploadLife is as long as a text that was typed with a file is kept.
	uploadLife = 90 * 24 * time.Hour
)

// File is what is known of a file.
type File struct {
	Digest blob.Digest
	View   blob.Digest // of the image that pages show; zero for none
	Name   string
	// Type is the media type read from its bytes.
	Type string
	Size int64 // bytes
	// Width and Height are of an image that is shown, in pixels; else zero.
	Width, Height int
}

// IsImage tells whether pages show it.
func (f File) IsImage() bool { return !f.View.IsZero() }

// Upload is a file that its sender has not joined to anything yet.
type Upload struct {
	ID id.ID
	File
	// Unshown says why a picture is a file like any other, when it has just been sent.
	Unshown error
}

// Attachment is a file joined to an item, or to one of its remarks.
type Attachment struct {
	ID      id.ID
	Item    id.ID
	Remark  id.ID // zero for the item's own
	Ref     id.ID // what a text of the item calls it; zero for one beside the text
	Account id.ID // who joined it
	Alt     string
	At      time.Time
	File
}

// Joined is an upload that is to be joined, with the words for an image.
type Joined struct {
	Upload id.ID
	Alt    string
}

// Attachments is the room's use cases.
type Attachments struct {
	db    *db.DB
	clock clock.Clock
	store *blob.Store
	maker *picture.Maker
	limit int64 // bytes of a file
}

// New returns the use cases. limit is how many bytes a file may have.
func New(d *db.DB, c clock.Clock, store *blob.Store, limit int64) *Attachments {
	return &Attachments{db: d, clock: c, store: store, maker: picture.NewMaker(1), limit: limit}
}

// Limit is how many bytes a file may have.
func (s *Attachments) Limit() int64 { return s.limit }

// Stage keeps a file that someone sends from a form, for ninety days or until it
// is joined. The caller has checked that they may write there. fault.TooLarge past the
// limit, fault.TooMany where too many wait already; fault.Full, fault.Unavailable
// when it cannot be kept: nothing is then.
func (s *Attachments) Stage(ctx context.Context, a actor.Actor, form, name string, r io.Reader) (Upload, error) {
	info, err := s.store.Put(ctx, r, s.limit)
	if err != nil {
		if fault.KindOf(err) == fault.TooLarge {
			return Upload{}, fault.New(fault.TooLarge, "attach.large", "name", CleanName(name), "max", s.limit/1_000_000)
		}
		return Upload{}, err
	}
	up := Upload{ID: id.New(), File: File{Digest: info.Digest, Name: CleanName(name), Size: info.Size}}
	kept := []blob.Info{info}
	view, err := s.look(ctx, &up.File)
	if up.Unshown = unshown(err, up.Name); err != nil && up.Unshown == nil {
		return Upload{}, err
	}
	if !up.View.IsZero() {
		kept = append(kept, view)
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		var waiting int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM uploads WHERE account_id = $1 AND form = $2`, a.Account, form).Scan(&waiting); err != nil {
			return fmt.Errorf("keeping an upload: %w", err)
		}
		if most := mostWaiting(form); waiting >= most {
			return fault.New(fault.TooMany, "attach.many", "max", most)
		}
		if err := keep(ctx, tx, kept, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO uploads (id, account_id, form, digest, view_digest, name, type, size, width, height, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			up.ID, a.Account, form, up.Digest, up.View, up.Name, up.Type, up.Size, up.Width, up.Height, clock.Millis(now))
		if err != nil {
			return fmt.Errorf("keeping an upload: %w", err)
		}
		return nil
	})
	return up, err
}

// textForm begins the name of where files for a text are sent from: they are not those
// that wait to stand beside it.
const textForm = "texte."

// TextForm names where files for the text of a form are sent from.
func TextForm(form string) string { return textForm + form }

func mostWaiting(form string) int {
	if strings.HasPrefix(form, textForm) {
		return maxInText
	}
	return maxWaiting
}

// look reads the type of a file that is kept, and makes the image that pages show. The
// errors of picture.Look for a picture that cannot be shown, whose type is known then.
func (s *Attachments) look(ctx context.Context, f *File) (view blob.Info, err error) {
	file, err := s.store.Open(f.Digest)
	if err != nil {
		return view, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	kind, err := mimetype.DetectReader(file)
	if err != nil {
		return view, fmt.Errorf("reading the type of a file: %w", err)
	}
	f.Type = kind.String()
	if !strings.HasPrefix(f.Type, "image/") {
		return view, nil
	}
	made, info, err := s.shrink(ctx, file)
	if err != nil {
		return view, err
	}
	f.View, f.Width, f.Height = made.Digest, info.Width, info.Height
	return made, nil
}

// unshown is what the sender of a picture that cannot be shown is told; nil for any
// other error. The picture is kept, as a file.
func unshown(err error, name string) error {
	switch {
	case err == nil:
		return nil
	case fault.KindOf(err) == fault.TooLarge:
		return fault.New(fault.TooLarge, "attach.unshown.pixels", "name", name, "max", picture.MaxPixels/1_000_000)
	case fault.KindOf(err) == fault.Invalid:
		return fault.New(fault.Invalid, "attach.unshown.format", "name", name)
	default:
		return nil
	}
}

func (s *Attachments) shrink(ctx context.Context, file *os.File) (blob.Info, picture.Info, error) {
	out, in := io.Pipe()
	var info picture.Info
	done := make(chan error, 1)
	go func() {
		var err error
		info, err = s.maker.Shrink(ctx, in, file, viewSide)
		_ = in.CloseWithError(err)
		done <- err
	}()
	made, err := s.store.Put(ctx, out, viewLimit)
	_ = out.CloseWithError(err) // ends a maker that nobody reads
	if shrunk := <-done; shrunk != nil && (err == nil || fault.KindOf(shrunk) != fault.Internal) {
		err = shrunk
	}
	return made, info, err
}

// keep writes that bytes are kept, in the transaction of what refers to them.
func keep(ctx context.Context, tx *db.Tx, kept []blob.Info, now time.Time) error {
	for _, k := range kept { // one, or two for an image
		_, err := tx.Exec(ctx, `INSERT INTO blobs (digest, size, kept_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO UPDATE SET kept_at = excluded.kept_at`, k.Digest, k.Size, clock.Millis(now))
		if err != nil {
			return fmt.Errorf("noting what is kept: %w", err)
		}
	}
	return nil
}

// Waiting lists what someone sent from a form and has not joined, oldest first.
func Waiting(ctx context.Context, tx *db.Tx, account id.ID, form string) (out []Upload, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var u Upload
		err := rows.Scan(&u.ID, &u.Digest, &u.View, &u.Name, &u.Type, &u.Size, &u.Width, &u.Height)
		out = append(out, u)
		return err
	}, `SELECT id, digest, view_digest, name, type, size, width, height FROM uploads WHERE account_id = $1 AND form = $2 ORDER BY id LIMIT $3`, account, form, mostWaiting(form))
	if err != nil {
		return nil, fmt.Errorf("listing uploads: %w", err)
	}
	return out, nil
}

// Discard forgets an upload; one that is not theirs, or gone, is no error.
func Discard(ctx context.Context, tx *db.Tx, account, upload id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM uploads WHERE id = $1 AND account_id = $2`, upload, account); err != nil {
		return fmt.Errorf("forgetting an upload: %w", err)
	}
	return nil
}

// Join gives uploads of the actor a place under an item, or under one of its remarks
// when remark is set. The caller has locked the space and checked the right.
// fault.Invalid names the field "alt-" and the upload for an image without words,
// and "fichier" for an upload that is gone and where there are too many.
func Join(ctx context.Context, tx *db.Tx, a actor.Actor, item, remark id.ID, files []Joined, now time.Time) error {
	if len(files) == 0 {
		return nil
	}
	files = once(files)
	waiting, err := mine(ctx, tx, a.Account, files)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	for i, f := range files {
		files[i].Alt = oneLine(f.Alt)
		up, ok := waiting[f.Upload]
		switch {
		case !ok:
			return fault.InvalidFields(fault.Field{Name: "fichier", Key: "attach.gone"})
		case up.IsImage() && files[i].Alt == "":
			wrong = append(wrong, fault.Field{Name: "alt-" + f.Upload.String(), Key: "attach.alt.empty", Args: []any{"name", up.Name}})
		case utf8.RuneCountInString(files[i].Alt) > MaxAlt:
			wrong = append(wrong, fault.Field{Name: "alt-" + f.Upload.String(), Key: "attach.alt.long", Args: []any{"max", MaxAlt}})
		}
	}
	if wrong != nil {
		return fault.InvalidFields(wrong...)
	}
	if err := room(ctx, tx, item, remark, len(files)); err != nil {
		return err
	}
	b := db.NewBuilder().Add(insert)
	ids := make([]id.ID, 0, len(files))
	for i, f := range files {
		if i > 0 {
			b.Add(`, `)
		}
		up := waiting[f.Upload]
		ids = append(ids, up.ID)
		values(b, Attachment{ID: id.New(), Item: item, Remark: remark, Account: a.Account, Alt: f.Alt, At: now, File: up.File})
	}
	if err := run(ctx, tx, b); err != nil {
		return err
	}
	return run(ctx, tx, db.In(db.NewBuilder().Add(`DELETE FROM uploads WHERE id IN `), ids))
}

// once leaves out an upload that is named again.
func once(files []Joined) (out []Joined) {
	seen := map[id.ID]bool{}
	for _, f := range files {
		if !seen[f.Upload] {
			out = append(out, f)
		}
		seen[f.Upload] = true
	}
	return out
}

// mine reads the uploads named that are the actor's.
func mine(ctx context.Context, tx *db.Tx, account id.ID, files []Joined) (map[id.ID]Upload, error) {
	ids := make([]id.ID, 0, len(files))
	for _, f := range files {
		ids = append(ids, f.Upload)
	}
	b := db.NewBuilder().Add(`SELECT id, digest, view_digest, name, type, size, width, height FROM uploads WHERE account_id = ? AND id IN `, account)
	query, args, err := db.In(b, ids).Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]Upload{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var u Upload
		err := rows.Scan(&u.ID, &u.Digest, &u.View, &u.Name, &u.Type, &u.Size, &u.Width, &u.Height)
		out[u.ID] = u
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading uploads: %w", err)
	}
	return out, nil
}

// room refuses more files than a place has.
func room(ctx context.Context, tx *db.Tx, item, remark id.ID, more int) error {
	most := MaxPerItem
	b := db.NewBuilder().Add(`SELECT COUNT(*) FROM attachments WHERE item_id = ? AND ref IS NULL AND remark_id`, item)
	if remark.IsZero() {
		b.Add(` IS NULL`)
	} else {
		most = MaxPerRemark
		b.Add(` = ?`, remark)
	}
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return fmt.Errorf("counting attachments: %w", err)
	}
	if n+more > most {
		return fault.InvalidFields(fault.Field{Name: "fichier", Key: "attach.full", Args: []any{"max", most}})
	}
	return nil
}

func run(ctx context.Context, tx *db.Tx, b *db.Builder) error {
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("joining files: %w", err)
	}
	return nil
}

const columns = `x.id, x.item_id, x.remark_id, x.ref, x.account_id, x.digest, x.view_digest, x.name, x.type, x.alt, x.size, x.width, x.height, x.at`

// there appends what makes an attachment be there: its item may be read, and its
// remark was not removed.
func there(b *db.Builder, a actor.Actor) *db.Builder {
	b.Add(`(x.remark_id IS NULL OR EXISTS (SELECT 1 FROM remarks r WHERE r.id = x.remark_id AND r.removed_at = 0)) AND `)
	return access.Readable(b, "i", a)
}

// List lists the files of an item, and of those of its remarks that are named, that
// the actor may have, in the order in which they came. It runs one query.
func List(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, remarks []id.ID) ([]Attachment, error) {
	b := db.NewBuilder().Add(`SELECT `+columns+` FROM attachments x JOIN items i ON i.id = x.item_id WHERE x.item_id = ? AND (x.remark_id IS NULL OR x.remark_id IN `, item)
	return list(ctx, tx, there(db.In(b, remarks).Add(`) AND `), a).Add(` ORDER BY x.id LIMIT 1000`))
}

// ByID returns a file of an item that the actor may have; fault.NotFound otherwise.
func ByID(ctx context.Context, tx *db.Tx, a actor.Actor, item, attachment id.ID) (Attachment, error) {
	b := db.NewBuilder().Add(`SELECT `+columns+` FROM attachments x JOIN items i ON i.id = x.item_id WHERE x.id = ? AND x.item_id = ? AND `, attachment, item)
	found, err := list(ctx, tx, there(b, a))
	if err == nil && len(found) == 0 {
		err = fault.NotFoundError()
	}
	if err != nil {
		return Attachment{}, err
	}
	return found[0], nil
}

func list(ctx context.Context, tx *db.Tx, b *db.Builder) (out []Attachment, err error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var x Attachment
		var at int64
		err := rows.Scan(&x.ID, &x.Item, &x.Remark, &x.Ref, &x.Account, &x.Digest, &x.View, &x.Name, &x.Type, &x.Alt, &x.Size, &x.Width, &x.Height, &at)
		x.At = clock.FromMillis(at)
		out = append(out, x)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing attachments: %w", err)
	}
	return out, nil
}

// Of lists the files of an item itself, without those of its remarks, for a caller
// that has found the item for its reader.
func Of(ctx context.Context, tx *db.Tx, item id.ID) ([]Attachment, error) {
	return list(ctx, tx, db.NewBuilder().Add(`SELECT `+columns+` FROM attachments x WHERE x.item_id = ? AND x.remark_id IS NULL ORDER BY x.id LIMIT 1000`, item))
}

// Remove takes a file away. The caller has locked the space and checked the right.
func Remove(ctx context.Context, tx *db.Tx, x Attachment) error {
	return run(ctx, tx, db.NewBuilder().Add(`DELETE FROM attachments WHERE id = ?`, x.ID))
}

// Open opens the bytes of a file, which the caller has found for its reader.
func (s *Attachments) Open(d blob.Digest) (*os.File, error) { return s.store.Open(d) }

// Uploads returns those named that are the account's, in their order.
func Uploads(ctx context.Context, tx *db.Tx, account id.ID, files []Joined) (out []Upload, err error) {
	found, err := mine(ctx, tx, account, files)
	for _, f := range files {
		if u, ok := found[f.Upload]; ok {
			out = append(out, u)
		}
	}
	return out, err
}

// Copy joins the files of an item to another: its own, and those of its remarks to
// the remarks that they became, none without. The caller has checked both rights.
func Copy(ctx context.Context, tx *db.Tx, from, to id.ID, remarks map[id.ID]id.ID) error {
	all, err := list(ctx, tx, db.NewBuilder().Add(`SELECT `+columns+` FROM attachments x WHERE x.item_id = ? ORDER BY x.id`, from))
	if err != nil {
		return err
	}
	b, n := db.NewBuilder().Add(insert), 0
	for _, x := range all {
		under, kept := remarks[x.Remark]
		if !kept && !x.Remark.IsZero() {
			continue
		}
		if n++; n > 1 {
			b.Add(`, `)
		}
		x.ID, x.Item, x.Remark = id.New(), to, under
		values(b, x)
	}
	if n == 0 {
		return nil
	}
	return run(ctx, tx, b.Add(` ON CONFLICT DO NOTHING`)) // what its text names may be there already
}

// Place keeps a file and joins it to an item in one act, beside its text for the zero
// ref, or by what the text calls it; it checks no right. Imports
// and demo data use it. It may be run again: the bytes are kept once.
func (s *Attachments) Place(ctx context.Context, tx *db.Tx, account, item, ref id.ID, name, alt string, r io.Reader, at time.Time) error {
	info, err := s.store.Put(ctx, r, s.limit)
	if err != nil {
		return err
	}
	f := File{Digest: info.Digest, Name: CleanName(name), Size: info.Size}
	kept := []blob.Info{info}
	view, err := s.look(ctx, &f)
	if err != nil && unshown(err, f.Name) == nil {
		return err
	}
	if f.IsImage() {
		kept = append(kept, view)
	}
	if err := keep(ctx, tx, kept, at); err != nil {
		return err
	}
	b := db.NewBuilder().Add(insert)
	values(b, Attachment{ID: id.New(), Item: item, Ref: ref, Account: account, Alt: alt, At: at, File: f})
	return run(ctx, tx, b)
}
