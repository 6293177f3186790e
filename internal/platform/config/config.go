package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Config holds every setting, checked. The zero value is not usable; Load makes
// one.
type Config struct {
	// Addr is the TCP address to listen on, host:port.
	Addr string `env:"RUCHE_ADDR" default:"127.0.0.1:8080" kind:"address" help:"Address and port on which Ruche listens. :8080 listens on every interface."`
	// URL is the origin that people's browsers see, without a trailing slash.
	URL string `env:"RUCHE_URL" default:"http://127.0.0.1:8080" kind:"origin" help:"Address of the site as people type it. Links in mails are made from it; when it starts with https, cookies are for https only and browsers are told to stay there."`
	// DataDir is the folder of the database, the files and the secret.
	DataDir string `env:"RUCHE_DATA_DIR" default:"./data" kind:"folder" help:"Folder that holds everything Ruche keeps: the SQLite database, files, the generated secret. It is made at the first start. Back it up."`
	// DatabaseURL is a PostgreSQL URL, or empty for SQLite in DataDir.
	DatabaseURL string `env:"RUCHE_DATABASE_URL" kind:"database" secret:"true" help:"PostgreSQL database. Empty: SQLite, in the file ruche.db of the data folder."`
	// SMTPURL is the mail relay, or empty.
	SMTPURL string `env:"RUCHE_SMTP_URL" kind:"smtp" secret:"true" help:"Server that takes the mails. smtp uses STARTTLS, smtps TLS from the start. Empty: mails wait in the database until a server is given; with the demo they go to the local mail page."`
	// MailFrom is the sender of every mail, or empty: see Sender.
	MailFrom string `env:"RUCHE_MAIL_FROM" kind:"sender" help:"Sender of the mails. Empty: the name of the instance, at ruche@ followed by the host of RUCHE_URL."`
	// MailboxAddr is where the local mail page is served, on this machine only.
	MailboxAddr string `env:"RUCHE_MAILBOX_ADDR" default:"127.0.0.1:8025" kind:"loopback" help:"Address and port of the local mail page, where every mail can be read. It exists only with the demo, and only when RUCHE_ADDR and RUCHE_URL are of this very machine."`
	// AgentDomains are the mail domains, in lower case, whose people are agents.
	AgentDomains []string `env:"RUCHE_AGENT_DOMAINS" kind:"domains" help:"Mail domains of public agents. Whoever accepts an invitation with a mailbox in one of them becomes an agent, anyone else an external. Each stands for itself alone, not for its sub-domains."`
	// Secret is the given secret, or empty: see SecretKey.
	Secret string `env:"RUCHE_SECRET" kind:"secret" secret:"true" help:"Key from which Ruche derives those that sign cookies and links. Empty: made at the first start and kept in the file secret of the data folder, readable by its owner only. Nodes that serve one site need the same."`
	// TrustedProxies are the networks whose X-Forwarded-* headers are believed.
	TrustedProxies []netip.Prefix `env:"RUCHE_TRUSTED_PROXIES" kind:"networks" help:"Addresses of the reverse proxies in front of Ruche. Only their X-Forwarded-For and X-Forwarded-Proto are believed. Empty: nobody's."`
	// MaxUpload is how many megabytes (10⁶ bytes) a file may have.
	MaxUpload int `env:"RUCHE_MAX_UPLOAD" default:"100" kind:"megabytes" help:"How many megabytes a file that people send may have. A reverse proxy in front of Ruche must let as much pass."`
	// MetricsAddr is where Prometheus metrics are served, or empty for nowhere.
	MetricsAddr string `env:"RUCHE_METRICS_ADDR" kind:"address" help:"Address and port on which to serve metrics for Prometheus, at /metrics. There is no password: choose an address that only your monitoring reaches. Empty: no metrics."`
	// Log says what the journal keeps and how it is written.
	Log Log `env:"RUCHE_LOG" default:"info,text" kind:"log" help:"What the journal (standard error) keeps, and its form. It never holds contents, passwords or mail addresses."`
	// InstanceName stands under the logo and in mails.
	InstanceName string `env:"RUCHE_INSTANCE_NAME" default:"Ruche" kind:"name" help:"Name of this instance, shown under the logo and in mails."`
	// ThemeDir is the folder of a theme, or empty.
	ThemeDir string `env:"RUCHE_THEME_DIR" kind:"folder" help:"Folder of a theme: its file theme.css, and what it needs beside it. Everybody can read what is in it. Empty: the theme of Ruche."`
	// Contact is the mailbox of whoever runs the instance, or empty.
	Contact string `env:"RUCHE_CONTACT" kind:"mailbox" help:"Mail address of whoever runs this instance, shown to everybody on the contact, accessibility and legal pages. Empty: these pages say that none is set."`
	// Timezone is where dates are told to those who chose no zone, and where a
	// day begins.
	Timezone *time.Location `env:"RUCHE_TIMEZONE" default:"Europe/Paris" kind:"zone" help:"Time zone of dates in pages and mails."`
}

// Log is the value of RUCHE_LOG.
type Log struct {
	// Level is the lowest level written.
	Level slog.Level
	// JSON says that each line is a JSON object; otherwise key=value text.
	JSON bool
}

// Loopback reports whether this very machine alone can reach the instance: both
// the address it listens on and the URL it says it has are loopback. Demo
// accounts and the local mail page exist only then.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil || !loopbackHost(host) {
		return false
	}
	u, err := url.Parse(c.URL)
	return err == nil && loopbackHost(u.Hostname())
}

// HTTPS reports whether people reach the instance through TLS.
func (c Config) HTTPS() bool { return strings.HasPrefix(c.URL, "https://") }

// Host is the host of URL, without its port.
func (c Config) Host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// loopbackHost says whether a host names this machine: a loopback address or
// localhost, which RFC 6761 section 6.3 reserves for it.
func loopbackHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
