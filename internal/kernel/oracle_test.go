package kernel_test

import (
	"maps"
	"slices"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/id"
)

// oracle is the right as it is said in words, over plain maps: the SQL must
// answer the same. It is written from the rule, not from the queries.
type oracle struct {
	people     []account.Account
	visibility space.Visibility
	services   map[int]access.Levels
	roles      map[id.ID]space.Role
	overrides  map[id.ID]map[int]access.Level
	groups     map[id.ID]map[id.ID]bool
	items      map[id.ID]*node
	order      []id.ID // of the items, as they were made
}

// node is an item: named is who it is restricted to, nil when it is not.
type node struct {
	content.Item
	named []access.Entry
}

// level is what a person may do in a service: a lead everything; a member what a
// lead gave them or else what their role gives; an agent at least what a visitor
// of a public space may.
func (o *oracle) level(a account.Account, service int) access.Level {
	l, on := o.services[service]
	if !on {
		return access.None
	}
	role := o.roles[a.ID]
	level := l.Of(role)
	if given, ok := o.overrides[a.ID][service]; ok && role != space.Lead {
		level = given
	}
	if a.Class == account.Agent && o.visibility == space.Public {
		level = max(level, l.Visitor)
	}
	return level
}

// named tells whether a list of groups and people names a member.
func (o *oracle) names(entries []access.Entry, member id.ID) bool {
	return slices.ContainsFunc(entries, func(e access.Entry) bool {
		return e.Account == member || !e.Group.IsZero() && o.groups[e.Group][member]
	})
}

// within tells whether a person is among the readers of each restricted node from
// an item up to the top.
func (o *oracle) within(a account.Account, it *node) bool {
	role := o.roles[a.ID]
	for n := it; n != nil; n = o.items[n.Parent] {
		if n.named != nil && role != space.Lead && (role == space.NoRole || !o.names(n.named, a.ID)) {
			return false
		}
	}
	return true
}

func (o *oracle) readable(a account.Account, it *node) bool {
	role := o.roles[a.ID]
	if o.level(a, it.Service) < access.Read || !o.within(a, it) {
		return false
	}
	mine := it.Author == a.ID && role != space.NoRole
	switch it.State {
	case content.Published, content.Archived:
		return true
	case content.Draft:
		return mine
	case content.Scheduled, content.Trashed:
		return mine || role == space.Lead
	}
	return false
}

// feed is what a member reads of the published items, newest first.
func (o *oracle) feed(a account.Account, service int) (out []id.ID) {
	var rows []*node
	for _, it := range o.items {
		if it.State == content.Published && (service < 0 || it.Service == service) && o.readable(a, it) {
			rows = append(rows, it)
		}
	}
	slices.SortFunc(rows, func(x, y *node) int {
		if c := y.PublishedAt.Compare(x.PublishedAt); c != 0 {
			return c
		}
		return slices.Compare(y.ID[:], x.ID[:])
	})
	for _, it := range rows {
		out = append(out, it.ID)
	}
	return out
}

// leads counts those who lead.
func (o *oracle) leads() (n int) {
	for _, r := range o.roles {
		if r == space.Lead {
			n++
		}
	}
	return n
}

// left forgets a member.
func (o *oracle) left(member id.ID) {
	delete(o.roles, member)
	delete(o.overrides, member)
	for _, g := range o.groups {
		delete(g, member)
	}
	for _, it := range o.items {
		if it.named != nil {
			it.named = slices.DeleteFunc(slices.Clone(it.named), func(e access.Entry) bool { return e.Account == member })
		}
	}
}

func (o *oracle) members() []id.ID {
	return slices.SortedFunc(maps.Keys(o.roles), func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
}
