package frame

import (
	"context"
	"net/http"
	"slices"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/mention"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/ui"
)

const threadsPerPage = 50

// Conversation is a page of the comments of an item, as someone reads it.
type Conversation struct {
	threads []remark.Thread
	count   int
	next    *remark.Cursor
	after   remark.Cursor // where the page begins
	signs   map[id.ID][]remark.Tally
	names   map[string]string
	files   map[id.ID][]attach.Attachment // by comment; under the zero id, the item's own
}

// Typed is what a reader does in a conversation: the comment that they answer,
// what they typed and was refused, the one that they have just added.
type Typed struct {
	Parent, Fresh id.ID
	Text, Error   string
	// Chosen are those whom they picked while typing their names.
	Chosen []mention.Target
	// Files are what they sent and has no place yet.
	Files []ui.ComposeFile
}

// Asked reads from the address of an item's page where its comments begin and
// which one is being answered; false for an address that was never given.
func Asked(r *http.Request) (after remark.Cursor, t Typed, ok bool) {
	q := r.URL.Query()
	c, ok := ParseCursor(q.Get("apres"))
	after = remark.Cursor{At: c.At, ID: c.ID}
	if in := q.Get("fil"); in != "" && ok {
		var err error
		after.In, err = id.Parse(in)
		ok = err == nil && !after.ID.IsZero()
	}
	t.Parent, _ = id.Parse(q.Get("repondre")) // anything else opens no answer form
	return after, t, ok
}

// asking is the query of the address from which Asked reads a cursor; empty for the
// beginning.
func asking(c remark.Cursor) string {
	if c.ID.IsZero() {
		return ""
	}
	q := "apres=" + FormatCursor(content.Cursor{At: c.At, ID: c.ID})
	if !c.In.IsZero() {
		q += "&fil=" + c.In.String()
	}
	return q
}

// ReadConversation reads the page of comments from the one after the cursor, of
// an item that the caller has read for the actor, with the reactions to them and
// to the item, and the names and the files of the item and of them. It runs five
// queries, six where there are more comments than one page shows.
func ReadConversation(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, after remark.Cursor) (c Conversation, err error) {
	c.after = after
	if c.threads, c.next, err = remark.Threads(ctx, tx, a, item, after, threadsPerPage); err != nil {
		return c, err
	}
	var shown []id.ID
	for _, th := range c.threads {
		if shown = append(shown, th.ID); !th.Removed {
			c.count++
		}
		for _, r := range th.Replies {
			shown = append(shown, r.ID)
		}
		c.count += len(th.Replies)
	}
	if c.next != nil || !after.ID.IsZero() {
		if c.count, err = remark.Count(ctx, tx, item); err != nil {
			return c, err
		}
	}
	files, err := attach.List(ctx, tx, a, item, shown)
	if err != nil {
		return c, err
	}
	c.files = map[id.ID][]attach.Attachment{}
	for _, f := range files {
		c.files[f.Remark] = append(c.files[f.Remark], f)
	}
	if c.names, err = mention.Names(ctx, tx, item, shown); err != nil {
		return c, err
	}
	c.signs, err = remark.Tallies(ctx, tx, a, item, shown)
	return c, err
}

// ConversationAround reads the page of comments that shows the one named: the
// first where it can, and where there is no such comment.
func ConversationAround(ctx context.Context, tx *db.Tx, a actor.Actor, item, remarkID id.ID) (Conversation, error) {
	c, err := ReadConversation(ctx, tx, a, item, remark.Cursor{})
	if err != nil || remarkID.IsZero() || c.shows(remarkID) {
		return c, err
	}
	before, err := remark.Before(ctx, tx, a, item, remarkID)
	switch {
	case err == nil:
		return ReadConversation(ctx, tx, a, item, before)
	case fault.KindOf(err) != fault.NotFound:
		return c, err
	}
	return c, nil
}

func (c Conversation) shows(remarkID id.ID) bool {
	return slices.ContainsFunc(c.threads, func(th remark.Thread) bool {
		return th.ID == remarkID || slices.ContainsFunc(th.Replies, func(r remark.Remark) bool { return r.ID == remarkID })
	})
}

// Naming returns a renderer that shows the names in the texts of the item and of
// its comments as those of people and groups.
func (c Conversation) Naming(render *markup.Renderer) *markup.Renderer { return render.Naming(c.names) }

// Text returns a renderer of the text of the item: it shows names as Naming does, and
// the files of the item where the text has them.
func (c Conversation) Text(ctx context.Context, it content.Item, render *markup.Renderer) *markup.Renderer {
	return c.Naming(render).Showing(Shown(ctx, filesOf(it.ID), c.files[id.ID{}]))
}

