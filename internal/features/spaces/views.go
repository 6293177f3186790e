package spaces

import (
	"time"

	"github.com/a-h/templ"

	"ruche/internal/kernel/space"
	"ruche/internal/ui"
)

type entryView struct {
	Tile                      ui.SpaceItem
	Kind, Visibility, Purpose string
	Members, Role             string
	// Way is how one enters, by the form at JoinAction where there is one; Waits tells that
	// one asked, and nobody answered.
	Way        *ui.Action
	JoinAction string
	Waits      bool
}

type catalogueView struct {
	Title   string
	First   bool
	New     []ui.Action
	Entries []entryView
	Paging  ui.Paging
	// Typed is what is looked for, Among which spaces are looked at.
	Typed, Among string
	Filtered     bool
	Filters      []ui.Tab
}

type openView struct {
	Opening
	Errors   map[string]string
	Problems []ui.Problem
}

type homeView struct {
	Inside, Lead, Alone                               bool
	Welcome                                           ui.HTML
	Leads, Members                                    []ui.Face
	Pins                                              []pinView
	Widgets                                           []templ.Component
	JoinAction, MembersHref, InviteHref, SettingsHref string
	GuideHref                                         string
	Door                                              doorView
	Asked                                             int // who ask to enter, for a lead
}

// doorView is what someone who does not read a space may ask; Title and Text say what became
// of it, Reply what was written to them.
type doorView struct {
	Title, Text, Reply string
	Ask, Unask, Word   string
	Errors             map[string]string
	Problems           []ui.Problem
}

// askedView is someone who asks to enter.
type askedView struct {
	Face                       ui.Face
	Note, Word, Accept, Refuse string
	At                         time.Time
}

type refuseView struct {
	Back                 ui.Link
	Title, Action, Reply string
	Errors               map[string]string
	Problems             []ui.Problem
}

type guideView struct {
	Back                      ui.Link
	Purpose, Role, Visibility string
	MembersHref               string
	Lead, Welcome             bool
	Services                  []ui.Row
	Leads                     []ui.Face
	Count                     string // of members and, among them, externals
}

// pinView is what the space keeps at hand.
type pinView struct{ Title, Href, Icon, Note string }

type memberView struct {
	ID                     string
	Face                   ui.Face
	Note, Email, Role      string
	Until                  string // when the access of an external ends, for leads
	JoinedAt               time.Time
	RoleAction, RemoveHref string
	// LevelsHref leads to what they may do; Override: it is not what their role may.
	LevelsHref string
	Override   bool
	Roles      []ui.Option
}

type waitingView struct {
	Email, Role, By            string
	At, Expires                time.Time
	Leaves                     time.Time // zero: its mail has left
	Expired                    bool
	ResendAction, RevokeAction string
	// Next is where one comes back to; empty: the members.
	Next string
}

// invitationsView is the page of all who were invited and have not come.
type invitationsView struct {
	Back           ui.Link
	Count, Remind  string
	Action, Invite string
	Waiting        []waitingView
	Paging         ui.Paging
	First          bool
	Problems       []ui.Problem
}

type membersView struct {
	Asking       []askedView
	Tabs         []ui.Tab
	Invite       []ui.Action
	Lead, Member bool
	LeaveHref    string
	MailsHref    string
	Members      []memberView
	Waiting      []waitingView
	// Asked is how many were invited and have not come, AllAsked leads to them.
	Asked    int
	AllAsked *ui.Link
	Problems []ui.Problem
	Paging   ui.Paging
}

type levelCell struct {
	Role   string
	Choice ui.Choice
}

type levelRow struct {
	Service string
	Levels  []levelCell
}

type levelsView struct {
	Back         ui.Link
	Action, Seen string
	Public       bool
	Rows         []levelRow
	Theirs       []ui.Fact
	Problems     []ui.Problem
}

type overridesView struct {
	Back                ui.Link
	Title, Role, Action string
	Lead                bool
	Levels              []ui.Choice
	Problems            []ui.Problem
}

type groupsView struct {
	Tabs         []ui.Tab
	Lead         bool
	Groups       []ui.Row
	Action, Name string
	Errors       map[string]string
	Problems     []ui.Problem
}

type groupMemberView struct {
	Face         ui.Face
	Note, Remove string
}

type groupView struct {
	Title, Text, Back         string
	Lead, More                bool
	Members                   []groupMemberView
	Search                    ui.Search
	Candidates                []ui.Option
	Add, Rename, Name, Delete string
	Errors                    map[string]string
	Problems                  []ui.Problem
	Paging                    ui.Paging
}

type confirmView struct{ Title, Text, Submit, Action, Cancel string }

type inviteView struct {
	Inviting
	Roles          []ui.Option
	Groups         []ui.Option // none: the space has none
	Errors         map[string]string
	Problems       []ui.Problem
	Until          string // as it is typed
	Action, Cancel string
}

type settingsView struct {
	Settings
	Base, Action, Address string
	Reports, Levels       string
	Services              []string
	Errors                map[string]string
	Problems              []ui.Problem
	Theirs                *space.Space
}

// way is how the person who holds an invitation gets in.
type way int

const (
	wayNewcomer way = iota
	wayPassword
	wayOneClick
	wayOtherMailbox
)

type invitationView struct {
	Way                                        way
	Inviter, Space, Purpose, Word, Email, Role string
	Kind, Visibility, Initials, Me             string
	Hue                                        int
	Expires                                    time.Time
	Action                                     string
	Newcomer
	Errors   map[string]string
	Problems []ui.Problem
}

type deadView struct{ Renew string }
