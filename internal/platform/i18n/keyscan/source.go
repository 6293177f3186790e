package keyscan

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// folder is a package under scan.
type folder struct {
	*scan
	pkg    string
	consts map[string]string
}

// folder reads the files of one folder: first the constants of the package,
// which may name keys, then the uses.
func (s *scan) folder(root, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	f := &folder{scan: s, consts: map[string]string{}}
	fset := token.NewFileSet()
	parsed := map[string]*ast.File{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			continue
		}
		rel := relative(root, dir, name)
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			s.problems = append(s.problems, Problem{File: rel, Line: 1, Text: err.Error()})
			continue
		}
		parsed[rel] = file
		f.pkg = file.Name.Name
		f.collect(file)
	}
	for rel, file := range parsed {
		f.file(rel, fset, file)
	}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".templ") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		f.templ(relative(root, dir, e.Name()), string(data))
	}
	return nil
}

func relative(root, dir, name string) string {
	rel, err := filepath.Rel(root, filepath.Join(dir, name))
	if err != nil {
		rel = filepath.Join(dir, name)
	}
	return filepath.ToSlash(rel)
}

// collect notes the string constants of a file.
func (f *folder) collect(file *ast.File) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, name := range value.Names {
				if i < len(value.Values) {
					if s, ok := literal(value.Values[i]); ok {
						f.consts[name.Name] = s
					}
				}
			}
		}
	}
}

// file finds the uses of a Go file.
func (f *folder) file(rel string, fset *token.FileSet, file *ast.File) {
	line := func(n ast.Node) int { return fset.Position(n.Pos()).Line }
	for _, group := range file.Comments {
		for _, c := range group.List {
			f.comment(rel, line(c), c.Text)
		}
	}
	f.inspect(rel, file, line)
}

// inspect finds the uses in a tree of Go.
func (f *folder) inspect(rel string, root ast.Node, line func(ast.Node) int) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			// A key may travel in ways not known here; that its very text stands
			// in the code is enough to call it used.
			if s, ok := literal(n); ok && f.cat.Has(s) {
				f.used[s] = true
			}
		case *ast.CallExpr:
			f.call(rel, line(n), n)
		case *ast.CompositeLit:
			f.composite(rel, n, line)
		}
		return true
	})
}

// call notes a call that takes a key.
func (f *folder) call(rel string, line int, call *ast.CallExpr) {
	at, method := f.keyArgument(call)
	if at < 0 || at >= len(call.Args) {
		return
	}
	u, ok := f.key(call.Args[at])
	// Other types have methods T and N too; a key always has a dot.
	if !ok || !strings.Contains(u.prefix, ".") {
		return
	}
	u.file, u.line = rel, line
	rest := call.Args[at+1:]
	if method == "N" && len(rest) > 0 {
		rest = rest[1:]
	}
	if names, ok := f.names(rest); ok && call.Ellipsis == token.NoPos {
		u.method, u.names = method, names
	}
	f.uses = append(f.uses, u)
}

// keyArgument returns the place of the key among the arguments of a call, or -1,
// and how its text is printed.
func (f *folder) keyArgument(call *ast.CallExpr) (at int, method string) {
	pkg, name := callee(call)
	switch {
	case (name == "T" || name == "N") && pkg == "i18n":
		return 1, name
	case (name == "T" || name == "N") && pkg != "":
		return 0, name
	case name == "SetFlash":
		return 1, "T"
	case name == "SetUndoFlash":
		return 2, "T"
	case name == "New" && (pkg == "fault" || pkg == "" && f.pkg == "fault"):
		return 1, "T"
	case name == "Wrap" && (pkg == "fault" || pkg == "" && f.pkg == "fault"):
		return 2, "T"
	}
	return -1, ""
}

// callee names a called function: "i18n" and "T", or "" and "New". What is
// called on a value that has no simple name is on "?".
func callee(call *ast.CallExpr) (pkg, name string) {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return "", fun.Name
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			return x.Name, fun.Sel.Name
		}
		return "?", fun.Sel.Name
	}
	return "", ""
}

