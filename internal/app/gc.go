package app

import "runtime/debug"

// gcPercent is how much a server lets its heap grow between two collections, in
// hundredths of what is alive (GOGC). What is alive is small, some tens of megabytes;
// at Go's 100 a page in a hundred would wait for a collection.
const gcPercent = 400

// CollectLess sets it, unless the operator chose by GOGC, which env finds.
func CollectLess(env func(string) (string, bool)) {
	if _, chosen := env("GOGC"); !chosen {
		debug.SetGCPercent(gcPercent)
	}
}
