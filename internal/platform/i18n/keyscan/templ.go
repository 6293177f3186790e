package keyscan

import (
	"go/ast"
	"go/parser"
	"regexp"
	"strconv"
	"strings"
)

var (
	templCall    = regexp.MustCompile(`\b[A-Za-z_][\w.]*\.(?:T|N|New|Wrap|SetFlash|SetUndoFlash)\(`)
	templLiteral = regexp.MustCompile(`"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+"`)
	templField   = regexp.MustCompile(`\b\w+Key:\s*("[^"\\\n]*")`)
	templComment = regexp.MustCompile(`(?m)^[ \t]*//.*$`)
)

// templ finds the uses of a templ file. Its Go expressions stand between marks
// that Go's parser does not know; calls are cut out and parsed alone.
func (f *folder) templ(rel, src string) {
	line := func(at int) int { return 1 + strings.Count(src[:at], "\n") }
	for _, at := range templComment.FindAllStringIndex(src, -1) {
		f.comment(rel, line(at[0]), src[at[0]:at[1]])
	}
	for _, at := range templLiteral.FindAllStringIndex(src, -1) {
		if key := src[at[0]+1 : at[1]-1]; f.cat.Has(key) {
			f.used[key] = true
		}
	}
	for _, at := range templField.FindAllStringSubmatchIndex(src, -1) {
		key, err := strconv.Unquote(src[at[2]:at[3]])
		if err == nil && strings.Contains(key, ".") {
			f.uses = append(f.uses, use{file: rel, line: line(at[0]), prefix: key, whole: true})
		}
	}
	for _, at := range templCall.FindAllStringIndex(src, -1) {
		end := closing(src, at[1])
		if end < 0 {
			continue
		}
		e, err := parser.ParseExpr(src[at[0]:end])
		if err != nil {
			continue // not Go: a sentence that happens to look like a call
		}
		if call, ok := e.(*ast.CallExpr); ok {
			f.call(rel, line(at[0]), call)
		}
	}
}

// closing returns the place after the parenthesis that closes the one before at,
// or -1. Parentheses inside strings do not count.
func closing(src string, at int) int {
	depth := 1
	var quote byte
	for i := at; i < len(src); i++ {
		c := src[i]
		switch {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
