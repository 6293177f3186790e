package access

import "ruche/internal/kernel/space"

// Level is what a role may do in one service; each includes those before it.
type Level int

// The levels. Comment includes reactions, votes and answers; Contribute is to
// create and to edit one's own; Manage is the rest.
const (
	None       Level = 0
	Read       Level = 1
	Comment    Level = 2
	Contribute Level = 3
	Manage     Level = 4
)

// Home is the service that every space has: its first page, its members.
const Home = 0

// Action names what someone wants to do. Each is a row of the one table below.
type Action string

// The actions of the kernel and of the features built so far.
const (
	SpaceRead     Action = "space.read"      // enter the space: home, members
	SpaceManage   Action = "space.manage"    // settings, roles, removal of members
	MemberInvite  Action = "member.invite"   // invite someone
	ItemRead      Action = "item.read"       // read the items of a service
	ItemComment   Action = "item.comment"    // comment, answer
	ItemVote      Action = "item.vote"       // vote, where the service takes votes
	ItemRecommend Action = "item.recommend"  // tell others of it
	ItemReport    Action = "item.report"     // report it to the leads
	ReportHandle  Action = "report.handle"   // close what was reported
	ItemCreate    Action = "item.create"     // publish one's own
	ItemEditOwn   Action = "item.edit_own"   // edit one's own
	ItemEditAny   Action = "item.edit_any"   // edit, archive, remove any
	RemarkEditOwn Action = "remark.edit_own" // edit or remove one's own comment
	RemarkRemove  Action = "remark.remove"   // remove any comment
)

// Need returns the level that an action asks for, in the service it happens in.
// ok is false for an action that the table does not know: it is then refused.
func Need(a Action) (level Level, ok bool) {
	switch a {
	case SpaceRead, ItemRead, ItemRecommend, ItemReport:
		return Read, true
	case ItemComment, ItemVote, RemarkEditOwn:
		return Comment, true
	case ItemCreate, ItemEditOwn:
		return Contribute, true
	case SpaceManage, MemberInvite, ItemEditAny, RemarkRemove, ReportHandle:
		return Manage, true
	}
	return 0, false
}

// Levels are those of one service by role. A lead has Manage everywhere.
type Levels struct {
	Visitor, Reader, Contributor Level
}

// Of returns the level that a role has.
func (l Levels) Of(r space.Role) Level {
	switch r {
	case space.Lead:
		return Manage
	case space.Contributor:
		return l.Contributor
	case space.Reader:
		return l.Reader
	case space.NoRole:
		return None
	}
	return None
}
