// Package logx makes the journal of the program: a slog handler that writes
// text or JSON, adds the id of the request found in the context, and withholds
// what a journal must never hold.
//
// Attributes whose key names a secret or a content (password, token, email,
// body…) are not written: in their place stands redacted=<key>, so that the
// fault in the code shows. In the remaining texts, errors of libraries
// included, mail addresses and passwords inside URLs are masked. This is the
// second net; the first is not to log them.
//
// The package owns no table and reads no environment.
package logx
