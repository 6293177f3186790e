// Package keyscan checks that the words of the catalogues and the source tree
// agree, for a test of the whole program:
//
//	problems := keyscan.Check(root, catalog)
//
// It reads the Go and templ files under internal/ and cmd/, tests and generated
// files aside, and finds keys in i18n.T and i18n.N, in the methods T and N of a
// printer, in fault.New, fault.Wrap, fault.Field and fault.Error, in SetFlash, SetUndoFlash,
// and in struct fields whose name ends with "Key" (LabelKey). A key put
// together, such as "blog.state."+state, stands for all that it can give.
// Where neither is seen, a comment beside the code names keys:
//
//	// i18n: blog.state.* blog.kind.page
//
// Typography checks the French texts for the habits that the interface asks of
// them. The package is a tool of tests; the program does not import it.
package keyscan
