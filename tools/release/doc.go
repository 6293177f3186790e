// Command release builds what people install: an archive for each system, with the
// program, its licence, its papers, and what starts it with the machine; the digests
// of the archives; and the list of all that the program is made of (SBOM, CycloneDX
// 1.6).
//
//	go run ./tools/release -version 1.2.0 -out dist
//
// The assets must be built (`make release` does so). Nothing is downloaded. The same
// commit and the same Go give the same bytes: times in the archives are those of the
// commit, in UTC (SOURCE_DATE_EPOCH, in seconds, sets another).
package main