// names reads the names of values, when they all are literal.
func (f *folder) names(args []ast.Expr) ([]string, bool) {
	var names []string
	for i := 0; i < len(args); i += 2 {
		name, ok := f.text(args[i])
		if !ok {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// key reads an expression that gives a key, or the ends of one.
func (f *folder) key(e ast.Expr) (use, bool) {
	if s, ok := f.text(e); ok {
		return use{prefix: s, whole: true}, s != ""
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.key(e.X)
	case *ast.BinaryExpr:
		prefix, ok := f.text(leftmost(e))
		suffix, _ := f.text(e.Y)
		return use{prefix: prefix, suffix: suffix}, ok && e.Op == token.ADD
	case *ast.CallExpr:
		if pkg, name := callee(e); pkg != "fmt" || name != "Sprintf" || len(e.Args) == 0 {
			return use{}, false
		}
		format, ok := f.text(e.Args[0])
		verbs := verb.FindAllStringIndex(format, -1)
		if !ok || len(verbs) == 0 || verbs[0][0] == 0 {
			return use{}, false
		}
		return use{prefix: format[:verbs[0][0]], suffix: format[verbs[len(verbs)-1][1]:]}, true
	}
	return use{}, false
}

var verb = regexp.MustCompile(`%[a-z]`)

func leftmost(e ast.Expr) ast.Expr {
	for {
		binary, ok := e.(*ast.BinaryExpr)
		if !ok {
			return e
		}
		e = binary.X
	}
}

// text reads a literal or a constant of the package.
func (f *folder) text(e ast.Expr) (string, bool) {
	if id, ok := e.(*ast.Ident); ok {
		s, ok := f.consts[id.Name]
		return s, ok
	}
	return literal(e)
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// composite notes the keys of a struct: those of faults, and any field whose
// name ends with Key.
func (f *folder) composite(rel string, lit *ast.CompositeLit, line func(ast.Node) int) {
	if array, ok := lit.Type.(*ast.ArrayType); ok && f.isFault(array.Elt) {
		for _, elt := range lit.Elts {
			if inner, ok := elt.(*ast.CompositeLit); ok && inner.Type == nil {
				f.faultFields(rel, inner, line)
			}
		}
	}
	if f.isFault(lit.Type) {
		f.faultFields(rel, lit, line)
		return
	}
	for _, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		name, ok := pair.Key.(*ast.Ident)
		if !ok || name.Name == "Key" || !strings.HasSuffix(name.Name, "Key") {
			continue
		}
		if u, ok := f.key(pair.Value); ok && strings.Contains(u.prefix, ".") {
			u.file, u.line = rel, line(pair)
			f.uses = append(f.uses, u)
		}
	}
}

// faultFields notes the key of a fault.Field or a fault.Error.
func (f *folder) faultFields(rel string, lit *ast.CompositeLit, line func(ast.Node) int) {
	for i, elt := range lit.Elts {
		value := elt
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); !ok || name.Name != "Key" {
				continue
			}
			value = pair.Value
		} else if i != 1 {
			continue
		}
		if u, ok := f.key(value); ok {
			u.file, u.line = rel, line(elt)
			f.uses = append(f.uses, u)
		}
	}
}

func (f *folder) isFault(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.SelectorExpr:
		pkg, ok := t.X.(*ast.Ident)
		return ok && pkg.Name == "fault" && (t.Sel.Name == "Field" || t.Sel.Name == "Error")
	case *ast.Ident:
		return f.pkg == "fault" && (t.Name == "Field" || t.Name == "Error")
	}
	return false
}

var declared = regexp.MustCompile(`^//\s*i18n:\s*(.+)$`)

// comment reads "// i18n: blog.state.* blog.kind.page".
func (f *folder) comment(rel string, line int, text string) {
	m := declared.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return
	}
	for _, word := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		prefix, suffix, composed := strings.Cut(word, "*")
		f.uses = append(f.uses, use{file: rel, line: line, prefix: prefix, suffix: suffix, whole: !composed})
	}
}
