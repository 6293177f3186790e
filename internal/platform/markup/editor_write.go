package markup

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"ruche/internal/platform/fault"
)

// Save writes the Markdown of a tree that an editor gave back of this text. A block that
// is what it was comes out as the bytes that it was; so does the text when all of them
// are, in their order. What is written anew is CommonMark and GFM of one style.
func (o *Opened) Save(doc Node) (string, error) {
	out := o.assemble(doc, false)
	if len(out) > MaxBytes {
		return "", fault.New(fault.TooLarge, "fault.too_large")
	}
	// What was left as it was may stand beside what would make it something else: a line
	// of code after a list, a list after a list. Then all of it is written anew.
	if again, err := o.editor.Open(out); err != nil || !alike(again.blocks, doc.Content) {
		if anew := o.assemble(doc, true); len(anew) <= MaxBytes {
			if again, err := o.editor.Open(anew); err == nil && alike(again.blocks, doc.Content) {
				return anew, nil
			}
		}
	}
	return out, nil
}

// alike tells whether blocks are the same, but for empty paragraphs, which Markdown
// does not have.
func alike(a, b []Node) bool {
	a, b = solid(a), solid(b)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if key(a[i]) != key(b[i]) {
			return false
		}
	}
	return true
}

func solid(list []Node) (out []Node) {
	for _, n := range list {
		if c := canon(n); c.Type != typeParagraph || c.Content != nil {
			out = append(out, c)
		}
	}
	return out
}

// unchanged is the place of a block that is what it was, or -1.
func (o *Opened) unchanged(n Node) int {
	at := n.number(attrPlace, -1)
	if at < 0 || at >= len(o.blocks) || key(canon(o.blocks[at])) != key(canon(n)) {
		return -1
	}
	return at
}

func (o *Opened) assemble(doc Node, anew bool) string {
	w := writer{o.editor.parser}
	var out strings.Builder
	last := -1 // the place of the block just written as it was
	var before lists
	for i := range doc.Content {
		n := doc.Content[i]
		at := o.unchanged(n)
		if anew && n.Type != typeOpaque {
			at = -1
		}
		var s string
		other := before.alternate(n)
		if at >= 0 {
			s = o.slice(at)
			other = secondMarker(s)
		} else if s = strings.Join(w.writeBlock(n, other), "\n"); s != "" {
			s += "\n"
		}
		if s == "" {
			continue // an empty paragraph
		}
		if out.Len() == 0 && n.number(attrPlace, -1) == 0 && len(o.blocks) > 0 {
			s = o.head() + s
		}
		if out.Len() > 0 && (at < 0 || at != last+1) {
			apart(&out)
		}
		out.WriteString(s)
		last, before = at, lists{n.Type, other}
		if at < 0 {
			last = -2 // nothing follows it as it did
		}
	}
	whole := out.String()
	if len(o.blocks) == 0 && whole == "" {
		return string(o.source) // blank lines and nothing else
	}
	if last != len(o.blocks)-1 { // the blank lines at the end were of what is no more the end
		whole = strings.TrimRight(whole, "\n")
		if whole != "" && strings.HasSuffix(string(o.source), "\n") {
			whole += "\n"
		}
	}
	return whole
}

// apart ends a text with a blank line.
func apart(out *strings.Builder) {
	s := out.String()
	switch {
	case strings.HasSuffix(s, "\n\n"):
	case strings.HasSuffix(s, "\n"):
		out.WriteString("\n")
	default:
		out.WriteString("\n\n")
	}
}

// lists is the block that was just written: of two lists of a kind that follow each
// other, one has another marker, or they would be one.
type lists struct {
	kind  string
	other bool
}

// alternate tells whether a block that follows must have the second marker.
func (l lists) alternate(n Node) bool {
	return isList(n.Type) && isList(l.kind) && (n.Type == typeNumbers) == (l.kind == typeNumbers) && !l.other
}

// secondMarker tells whether a list that is there already has it.
func secondMarker(source string) bool {
	s := strings.TrimLeft(strings.TrimLeft(source, " "), "0123456789")
	return s != "" && (s[0] == '*' || s[0] == '+' || s[0] == ')')
}

func isList(kind string) bool {
	return kind == typeBullets || kind == typeNumbers || kind == typeTasks
}