// ReadText reads what the text of an item is shown with, names and files, and none of
// its comments. It runs two queries.
func ReadText(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID) (c Conversation, err error) {
	files, err := attach.List(ctx, tx, a, item, nil)
	if err != nil {
		return c, err
	}
	c.files = map[id.ID][]attach.Attachment{{}: files}
	c.names, err = mention.Names(ctx, tx, item, nil)
	return c, err
}

// Preview is Text for a text that is not kept yet: its images are where they are seen
// while one writes.
func (c Conversation) Preview(ctx context.Context, render *markup.Renderer) *markup.Renderer {
	shown := Shown(ctx, "", c.files[id.ID{}])
	for key, f := range shown {
		if f.Href = "#apercu"; f.Src != "" {
			f.Src = EmbedPath + "/" + key + "/apercu"
		}
		shown[key] = f
	}
	return c.Naming(render).Showing(shown)
}

// Files draws the files that stand beside the text of the item.
func (c Conversation) Files(ctx context.Context) []ui.Attachment {
	return Files(ctx, attach.Beside(c.files[id.ID{}]), false)
}

// Path is the address of a comment of the conversation on the page of its item.
func (c Conversation) Path(page string, remarkID id.ID) string {
	if q := asking(c.after); q != "" {
		page += "?" + q
	}
	return page + "#c-" + remarkID.String()
}

// Draw draws the conversation for a reader on a page: what they may not do is not
// drawn. Its forms go to the routes that every item has.
func (c Conversation) Draw(ctx context.Context, a actor.Actor, v access.View, it content.Item, render *markup.Renderer, page string, t Typed) ui.Thread {
	return c.DrawSince(ctx, a, v, it, render, page, t, time.Time{})
}

// DrawSince is Draw, with a mark on the comments of others that came after an
// instant; zero marks none.
func (c Conversation) DrawSince(ctx context.Context, a actor.Actor, v access.View, it content.Item, render *markup.Renderer, page string, t Typed, seen time.Time) ui.Thread {
	d := drawing{seen: seen, actor: a, view: v, item: it, page: page, typed: t, after: c.after, render: c.Naming(render.In(i18n.From(ctx))), address: RemarksPath(it.ID), signs: c.signs, files: c.files}
	d.open = it.State == content.Published && v.Can(access.ItemComment, it.Service)
	out := ui.Thread{Count: c.count, Live: Channel(it.ID)}
	for _, th := range c.threads {
		first := d.remark(ctx, th.Remark)
		if th.ID == c.after.In {
			first.Resumed = i18n.T(ctx, "frame.comments.resumed")
		}
		for _, reply := range th.Replies {
			first.Replies = append(first.Replies, d.remark(ctx, reply))
		}
		out.Comments = append(out.Comments, first)
	}
	if c.next != nil {
		out.More = &ui.Link{Label: i18n.T(ctx, "frame.comments.next"), Href: page + "?" + asking(*c.next) + "#commentaires"}
	} else if !c.after.ID.IsZero() {
		out.More = &ui.Link{Label: i18n.T(ctx, "frame.comments.first"), Href: page + "#commentaires"}
	}
	switch {
	case d.open:
		out.Composer = &ui.Compose{Action: d.address, Part: "commentaires", Label: i18n.T(ctx, "frame.comment.label"), Submit: i18n.T(ctx, "frame.comment.submit"), Hidden: map[string]string{FieldTypist: a.Account.String()}, Mentions: MentionsPath(it.ID), TakesFiles: true}
		if t.Parent.IsZero() {
			out.Composer.Value, out.Composer.Error, out.Composer.Chosen = t.Text, t.Error, chosen(t.Chosen)
			out.Composer.Files = t.Files
		}
	case it.State == content.Published:
		out.Closed = i18n.T(ctx, "frame.comment.closed")
	default:
		out.Closed = i18n.T(ctx, "remark.closed")
	}
	if !t.Fresh.IsZero() {
		out.Announce = i18n.T(ctx, "frame.comment.added")
	}
	return out
}

// LiveIsland is the script of a page that shows a conversation: it tells the page
// of what is new.
const LiveIsland = "items/live.js"

// MentionIsland is the script of a page on which people are named in a text: it
// proposes them.
const MentionIsland = "items/mention.js"

// FieldMention are the targets that were picked while their names were typed.
const FieldMention = "mention"

// MentionsPath proposes whom to name in a text of an item.
func MentionsPath(item id.ID) string { return "/p/" + item.String() + "/-/mentions" }

