package mailbox

import (
	"strings"
	"testing"
)

// FuzzParse holds any mail to be read without harm, and what is made a link to
// be one.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"Subject: a\r\n\r\nb https://c.example/d).",
		"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nc\r\n--b--\r\n--a--",
		"Content-Type: text/html; charset=unknown\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
		"Content-Disposition: attachment; filename=\"../../a\"\r\n\r\n",
		"Delivered-To: a\r\nTo: b <c@d.example>, e\r\nDate: never\r\nSubject: =?x?q?=ff?=\r\n\r\n",
		"", "\r\n", ":", "a\r\n b\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := parse(data)
		if err != nil {
			return
		}
		var whole strings.Builder
		for _, s := range spans(l.Text) {
			whole.WriteString(s.Text)
			if s.Href != "" && !strings.HasPrefix(s.Href, "http://") && !strings.HasPrefix(s.Href, "https://") {
				t.Errorf("a link to %q", s.Href)
			}
		}
		if whole.String() != l.Text {
			t.Errorf("%q is shown as %q", l.Text, whole.String())
		}
	})
}