// writeBlock writes a block as lines. other asks a list for its second marker.
func (w writer) writeBlock(n Node, other bool) []string {
	switch n.Type {
	case typeParagraph:
		s := w.writeInlines(n.Content, false)
		if s == "" {
			return nil
		}
		return strings.Split(s, "\n")
	case typeHeading:
		level := min(max(n.number("level", 1), 1), 6)
		words := strings.ReplaceAll(w.writeInlines(n.Content, false), "\\\n", " ")
		if strings.HasSuffix(words, "#") { // it would close the line
			words = words[:len(words)-1] + "\\#"
		}
		return []string{strings.TrimRight(strings.Repeat("#", level)+" "+words, " ")}
	case typeRule:
		return []string{"---"}
	case typeCode:
		return writeCode(n)
	case typeQuote:
		return prefixed("> ", w.writeBlocks(n.Content))
	case typeCallout:
		first := strings.TrimRight("[!"+strings.ToUpper(n.word("kind"))+"] "+oneLine(n.word("title")), " ")
		return prefixed("> ", append([]string{first}, w.writeBlocks(n.Content)...))
	case typeBullets, typeNumbers, typeTasks:
		return w.writeList(n, other)
	case typeTable:
		return w.writeTable(n)
	case typeOpaque:
		return strings.Split(strings.Trim(stripControls(n.word("source")), "\n"), "\n")
	}
	// What we do not know keeps its words.
	if s := wordsOf(n); s != "" {
		return strings.Split(escape(s, edges{start: true}), "\n")
	}
	return nil
}

func wordsOf(n Node) string {
	s := n.Text
	for _, c := range n.Content {
		s += wordsOf(c)
	}
	return oneLine(s)
}

// writeBlocks writes the blocks inside another, a blank line between two.
func (w writer) writeBlocks(list []Node) (lines []string) {
	var before lists
	for _, n := range list {
		other := before.alternate(n)
		block := w.writeBlock(n, other)
		if len(block) == 0 {
			continue
		}
		if before.kind != "" {
			lines = append(lines, "")
		}
		lines, before = append(lines, block...), lists{n.Type, other}
	}
	return lines
}

func prefixed(with string, lines []string) []string {
	if len(lines) == 0 {
		lines = []string{""}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(with+line, " ")
		if line != "" {
			lines[i] = with + line
		}
	}
	return lines
}

func writeCode(n Node) []string {
	var words string
	for _, c := range n.Content {
		words += c.Text
	}
	words = stripControls(words)
	fence := "```"
	if info := n.word("language"); strings.Contains(info, "`") {
		fence = "~~~"
	}
	for strings.Contains(words, fence) {
		fence += fence[:1]
	}
	lines := []string{fence + escapeInfo(n.word("language"))}
	if words != "" {
		lines = append(lines, strings.Split(words, "\n")...)
	}
	return append(lines, fence)
}

