package kernel

import (
	"embed"
	"fmt"
	"io/fs"

	"ruche/internal/kernel/service"
)

//go:embed migrations catalogue
var files embed.FS

// Migrations returns the kernel's migrations: sqlite/ and postgres/.
func Migrations() fs.FS { return folder("migrations") }

// Catalogue returns the kernel's words: fr.json and en.json.
func Catalogue() fs.FS { return folder("catalogue") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(fmt.Sprintf("kernel: no folder %q: %v", name, err)) // the name is a constant
	}
	return sub
}

// Tables declares the kernel's tables, each after those that it refers to.
func Tables() []service.Table {
	return []service.Table{
		{Name: "accounts", Class: service.Instance},
		{Name: "name_words", Class: service.Derived},
		{Name: "profiles", Class: service.Instance},
		{Name: "externals", Class: service.Instance},
		{Name: "credentials", Class: service.Secret},
		{Name: "second_factors", Class: service.Secret},
		{Name: "recovery_codes", Class: service.Secret},
		{Name: "sessions", Class: service.Secret},
		{Name: "events", Class: service.Instance},
		{Name: "audit_entries", Class: service.Instance},
		{Name: "audit_head", Class: service.Instance},
		{Name: "spaces", Class: service.Exported},
		{Name: "space_words", Class: service.Derived},
		{Name: "space_services", Class: service.Exported},
		{Name: "memberships", Class: service.Exported},
		{Name: "space_access", Class: service.Derived},
		{Name: "member_levels", Class: service.Exported},
		{Name: "space_groups", Class: service.Exported},
		{Name: "group_members", Class: service.Exported},
		{Name: "audiences", Class: service.Exported},
		{Name: "audience_entries", Class: service.Exported},
		{Name: "audience_readers", Class: service.Derived},
		{Name: "scopes", Class: service.Derived},
		{Name: "items", Class: service.Exported, Item: "id"},
		{Name: "item_revisions", Class: service.Exported, Item: "item_id"},
		{Name: "drafts", Class: service.Instance},
		{Name: "remarks", Class: service.Exported, Item: "item_id"},
		{Name: "blobs", Class: service.Exported},
		{Name: "uploads", Class: service.Instance, Blobs: []string{"digest", "view_digest"}},
		{Name: "attachments", Class: service.Exported, Item: "item_id", Blobs: []string{"digest", "view_digest"}},
		{Name: "mentions", Class: service.Derived, Item: "item_id"},
		{Name: "item_marks", Class: service.Exported, Item: "item_id"},
		{Name: "item_links", Class: service.Derived, Item: "item_id"},
		{Name: "item_moves", Class: service.Exported},
		{Name: "recommendations", Class: service.Exported, Item: "item_id"},
		{Name: "recommendation_targets", Class: service.Exported, Item: "item_id"},
		{Name: "acknowledgement_requests", Class: service.Exported, Item: "item_id"},
		{Name: "acknowledgements", Class: service.Exported, Item: "item_id"},
		{Name: "reports", Class: service.Exported, Item: "item_id"},
		{Name: "item_tags", Class: service.Derived, Item: "item_id"},
		{Name: "item_pins", Class: service.Exported, Item: "item_id"},
		{Name: "item_announcements", Class: service.Exported, Item: "item_id"},
		{Name: "votes", Class: service.Exported, Item: "item_id"},
		{Name: "reactions", Class: service.Exported, Item: "item_id"},
		{Name: "notices", Class: service.Instance, Item: "item_id"},
		{Name: "notice_rhythms", Class: service.Instance},
		{Name: "visits", Class: service.Instance},
		{Name: "feed_tokens", Class: service.Secret},
		{Name: "guest_links", Class: service.Secret, Item: "item_id"},
	}
}