// NewMentionsPath proposes whom to name in a new item of a service of a space.
func NewMentionsPath(spaceSlug, servicePath string) string {
	return "/espaces/" + spaceSlug + "/-/mentions/" + servicePath
}

// Chosen reads from a form whom its writer picked; the form has been parsed.
func Chosen(r *http.Request) (out []mention.Target) {
	for _, text := range r.PostForm[FieldMention] {
		if t, ok := mention.ParseTarget(text); ok && len(out) < 100 {
			out = append(out, t)
		}
	}
	return out
}

func chosen(targets []mention.Target) (out []string) {
	for _, t := range targets {
		out = append(out, t.String())
	}
	return out
}

// RemarksPath is where the comments of an item are written.
func RemarksPath(item id.ID) string { return "/p/" + item.String() + "/-/commentaires" }

// Channel is where the open pages of an item are told what happens to it; with
// the zero id, how such channels begin.
func Channel(item id.ID) string {
	if item.IsZero() {
		return "item:"
	}
	return "item:" + item.String()
}

// drawing is what each comment of a page is drawn with.
type drawing struct {
	actor         actor.Actor
	view          access.View
	item          content.Item
	page, address string
	typed         Typed
	after         remark.Cursor
	render        *markup.Renderer
	signs         map[id.ID][]remark.Tally
	files         map[id.ID][]attach.Attachment
	open          bool // for comments of this reader
	seen          time.Time
}

func (d drawing) remark(ctx context.Context, r remark.Remark) ui.Comment {
	c := ui.Comment{ID: r.ID.String(), Time: r.CreatedAt, Edited: r.EditedAt, Deleted: r.Removed, Fresh: r.ID == d.typed.Fresh}
	if r.Removed {
		return c
	}
	c.New = !d.seen.IsZero() && r.CreatedAt.After(d.seen) && r.Author != d.actor.Account
	c.Author = FaceFor(d.actor, r.Author, r.AuthorName, r.AuthorOrg, r.AuthorClass, r.AuthorHue)
	if r.AuthorRole == space.Lead {
		c.Badge = RoleLabel(ctx, d.view.Space.Kind, space.Lead)
	}
	c.HTML = d.render.Comment(r.Body)
	mine := r.Author == d.actor.Account && d.view.Can(access.RemarkEditOwn, d.item.Service)
	c.Files = Files(ctx, d.files[r.ID], mine && d.item.State == content.Published || d.view.Can(access.RemarkRemove, d.item.Service))
	c.Reactions = reactions(ctx, d.signs[r.ID], "signes-"+c.ID, i18n.T(ctx, "frame.reactions.comment", "name", r.AuthorName), d.address+"/"+c.ID+"/reactions", d.open)
	if d.open {
		c.CanReply, c.ReplyHref = true, d.page+d.query()+"repondre="+c.ID+"#c-"+c.ID
		if r.ID == d.typed.Parent {
			c.Reply = d.answer(ctx, c.ID)
		}
	}
	at := d.address + "/" + c.ID + "/"
	if mine && d.item.State == content.Published {
		c.Menu = append(c.Menu, ui.MenuItem{Label: i18n.T(ctx, "frame.comment.edit"), Icon: "pencil", Href: at + "modifier"})
	}
	if r.Author != d.actor.Account && d.item.State == content.Published {
		c.Menu = append(c.Menu, ui.MenuItem{Label: i18n.T(ctx, "frame.comment.report"), Icon: "flag", Href: at + "signaler"})
	}
	if mine || d.view.Can(access.RemarkRemove, d.item.Service) {
		c.Menu = append(c.Menu, ui.MenuItem{Label: i18n.T(ctx, "frame.comment.remove"), Icon: "trash-2", Href: at + "retirer", Danger: true})
	}
	return c
}

// query opens the query of an address on the same page of comments.
func (d drawing) query() string {
	q := asking(d.after)
	if q == "" {
		return "?"
	}
	return "?" + q + "&"
}

func (d drawing) answer(ctx context.Context, commentID string) *ui.Compose {
	return &ui.Compose{
		Action: d.address, Part: "commentaires", ID: "answer", Label: i18n.T(ctx, "frame.reply.label"), Submit: i18n.T(ctx, "frame.reply.submit"),
		Hidden: map[string]string{"parent": commentID, FieldTypist: d.actor.Account.String()}, Value: d.typed.Text, Error: d.typed.Error, Autofocus: true, Mentions: MentionsPath(d.item.ID), Chosen: chosen(d.typed.Chosen), TakesFiles: true, Files: d.typed.Files,
		Cancel: &ui.Link{Label: i18n.T(ctx, "frame.cancel"), Href: d.page + "#c-" + commentID},
	}
}
