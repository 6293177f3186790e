package frame

import (
	"context"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

// Reactions draws the signs given to the item of a conversation.
func (c Conversation) Reactions(ctx context.Context, v access.View, it content.Item) ui.Reactions {
	open := it.State == content.Published && v.Can(access.ItemComment, it.Service)
	return reactions(ctx, c.signs[id.ID{}], "signes", i18n.T(ctx, "frame.reactions.item", "title", it.Title), "/p/"+it.ID.String()+"/-/reactions", open)
}

func reactions(ctx context.Context, given []remark.Tally, elementID, about, action string, open bool) ui.Reactions {
	out := ui.Reactions{ID: elementID, About: about}
	if open {
		out.Action = action
	}
	used := map[remark.Sign]bool{}
	for _, t := range given {
		used[t.Sign] = true
		s := sign(ctx, t.Sign)
		s.Count, s.Mine, s.Who = t.Count, t.Mine, who(ctx, t)
		out.Given = append(out.Given, s)
	}
	for _, s := range remark.Signs() {
		if !used[s] {
			out.Offer = append(out.Offer, sign(ctx, s))
		}
	}
	return out
}

// sign draws a sign by an icon of ours, as pictures of fonts differ and may be
// missing; its meaning is said, not guessed.
//
// i18n: frame.sign.*
func sign(ctx context.Context, s remark.Sign) ui.Reaction {
	var icon string
	switch s {
	case remark.Agree:
		icon = "thumbs-up"
	case remark.Thanks:
		icon = "hand-heart"
	case remark.Bravo:
		icon = "party-popper"
	case remark.Joy:
		icon = "laugh"
	case remark.Think:
		icon = "lightbulb"
	case remark.Seen:
		icon = "eye"
	}
	return ui.Reaction{Value: string(s), Icon: icon, Label: i18n.T(ctx, "frame.sign."+string(s))}
}

// who names the first people who gave a sign and counts the others.
func who(ctx context.Context, t remark.Tally) string {
	names := t.Names
	if others := t.Count - len(names); others > 0 {
		return strings.Join(names, ", ") + " " + i18n.N(ctx, "frame.reactions.others", others)
	}
	return i18n.From(ctx).List(names)
}
