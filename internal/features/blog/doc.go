// Package blog is the news of a space: posts written as a draft or published at
// once, read in a list and one by one, with comments under each, and mailed by a lead
// to the members as a letter.
//
// It owns the tables blog_posts, which hangs from items, blog_categories, blog_digests,
// blog_digest_posts and blog_digest_stops, the kind "post" and the service "blog". The
// text, its revisions and its state are the kernel's (content), so are the comments
// (remark); but for its letters the blog does no notification, and no search of its own.
package blog
