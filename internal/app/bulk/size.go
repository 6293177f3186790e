package bulk

// Size is how much there is.
type Size struct {
	Accounts, Spaces, Memberships, Groups, Items int
	// BigItems and BigMembers are of the first space; MidMembers of the second.
	BigItems, BigMembers, MidMembers int
	// Folder is how many items stand under one, Tree how many lie under another, both
	// in the first space.
	Folder, Tree int
	// Nodes is how many items are restricted by themselves; each has four under it.
	Nodes int
	// Remarks is how many comments there are.
	Remarks int
	// Mine are how many spaces the three people of Load are members of.
	Few, Many, Most int
}

// Big is the size that the program is measured on: 25,000 accounts, 20,000 spaces, a
// million items, one of ten restricted.
func Big() Size {
	return Size{
		Accounts: 25_000, Spaces: 20_000, Memberships: 400_000, Groups: 60_000, Items: 1_000_000, BigItems: 100_000, BigMembers: 10_000, MidMembers: 5_000,
		Folder: 7_000, Tree: 50_000, Nodes: 20_000, Remarks: 100_000, Few: 5, Many: 200, Most: 2_000,
	}
}

// Hundredth is Big divided by a hundred, for comparisons and for tests.
func Hundredth() Size {
	return Size{
		Accounts: 250, Spaces: 200, Memberships: 4_000, Groups: 600, Items: 10_000, BigItems: 1_000, BigMembers: 100, MidMembers: 50,
		Folder: 70, Tree: 500, Nodes: 200, Remarks: 1_000, Few: 5, Many: 50, Most: 150,
	}
}