func escapeInfo(info string) string {
	return strings.NewReplacer(`\`, `\\`, `&`, `\&`).Replace(oneLine(info))
}

func oneLine(s string) string { return strings.Join(strings.Fields(stripControls(s)), " ") }

// writeList writes a list. It is loose when it was, and when one of its items holds
// what only a blank line keeps apart.
func (w writer) writeList(n Node, other bool) (lines []string) {
	tight := n.truth("tight")
	if _, said := n.Attrs["tight"]; !said {
		tight = true
	}
	tight = tight && mayBeTight(n)
	number := min(max(n.number("start", 1), 0), 999_999_999)
	for i, item := range n.Content {
		marker := "- "
		if other {
			marker = "* "
		}
		if n.Type == typeNumbers {
			sign := "."
			if other {
				sign = ")"
			}
			marker = strconv.Itoa(min(number+i, 999_999_999)) + sign + " "
		}
		block := w.writeItem(item, tight)
		if n.Type == typeTasks {
			box := "[ ] "
			if item.truth("checked") {
				box = "[x] "
			}
			if len(item.Content) == 0 || len(w.writeBlock(item.Content[0], false)) == 0 {
				block = append([]string{""}, block...) // the box stands before words, not before a block
			}
			block[0] = box + block[0]
		}
		if i > 0 && !tight {
			lines = append(lines, "")
		}
		lines = append(lines, strings.TrimRight(marker, " ")+strings.TrimRight(" "+block[0], " "))
		if block[0] != "" {
			lines[len(lines)-1] = marker + block[0]
		}
		for _, line := range block[1:] {
			if line != "" {
				line = strings.Repeat(" ", len(marker)) + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// mayBeTight tells whether no item of a list holds what only a blank line keeps apart.
func mayBeTight(n Node) bool {
	for _, item := range n.Content {
		for i := 1; i < len(item.Content); i++ {
			if needsBlank(item.Content[i-1].Type, item.Content[i].Type) {
				return false
			}
		}
	}
	return true
}

// needsBlank tells whether a block would go on with the one before it without a blank
// line between them.
func needsBlank(a, b string) bool {
	quoted := a == typeQuote || a == typeCallout
	switch b {
	case typeParagraph:
		return a == typeParagraph || quoted || isList(a) || a == typeTable || a == typeOpaque
	case typeQuote, typeCallout:
		return quoted
	case typeTable, typeOpaque:
		return a != typeHeading && a != typeRule && a != typeCode
	}
	return a == typeOpaque
}

// writeItem writes the blocks of an item: one line at least.
func (w writer) writeItem(item Node, tight bool) (lines []string) {
	if tight {
		var before lists
		for _, n := range item.Content {
			other := before.alternate(n)
			if block := w.writeBlock(n, other); len(block) > 0 {
				lines, before = append(lines, block...), lists{n.Type, other}
			}
		}
	} else {
		lines = w.writeBlocks(item.Content)
	}
	if len(lines) == 0 {
		return []string{""}
	}
	for i, line := range lines {
		if line == "---" { // after a hyphen, or under words, it would be something else
			lines[i] = "___"
		}
	}
	return lines
}

func (w writer) writeTable(n Node) (lines []string) {
	columns := 0
	for _, row := range n.Content {
		columns = max(columns, len(row.Content))
	}
	if columns == 0 {
		return nil
	}
	for i, row := range n.Content {
		cells := make([]string, columns)
		for c := range row.Content {
			var parts []string
			for _, p := range row.Content[c].Content {
				parts = append(parts, w.writeInlines(p.Content, true))
			}
			cells[c] = strings.Join(parts, " ")
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
		if i == 0 {
			lines = append(lines, delimiters(row, columns))
		}
	}
	return lines
}

func delimiters(head Node, columns int) string {
	signs := make([]string, columns)
	for c := range signs {
		signs[c] = "---"
		if c < len(head.Content) {
			switch head.Content[c].word("align") {
			case "left":
				signs[c] = ":--"
			case "right":
				signs[c] = "--:"
			case "center":
				signs[c] = ":-:"
			}
		}
	}
	return "| " + strings.Join(signs, " | ") + " |"
}

// writer writes blocks, and reads what it wrote: a mark that Markdown cannot say where
// it stands is left out, rather than its signs being read as words.
type writer struct{ parser parser.Parser }

// writeInlines writes the words of a block. In a table they are one line.
func (w writer) writeInlines(list []Node, table bool) string {
	list = trimmed(joined(canonAll(list)))
	kinds := []string{markItalic, markStrike, markBold, markLink, markRaw}
	for {
		s := inlinesOf(peeled(list), table)
		marked := slices.ContainsFunc(list, func(n Node) bool { return slices.ContainsFunc(kinds, func(kind string) bool { return has(n, kind) }) })
		if !marked || len(kinds) == 0 || w.says(s, list) {
			return s
		}
		for i := range list {
			list[i] = without(list[i], kinds[0])
		}
		list, kinds = joined(list), kinds[1:]
	}
}

// says tells whether a text has the letters of what it was written from.
func (w writer) says(s string, list []Node) bool {
	root := w.parser.Parse(text.NewReader([]byte(s)))
	in := importer{source: []byte(s)}
	var read []Node
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		b, ok := in.block(n, 0)
		if !ok {
			return false
		}
		read = append(read, b)
	}
	return letters(read) == letters(list)
}

// letters are the words of a tree without its white space.
func letters(list []Node) string {
	var b strings.Builder
	for _, n := range list {
		b.WriteString(n.Text)
		b.WriteString(letters(n.Content))
	}
	return strings.Join(strings.Fields(b.String()), "")
}

func inlinesOf(list []Node, table bool) string {
	w := inlineWriter{table: table}
	for i, n := range list {
		if address, is := bareLink(n); is && (i == 0 || !has(list[i-1], markLink)) && (i == len(list)-1 || !has(list[i+1], markLink)) {
			w.turn(list[i:], markLink)
			w.out.WriteString("<" + address + ">")
			continue
		}
		w.turn(list[i:], "")
		switch n.Type {
		case typeText:
			w.text(n)
		case typeBreak:
			if i == len(list)-1 || table {
				w.out.WriteString(" ")
			} else {
				w.out.WriteString("\\\n")
			}
		case typeImage:
			w.out.WriteString("![" + escape(n.word("alt"), edges{link: true, table: table}) + "]" + writeTarget(n.word("src"), n.word("title"), table))
		default:
			w.out.WriteString(escape(wordsOf(n), edges{table: table}))
		}
	}
	w.turn(nil, "")
	return strings.TrimRight(w.out.String(), " ")
}

// bareLink is the address of a link whose words are the address.
func bareLink(n Node) (string, bool) {
	for _, m := range n.Marks {
		if href, _ := m.Attrs["href"].(string); m.Type == markLink && href == n.Text && m.Attrs["title"] == nil && !has(n, markRaw) {
			return href, (strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://")) && !strings.ContainsFunc(href, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' })
		}
	}
	return "", false
}

func canonAll(list []Node) (out []Node) {
	for _, n := range list {
		out = append(out, canon(n))
	}
	return out
}

type inlineWriter struct {
	out   strings.Builder
	open  []NodeMark
	table bool
}

// turn closes the marks that end before the first of the nodes to come and opens those
// that begin with it, those that last longest first. One mark may be left out.
func (w *inlineWriter) turn(coming []Node, but string) {
	var wanted []NodeMark
	if len(coming) > 0 {
		for _, m := range coming[0].Marks {
			if m.Type != markRaw && m.Type != but { // code is written with its words
				wanted = append(wanted, m)
			}
		}
	}
	same := 0
	for same < len(w.open) && slices.ContainsFunc(wanted, func(m NodeMark) bool { return sameMark(m, w.open[same]) }) {
		same++
	}
	for i := len(w.open) - 1; i >= same; i-- {
		w.out.WriteString(closing(w.open[i], w.table))
	}
	w.open = w.open[:same]
	wanted = slices.DeleteFunc(wanted, func(m NodeMark) bool {
		return slices.ContainsFunc(w.open, func(o NodeMark) bool { return sameMark(m, o) })
	})
	slices.SortStableFunc(wanted, func(a, b NodeMark) int { return lasts(b, coming) - lasts(a, coming) })
	for _, m := range wanted {
		w.out.WriteString(opening(m))
		w.open = append(w.open, m)
	}
}

func sameMark(a, b NodeMark) bool { return sameMarks([]NodeMark{a}, []NodeMark{b}) }

// lasts is over how many nodes a mark goes on.
func lasts(m NodeMark, coming []Node) (n int) {
	for n < len(coming) && slices.ContainsFunc(coming[n].Marks, func(o NodeMark) bool { return sameMark(m, o) }) {
		n++
	}
	return n
}

func opening(m NodeMark) string {
	if m.Type == markLink {
		return "["
	}
	return delimiter(m.Type)
}

func closing(m NodeMark, table bool) string {
	if m.Type == markLink {
		href, _ := m.Attrs["href"].(string)
		title, _ := m.Attrs["title"].(string)
		return "]" + writeTarget(href, title, table)
	}
	return delimiter(m.Type)
}

func delimiter(kind string) string {
	switch kind {
	case markBold:
		return "**"
	case markItalic:
		return "*"
	case markStrike:
		return "~~"
	}
	return ""
}

func (w *inlineWriter) text(n Node) {
	link, raw := false, false
	for _, m := range n.Marks {
		link, raw = link || m.Type == markLink, raw || m.Type == markRaw
	}
	if raw {
		w.out.WriteString(codeSpan(n.Text, w.table))
		return
	}
	before := w.out.String()
	w.out.WriteString(escape(n.Text, edges{start: before == "" || strings.HasSuffix(before, "\n"), link: link, table: w.table, before: before}))
}

func codeSpan(s string, table bool) string {
	s = strings.ReplaceAll(stripControls(s), "\n", " ")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") && strings.Trim(s, " ") != "" {
		s = " " + s + " "
	}
	if table {
		s = strings.ReplaceAll(s, "|", `\|`)
	}
	return fence + s + fence
}

// writeTarget writes the destination of a link or an image.
func writeTarget(href, title string, table bool) string {
	href, title = stripControls(strings.NewReplacer("\n", "", "\t", " ").Replace(href)), oneLine(title)
	out := href
	if href == "" || strings.ContainsAny(href, " ()<>") {
		out = "<" + strings.NewReplacer(`\`, `\\`, "<", `\<`, ">", `\>`, "&", `\&`).Replace(href) + ">"
	} else {
		out = strings.NewReplacer(`\`, `\\`, "&", `\&`, "*", `\*`, "_", `\_`).Replace(out)
	}
	if title != "" {
		out += ` "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", `\&`).Replace(title) + `"`
	}
	if table {
		out = strings.ReplaceAll(out, "|", `\|`)
	}
	return "(" + out + ")"
}

