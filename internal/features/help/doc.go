// Package help shows the texts that come with the program: the user guide under
// /aide, and the pages that every instance must have (accessibility statement,
// legal notice, personal data, contact). They are open to everybody.
//
// The texts are those of package docs, rendered once when the program starts,
// in each language. It owns no table.
package help
