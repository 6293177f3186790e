// Package blog is the news of a space: posts written as a draft or published at
// once, read in a list and one by one, with comments under each.
//
// It owns the tables blog_posts, which hangs from items, and blog_categories, the kind "post" and the
// service "blog". The text, its revisions and its state are the kernel's
// (content), so are the comments (remark); the blog does no notification and no
// search of its own.
package blog
