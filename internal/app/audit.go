package app

import (
	"ruche/internal/features/spaces"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/audit"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/remark"
)

// audited lists what the audit log keeps: what happens to rights, accounts and
// spaces, and what takes something away. What people write is not in it.
func audited() []activity.Kind {
	return []activity.Kind{
		access.EventChanged,
		spaces.EventOpened, spaces.EventChanged, spaces.EventInvited, spaces.EventJoined, spaces.EventRole, spaces.EventLeft, spaces.EventAsked, spaces.EventRefused,
		account.EventCreated, account.EventSuspended, account.EventReopened, account.EventPassword, account.EventFactor, account.EventEnd, account.EventSponsor, account.EventAuditor,
		account.EventSignedIn, account.EventRefused, account.EventSignedOut,
		content.EventShared, content.EventUnshared, content.EventMoved, content.EventTrashed, content.EventUntrashed, content.EventPurged,
		remark.EventRemoved, remark.EventReported, remark.EventHandled,
		audit.EventRead,
	}
}
