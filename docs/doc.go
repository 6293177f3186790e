// Package docs carries the texts that the program serves to its users: the
// user guide, shown under /aide, and the first version of the pages that every
// instance must show (accessibility statement, legal notice, personal data,
// contact).
//
// The texts are Markdown files in one folder per language ("fr", "en"), with
// the same file names in each. The first line of a file is its title ("# …");
// the first paragraph is its summary, in one sentence. The word {{contact}} in
// a page stands for the operator's address and is replaced by the server.
//
// The package owns no table, no route and no template: rendering is the
// caller's work. The papers for developers and operators that lie in the same
// folder are not embedded.
package docs
