package logx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/logx"
)

// both runs a test with either form.
func both(t *testing.T, level slog.Level, test func(t *testing.T, log *slog.Logger, out *bytes.Buffer)) {
	t.Helper()
	for name, isJSON := range map[string]bool{"text": false, "json": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			test(t, logx.New(&out, logx.Options{Level: level, JSON: isJSON}), &out)
		})
	}
}

const canary = "hunter2-canary"

// canaryNumber has more digits than the nanoseconds of a time, where a short one
// would be found by chance.
const canaryNumber = 471_147_114_711

type stringer struct{}

func (stringer) String() string { return "user@" + canary + ".example" }

type valuer struct{}

func (valuer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("password", canary), slog.Int("n", 1))
}

func TestWithheldKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"password", "new_password", "Password", "token", "session_token", "csrf-token", "email", "author.email",
		"body", "request_body", "secret", "cookie", "authorization", "title", "subject", "query", "client_ip", "address"} {
		if !logx.Denied(key) {
			t.Errorf("%s may be written", key)
		}
		both(t, slog.LevelDebug, func(t *testing.T, log *slog.Logger, out *bytes.Buffer) {
			t.Helper()
			log.With(key, canary).Info("with")
			log.Info("direct", key, canary, "kept", 1)
			log.WithGroup("g").Info("grouped", key, canary)
			log.Info("in a group", slog.Group("g", key, canary))
			log.Info("a group of that name", slog.Group(key, "inner", canary))
			log.Info("a number", key, canaryNumber)
			log.Info("an error", key, errors.New(canary))
			if got := out.String(); strings.Contains(got, canary) || strings.Contains(got, strconv.Itoa(canaryNumber)) ||
				strings.Contains(got, key+"=") || strings.Contains(got, `"`+key+`":"`) || strings.Contains(got, `"`+key+`":4`) {
				t.Errorf("written:\n%s", got)
			}
			if n := strings.Count(out.String(), "redacted"); n < 7 {
				t.Errorf("%d of 7 faults show", n)
			}
		})
	}
	for _, key := range []string{"status", "route", "error", "mail_id", "listen", "took", "request_id", "recipient", "ipp", "bodyless"} {
		if logx.Denied(key) {
			t.Errorf("%s is withheld", key)
		}
	}
}

func TestValuesAreMasked(t *testing.T) {
	t.Parallel()
	both(t, slog.LevelInfo, func(t *testing.T, log *slog.Logger, out *bytes.Buffer) {
		t.Helper()
		cause := fmt.Errorf("dial: %w", errors.New("cannot parse postgres://ruche:"+canary+"@h/d: 550 <jeanne@"+canary+".example> unknown; password="+canary))
		log.Info("x", "error", cause, "who", stringer{}, "hint", "Token: "+canary, "raw", []byte(canary), "v", valuer{},
			"list", []string{"a@" + canary + ".example"}, "map", map[string]string{"password": canary}, "nothing", nil)
		got := out.String()
		if strings.Contains(got, canary) {
			t.Errorf("written: %s", got)
		}
		for _, want := range []string{"550", "postgres://", "@h/d", "14 bytes"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s is gone: %s", want, got)
			}
		}
	})
}

func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                  "",
		"nothing here":                      "nothing here",
		"to <jeanne.leroy@example.org>":     "to <xxxxx@xxxxx>",
		"smtp://u:p@mail.example.org:587":   "smtp://xxxxx@mail.example.org:587",
		"smtp://u:p@w@mail.example.org":     "smtp://xxxxx@mail.example.org",
		"dsn host=h password=p4ss dbname=d": "dsn host=h password=xxxxx dbname=d",
		`{"access_token":"abc","n":1}`:      `{"access_token":"xxxxx","n":1}`,
		"https://h/p?token=abc&x=1":         "https://h/p?token=xxxxx&x=1",
		"token expired":                     "token expired",
		"@":                                 "@",
	} {
		if got := logx.Mask(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMaskURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"postgres://h/d":                   "postgres://h/d",
		"postgres://u@h/d":                 "postgres://u@h/d",
		"postgres://u:p@h/d?sslmode=off":   "postgres://u:xxxxx@h/d?sslmode=off",
		"postgres://h/d?sslpassword=p&x=1": "postgres://h/d?sslpassword=xxxxx&x=1",
		"postgres://u:p@q@h/d":             "postgres://xxxxx@h/d",
		"postgres://u:12?p@h/d":            "postgres://xxxxx@h/d",
		"@://":                             "xxxxx@://",
		"u:p@h":                            "xxxxx@h",
		"postgres://u:%zz":                 "postgres://xxxxx",
	} {
		if got := logx.MaskURL(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	both(t, slog.LevelInfo, func(t *testing.T, log *slog.Logger, out *bytes.Buffer) {
		t.Helper()
		ctx := logx.WithRequestID(t.Context(), "K7QXREQUEST1")
		log.With("a", 1).InfoContext(ctx, "inside")
		log.InfoContext(t.Context(), "outside")
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], "K7QXREQUEST1") || strings.Contains(lines[1], "request_id") {
			t.Errorf("got %q", lines)
		}
		if logx.RequestID(ctx) != "K7QXREQUEST1" || logx.RequestID(t.Context()) != "" {
			t.Error("the context has another id")
		}
	})
}

func TestLevelAndForm(t *testing.T) {
	t.Parallel()
	var text, object bytes.Buffer
	logx.New(&text, logx.Options{Level: slog.LevelWarn}).Info("hidden")
	logx.New(&text, logx.Options{Level: slog.LevelWarn}).Warn("shown", "took", time.Second)
	if got := text.String(); strings.Contains(got, "hidden") || !strings.Contains(got, "msg=shown took=1s") {
		t.Errorf("text: %s", got)
	}
	logx.New(&object, logx.Options{JSON: true}).Info("shown", "n", 1)
	var line map[string]any
	if err := json.Unmarshal(object.Bytes(), &line); err != nil || line["msg"] != "shown" || line["n"] != 1.0 || line["level"] != "INFO" || line["time"] == nil {
		t.Errorf("json: %v, %v", line, err)
	}
	logx.Discard().Error("nowhere")
}
