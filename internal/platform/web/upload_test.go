package web_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/web"
)

// sent is a form that brings files.
func sent(t *testing.T, texts map[string]string, files map[string]string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, content := range files {
		part, err := form.CreateFormFile("fichiers", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range texts {
		if err := form.WriteField(name, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func TestAFormWithFilesIsRead(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	keep := func(input, name string, content io.Reader) error {
		data, err := io.ReadAll(content)
		got[input+"/"+name] = string(data)
		return err
	}
	r := sent(t, map[string]string{"texte": "a\r\nb"}, map[string]string{"un.txt": "1", "deux.txt": "22", "": ""})
	if err := web.ParseUpload(httptest.NewRecorder(), r, keep); err != nil || r.PostForm.Get("texte") != "a\nb" {
		t.Errorf("%v: %q", err, r.PostForm)
	}
	if want := map[string]string{"fichiers/un.txt": "1", "fichiers/deux.txt": "22"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v was kept", got)
	}
	plain := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("texte=x"))
	plain.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := web.ParseUpload(httptest.NewRecorder(), plain, keep); err != nil || plain.PostForm.Get("texte") != "x" {
		t.Errorf("a form without files: %v: %q", err, plain.PostForm)
	}
}

// TestTextsOutliveARefusedFile: what was typed is there to be shown again.
func TestTextsOutliveARefusedFile(t *testing.T) {
	t.Parallel()
	kept := 0
	refuse := func(string, string, io.Reader) error { kept++; return fault.New(fault.TooLarge, "fault.too_large") }
	r := sent(t, map[string]string{"texte": "déjà tapé"}, map[string]string{"a": "1", "b": "2"})
	err := web.ParseUpload(httptest.NewRecorder(), r, refuse)
	if fault.KindOf(err) != fault.TooLarge || r.PostForm.Get("texte") != "déjà tapé" || kept != 1 {
		t.Errorf("%v: %q, %d files", err, r.PostForm, kept)
	}
	cut := sent(t, map[string]string{"texte": "x"}, nil)
	data, _ := io.ReadAll(cut.Body)
	cut.Body = io.NopCloser(bytes.NewReader(data[:len(data)-8]))
	if err := web.ParseUpload(httptest.NewRecorder(), cut, refuse); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a body that is cut: %v", err)
	}
	long := sent(t, map[string]string{"texte": strings.Repeat("x", 3<<20)}, nil)
	if err := web.ParseUpload(httptest.NewRecorder(), long, refuse); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("three megabytes of text: %v", err)
	}
}