// edges says where a text stands.
type edges struct {
	start, link, table bool
	before             string // what is written already
}

// escape writes words so that none of them is a mark.
func escape(s string, e edges) string {
	s = stripControls(strings.ReplaceAll(s, "\n", " "))
	var out strings.Builder
	previous, _ := utf8.DecodeLastRuneInString(e.before)
	if e.before == "" {
		previous = ' '
	}
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch r {
		case '\\', '`', '*', '[', '~':
			out.WriteByte('\\')
		case ']':
			if e.link {
				out.WriteByte('\\')
			}
		case '_':
			if !word(previous) || !word(next) {
				out.WriteByte('\\')
			}
		case '<':
			if unicode.IsLetter(next) {
				out.WriteByte('\\')
			}
		case '&':
			if unicode.IsLetter(next) || next == '#' {
				out.WriteByte('\\')
			}
		case '!':
			if next == '[' || i+1 == len(s) {
				out.WriteByte('\\')
			}
		case '|':
			if e.table {
				out.WriteByte('\\')
			}
		}
		out.WriteRune(r)
		previous = r
	}
	if !e.start {
		return out.String()
	}
	return lineStart(out.String())
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// lineStart escapes what would open a block at the start of a line.
func lineStart(s string) string {
	body := strings.TrimLeft(s, " \t")
	if body == "" {
		return s
	}
	switch body[0] {
	case '>', '=':
		return `\` + body
	case '#', '-', '+':
		return `\` + body
	case '|', ':': // a row of a table
		return `\` + body
	}
	i := 0
	for i < len(body) && i < 9 && body[i] >= '0' && body[i] <= '9' {
		i++
	}
	if i > 0 && i < len(body) && (body[i] == '.' || body[i] == ')') && blankAt(body, i+1) {
		return body[:i] + `\` + body[i:]
	}
	return body
}

// peeled moves out of emphasis what its marks could not stand beside: white space at
// its ends, and punctuation there when a letter follows on the other side (the flanking
// runs of CommonMark).
func peeled(list []Node) []Node {
	for _, kind := range []string{markBold, markItalic, markStrike} {
		var out []Node
		for i, n := range list {
			if n.Type != typeText || !has(n, kind) || has(n, markRaw) {
				out = append(out, n)
				continue
			}
			head, tail := "", ""
			if i == 0 || !has(list[i-1], kind) {
				before := ' '
				if k := len(out); k > 0 {
					before = edge(out[k-1], true)
				}
				head, n.Text = peel(n.Text, before)
			}
			if i == len(list)-1 || !has(list[i+1], kind) {
				after := ' '
				if i < len(list)-1 {
					after = edge(list[i+1], false)
				}
				tail, n.Text = peelEnd(n.Text, after)
			}
			bare := without(n, kind)
			for _, part := range []Node{withText(bare, head), n, withText(bare, tail)} {
				if part.Text != "" {
					out = append(out, part)
				}
			}
		}
		list = joined(out)
	}
	return list
}

func withText(n Node, s string) Node { n.Text = s; return n }

func has(n Node, kind string) bool {
	for _, m := range n.Marks {
		if m.Type == kind {
			return true
		}
	}
	return false
}

func without(n Node, kind string) Node {
	var marks []NodeMark
	for _, m := range n.Marks {
		if m.Type != kind {
			marks = append(marks, m)
		}
	}
	n.Marks = marks
	return n
}

// edge is the character of a node that stands beside the next one, or the one before.
func edge(n Node, last bool) rune {
	switch n.Type {
	case typeText:
		if has(n, markRaw) {
			return '`'
		}
		r, _ := utf8.DecodeRuneInString(n.Text)
		if last {
			r, _ = utf8.DecodeLastRuneInString(n.Text)
		}
		return r
	case typeBreak:
		return ' '
	}
	return ')'
}

func peel(s string, before rune) (head, rest string) {
	rest = s
	for rest != "" {
		r, size := utf8.DecodeRuneInString(rest)
		if !unicode.IsSpace(r) && (!punctuation(r) || unicode.IsSpace(before) || punctuation(before)) {
			break
		}
		before, rest = r, rest[size:]
	}
	return s[:len(s)-len(rest)], rest
}

func peelEnd(s string, after rune) (tail, rest string) {
	rest = s
	for rest != "" {
		r, size := utf8.DecodeLastRuneInString(rest)
		if !unicode.IsSpace(r) && (!punctuation(r) || unicode.IsSpace(after) || punctuation(after)) {
			break
		}
		after, rest = r, rest[:len(rest)-size]
	}
	return s[len(rest):], rest
}

func punctuation(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
