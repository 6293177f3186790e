package ui

// Attachment is a file joined to a content or to a comment.
type Attachment struct {
	Name, Href, Size, Icon string
	// Image is what is shown of it; nil for what is only named.
	Image *Image
	// Remove is the form that takes it away, if the viewer may.
	Remove string
}

// Image is an image of this site. Alt says it to those who do not see it.
type Image struct {
	Src, Alt      string
	Width, Height int
}

// ComposeFile is a file that was sent and waits for the form to be accepted. Image
// asks for the words that say it.
type ComposeFile struct {
	ID, Name, Size string
	Image          bool
	Alt, Error     string
}
