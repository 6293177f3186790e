package frame

import (
	"context"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

// ItemMenu is the menu of an item, in the same order everywhere: its permanent
// link, following it, its history, then what ends it. What the viewer may not do is
// not drawn.
func ItemMenu(ctx context.Context, a actor.Actor, v access.View, it content.Item, around Around) []ui.MenuItem {
	address := "/p/" + it.ID.String()
	menu := []ui.MenuItem{{Label: i18n.T(ctx, "frame.item.permalink"), Icon: "link", Href: address}}
	if it.State == content.Published || it.State == content.Archived {
		menu = append(menu, around.menu(ctx, address)...)
	}
	if it.State != content.Trashed {
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.readers"), Icon: "users", Href: ReadersPath(it)})
	}
	if it.State == content.Published {
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.recommend"), Icon: "forward", Href: address + "/-/recommander"})
	}
	history := ui.MenuItem{Label: i18n.T(ctx, "frame.item.history"), Icon: "history", Href: address + "/-/historique"}
	if it.Author != a.Account && it.State == content.Published {
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.report"), Icon: "flag", Href: address + "/-/signaler"})
	}
	if content.MayEdit(a, v, it) != nil {
		return append(menu, history)
	}
	if it.State == content.Published {
		ask := ui.MenuItem{Label: i18n.T(ctx, "frame.item.ask_reading"), Icon: "check", Post: address + "/-/lecture/demander", Name: FieldAsk, Value: "oui"}
		if around.Asked {
			ask = ui.MenuItem{Label: i18n.T(ctx, "frame.item.ask_no_reading"), Icon: "check", Post: address + "/-/lecture/demander", Name: FieldAsk, Value: "non"}
		}
		menu = append(menu, ask)
	}
	if v.Can(access.ItemEditAny, it.Service) && (it.State == content.Published || it.State == content.Archived) {
		pin := ui.MenuItem{Label: i18n.T(ctx, "frame.item.pin"), Icon: "pin", Post: address + "/-/epingle", Name: FieldPin, Value: "oui"}
		if it.State == content.Published && around.Announced.IsZero() {
			menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.announce"), Icon: "bell-ring", Href: AnnouncePath(it)})
		}
		if around.Pinned {
			pin.Label, pin.Value = i18n.T(ctx, "frame.item.unpin"), "non"
		}
		menu = append(menu, pin)
	}
	if it.State == content.Published || it.State == content.Archived {
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.files"), Icon: "paperclip", Href: address + "/-/pieces"})
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.copy"), Icon: "copy", Href: address + "/-/copier"})
	}
	if a.Agent && it.State == content.Published {
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.share"), Icon: "link", Href: SharePath(it)})
	}
	menu = append(menu, history)
	switch it.State {
	case content.Published:
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.archive"), Icon: "archive", Post: address + "/-/archiver"})
	case content.Archived:
		menu = append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.reopen"), Icon: "archive", Post: address + "/-/archiver/rouvrir"})
	case content.Trashed:
		return append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.untrash"), Icon: "undo-2", Post: address + "/-/corbeille/sortir"})
	case content.Draft, content.Scheduled:
	}
	return append(menu, ui.MenuItem{Label: i18n.T(ctx, "frame.item.trash"), Icon: "trash-2", Post: address + "/-/corbeille", Danger: true})
}

// FieldPin says whether an item is to be kept at hand, in forms.
const FieldPin = "epingler"

// FieldAsk says whether readers are asked to confirm their reading, in forms.
const FieldAsk = "demander"

// ItemBadges says in which state an item is, when it is not simply published, and
// whether it is for some only.
func ItemBadges(ctx context.Context, it content.Item) (badges []ui.BadgeView) {
	switch it.State {
	case content.Draft:
		badges = append(badges, ui.BadgeView{Label: i18n.T(ctx, "frame.state.draft"), Tone: ui.Warning})
	case content.Scheduled:
		badges = append(badges, ui.BadgeView{Label: i18n.T(ctx, "frame.state.scheduled", "when", i18n.From(ctx).DateTime(it.PublishAt)), Tone: ui.Warning})
	case content.Archived:
		badges = append(badges, ui.BadgeView{Label: i18n.T(ctx, "frame.state.archived")})
	case content.Trashed:
		badges = append(badges, ui.BadgeView{Label: i18n.T(ctx, "frame.state.trashed"), Tone: ui.Danger})
	case content.Published:
	}
	if !it.Audience.IsZero() {
		badges = append(badges, ui.BadgeView{Label: i18n.T(ctx, "frame.item.restricted"), Icon: "lock"})
	}
	return badges
}

// FeedPath is where one makes the address of a feed of a service of a space.
func FeedPath(spaceSlug, service string) string {
	return "/espaces/" + spaceSlug + "/-/flux/" + service
}

// AnnouncePath asks whether to announce an item.
func AnnouncePath(it content.Item) string { return "/p/" + it.ID.String() + "/-/annoncer" }

// AroundBadges say what its space does with an item.
func (o Around) AroundBadges(ctx context.Context) (badges []ui.BadgeView) {
	if !o.Announced.IsZero() {
		badges = append(badges, ui.BadgeView{Label: i18n.T(ctx, "frame.item.announced"), Icon: "bell-ring", Tone: ui.Info})
	}
	if o.Pinned {
		badges = append(badges, PinBadge(ctx))
	}
	return badges
}

// PinBadge says that a space keeps an item at hand.
func PinBadge(ctx context.Context) ui.BadgeView {
	return ui.BadgeView{Label: i18n.T(ctx, "frame.item.pinned"), Icon: "pin"}
}

// SharePath has the links by which people without an account read an item.
func SharePath(it content.Item) string { return "/p/" + it.ID.String() + "/-/partage" }

// ReadersPath tells who reads an item.
func ReadersPath(it content.Item) string { return "/p/" + it.ID.String() + "/-/acces" }

// FormatCursor writes a place in a list for an address.
func FormatCursor(c content.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(clock.Millis(c.At), 36) + "." + c.ID.String()))
}

// ParseCursor reads what FormatCursor writes; the empty text is the beginning.
func ParseCursor(s string) (content.Cursor, bool) {
	if s == "" {
		return content.Cursor{}, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return content.Cursor{}, false
	}
	at, item, ok := strings.Cut(string(raw), ".")
	ms, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil {
		return content.Cursor{}, false
	}
	parsed, err := id.Parse(item)
	return content.Cursor{At: clock.FromMillis(ms), ID: parsed}, err == nil
}

// TagPath is the page of what bears a tag in a space.
func TagPath(spaceSlug, key string) string {
	return "/espaces/" + spaceSlug + "/mots-cles/" + url.PathEscape(key)
}

// TagLinks leads from tags to what bears them.
func TagLinks(spaceSlug string, tags []content.Tag) []ui.Link {
	out := make([]ui.Link, 0, len(tags))
	for _, t := range tags {
		out = append(out, ui.Link{Label: t.Label, Href: TagPath(spaceSlug, t.Key)})
	}
	return out
}
