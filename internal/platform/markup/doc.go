// Package markup turns the Markdown that people write into HTML that is safe to
// put on a page, and into plain text.
//
// The dialect is CommonMark with the tables, task lists, strikethrough and bare
// links of GitHub Flavored Markdown, and its callouts:
//
//	> [!NOTE] A title of one's own, or none
//	> The text.
//
// Raw HTML is no part of the dialect: it shows as the text that was typed. The
// tree is goldmark's. Between parsing and rendering, this package reshapes it
// (shape.go): headings become a sound outline below the page's title, links
// that could run script are undone, images of other sites become links because
// no page makes a request to a third party. The result then passes through a
// bluemonday allow-list that knows only the elements, attributes and classes
// written here, so that a fault in one layer is caught by the other.
//
// The classes are those of the design: .tablewrap, .prose-table with .n (figures)
// and .mid (centred), .callout with .info, .warn or .ok and .callout-title,
// .tasks with .task and .done, .file-link and .file-note, .vh (read aloud only). The caller wraps the whole
// in .prose.
//
// A file that goes with a text is an image or a link whose destination is a key
// (embed.go): where it is served depends on who reads.
//
// For the visual editor a text is a tree (editor.go) and becomes one again
// (editor_write.go): what nobody changed keeps its bytes.
//
// Rendering is pure: no clock, no network, no store. Its cost is bounded on any
// input: sizes, nesting and tables are limited (limits.go), and hostile inputs
// are kept in the benchmarks.
//
// The package owns no table.
package markup
