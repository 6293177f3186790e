package account

import "ruche/internal/kernel/activity"

// What happens to accounts. The event's subject is the account.
const (
	EventCreated   activity.Kind = "account.created"
	EventSuspended activity.Kind = "account.suspended"
	EventReopened  activity.Kind = "account.reopened"
	EventPassword  activity.Kind = "account.password_changed"
	// EventFactor tells of the second factor: its detail is "added", "codes" (new recovery
	// codes), "removed" or "reset" (by the operator).
	EventFactor activity.Kind = "account.factor_changed"
	// EventEnd tells when the access of an external ends: its detail is the last day of it
	// (2006-01-02). EventSponsor tells who answers for one: its detail is their mailbox.
	EventEnd       activity.Kind = "account.end_changed"
	EventSponsor   activity.Kind = "account.sponsor_changed"
	EventAuditor   activity.Kind = "account.auditor_changed"
	EventSignedIn  activity.Kind = "session.opened"
	EventRefused   activity.Kind = "session.refused"
	EventSignedOut activity.Kind = "session.closed"
)
