// Package blob keeps the bytes of files, named by their SHA-256 (FIPS 180-4), in a
// folder of this machine.
//
// A file is staged, hashed while it is written, synced to the disk, and only then
// given its name, so that whoever sees the name sees all of the bytes, whatever
// happened between. The same content is kept once. Names never come from people.
// A row that speaks of a blob is written after Put returned; Sweep removes what no
// row speaks of a day after it was last put.
//
// It owns no table and knows no product word.
package blob
