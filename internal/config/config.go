// Package config reads the settings of one deployment from environment variables, once, at the start. It is not for
// what a company decides while it works (contact policy, survey texts, who may do what): that lives in the database
// and is changed in the browser. Nothing reads the environment after Load.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // time zones by name also where the machine has no zone files

	"github.com/caarlos0/env/v11"
)

// Prefix begins the name of every variable except DATABASE_URL, whose name is a convention of hosts.
const Prefix = "JOURNEYLOOP_"

const (
	databaseURL     = "DATABASE_URL"
	defaultDatabase = "sqlite:journeyloop.db"
)

// Config is one deployment. The variable of each field is its tag with JOURNEYLOOP_ before it; "journeyloop serve --help"
// prints its help.
type Config struct {
	// DatabaseURL (DATABASE_URL, no prefix) is sqlite:PATH or postgres://user:password@host/name.
	DatabaseURL Secret
	// Addr is where the web server listens, HOST:PORT. The default is reachable from this machine only.
	Addr string `env:"ADDR" envDefault:"127.0.0.1:8080" help:"where to listen, HOST:PORT"`
	// PublicURL is how customers reach this server, the start of every link in a mail; default http://ADDR.
	PublicURL string `env:"PUBLIC_URL" help:"how customers reach this server, the start of every link in a mail; default http://ADDR"`
	// CompanyName is how the company calls itself towards its customers.
	CompanyName string `env:"COMPANY_NAME" envDefault:"Journeyloop" help:"how the company calls itself towards its customers"`
	// TimeZone decides which day a contact belongs to, and the quiet hours: an IANA name such as Europe/Athens.
	TimeZone *time.Location `env:"TIME_ZONE" envDefault:"UTC" help:"which day a contact belongs to, and the quiet hours: a name such as Europe/Athens"`
	// Language is used where neither a person nor a browser states one: en, fa, el or ru.
	Language string `env:"LANGUAGE" envDefault:"en" help:"where neither a person nor a browser states one: en, fa, el or ru"`
	// SessionSecure keeps the session cookie off plain HTTP; default: whether PUBLIC_URL is https.
	SessionSecure bool `env:"SESSION_SECURE" help:"true keeps the session cookie off plain HTTP; default: whether PUBLIC_URL is https"`
	// TrustedProxies are the networks (10.0.0.0/8,192.0.2.7/32) whose X-Forwarded-For is believed; default nobody.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES" help:"networks (10.0.0.0/8,192.0.2.7/32) whose X-Forwarded-For is believed; default nobody"`
	// PageMemory is how many megabytes of pages are kept ready while nothing changes; 0 makes each page anew.
	PageMemory int `env:"PAGE_MEMORY" envDefault:"64" help:"megabytes of pages kept ready while nothing changes; 0 makes each anew"`
	// LogLevel is debug, info, warn or error.
	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error"`
	// LogFormat is text (for people) or json (for collectors).
	LogFormat string `env:"LOG_FORMAT" envDefault:"text" help:"text (for people) or json (for collectors)"`
	// Dev serves /dev/faces, every component with sample data; refused where customers come by https.
	Dev bool `env:"DEV" help:"true serves /dev/faces, every component with sample data; for development only"`

	SMTP SMTP
	SMS  SMS
}

// SMTP is the mail server that takes our mail (JOURNEYLOOP_SMTP_…). Without a Host no mail is sent.
type SMTP struct {
	// Host of the mail server, a name or an address.
	Host string `env:"HOST" help:"the mail server; without it no mail is sent"`
	// Port; default 465 for TLS=implicit, else 587.
	Port int `env:"PORT" help:"default 465 with TLS=implicit, else 587"`
	// User signs in at the mail server; empty for a server that asks nobody.
	User string `env:"USER" help:"signs in at the mail server; empty for one that asks nobody"`
	// Password of User, or PasswordFile: the path of a file that holds it.
	Password     Secret `env:"PASSWORD" help:"the user's password"`
	PasswordFile Secret `env:"PASSWORD_FILE,file" help:"a file that holds the password"`
	// TLS says how the connection is protected: see the TLS values.
	TLS TLS `env:"TLS" envDefault:"required" help:"required, opportunistic, implicit, or none (a relay on this machine)"`
	// From is the sender, "Name <address>" or an address; needed when Host is set. Message ids carry its domain.
	From string `env:"FROM" help:"the sender, \"Name <address>\"; needed with a HOST"`
	// ReplyTo is a mailbox that takes care+anything@ for care@: answers to letters about cases go there, and lead back to the
	// case by what stands after the plus. Without it they go to From, and are known by what they answer.
	ReplyTo string `env:"REPLY_TO" help:"takes answers to letters, a mailbox that knows plus addresses (care@ as care+x@); default From"`
	// DKIMSelector names the key in the DNS (SELECTOR._domainkey.DOMAIN) that proves our signature; the domain is From's.
	DKIMSelector string `env:"DKIM_SELECTOR" help:"signs mail: the name of the key in the DNS, SELECTOR._domainkey.DOMAIN"`
	// DKIMKey is the private half in PEM, RSA or Ed25519, or DKIMKeyFile: the path of a file that holds it.
	DKIMKey     Secret `env:"DKIM_KEY" help:"the private key in PEM, RSA or Ed25519"`
	DKIMKeyFile Secret `env:"DKIM_KEY_FILE,file" help:"a file that holds the key"`
	// Timeout of each exchange with the server.
	Timeout time.Duration `env:"TIMEOUT" envDefault:"20s" help:"how long one exchange may take"`
}

// Configured tells whether mail can be sent at all.
func (s SMTP) Configured() bool { return s.Host != "" }

// TLS is how the connection to the mail server is protected.
type TLS string

const (
	TLSRequired      TLS = "required"      // STARTTLS with a verified certificate, or no mail
	TLSOpportunistic TLS = "opportunistic" // STARTTLS if offered; the certificate is verified only when a password is sent
	TLSImplicit      TLS = "implicit"      // TLS from the first byte, verified
	TLSNone          TLS = "none"          // never: for a relay on this machine. A password is then sent to localhost only
)

// SMS is the webhook that takes our text messages (JOURNEYLOOP_SMS_…). Without a URL none is sent.
type SMS struct {
	// URL receives one POST per message; https, unless AllowPrivate.
	URL string `env:"URL" help:"a webhook that takes text messages, one POST each; without it none is sent"`
	// Secret is sent as bearer token, or SecretFile: the path of a file that holds it. Optional.
	Secret     Secret `env:"SECRET" help:"sent to the webhook as bearer token"`
	SecretFile Secret `env:"SECRET_FILE,file" help:"a file that holds the secret"`
	// SigningSecret signs each message with HMAC-SHA256, or SigningSecretFile: a file that holds it. Optional.
	SigningSecret     Secret `env:"SIGNING_SECRET" help:"signs each message with HMAC-SHA256"`
	SigningSecretFile Secret `env:"SIGNING_SECRET_FILE,file" help:"a file that holds the signing secret"`
	// AllowPrivate lets the webhook be in the own network or on this machine, also by plain http.
	AllowPrivate bool `env:"ALLOW_PRIVATE" help:"true lets the webhook be in the own network, also by plain http"`
	// Timeout of one whole request.
	Timeout time.Duration `env:"TIMEOUT" envDefault:"10s" help:"how long one exchange may take"`
}

// Configured tells whether text messages can be sent at all.
func (s SMS) Configured() bool { return s.URL != "" }

// Secret is a text that prints as *** wherever it is formatted or logged; string(s) is the text itself.
type Secret string

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString keeps %#v from showing it.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps encoders, such as JSON logs, from showing it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Load reads the settings from environ (os.Environ()). Its error names every variable at fault, and never quotes a
// secret.
func Load(environ []string) (Config, error) {
	vars := env.ToMap(environ)
	var c Config
	err := errors.Join(
		parse(&c, vars, Prefix),
		parse(&c.SMTP, vars, Prefix+"SMTP_"),
		parse(&c.SMS, vars, Prefix+"SMS_"),
	)
	if err != nil {
		return Config{}, err
	}
	c.complete(vars)
	if err := errors.Join(c.check(), c.SMTP.check(), c.SMS.check()); err != nil {
		return Config{}, err
	}
	return c, nil
}

// parse fills one flat struct, so that the field a problem is about leads back to one variable.
func parse(into any, vars map[string]string, prefix string) error {
	err := env.ParseWithOptions(into, env.Options{Environment: vars, Prefix: prefix})
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return err
	}
	named := make([]error, len(all.Errors))
	for i, e := range all.Errors {
		named[i] = name(e, into, prefix)
	}
	return errors.Join(named...)
}

func name(err error, into any, prefix string) error {
	if e, ok := errors.AsType[env.ParseError](err); ok {
		field, _ := reflect.TypeOf(into).Elem().FieldByName(e.Name)
		key, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		return fmt.Errorf("%s%s: %w", prefix, key, e.Err)
	}
	if e, ok := errors.AsType[env.LoadFileContentError](err); ok {
		return fmt.Errorf("%s: %w", e.Key, e.Err)
	}
	return err
}

// complete derives what was left out from what was said.
func (c *Config) complete(vars map[string]string) {
	c.DatabaseURL = Secret(vars[databaseURL])
	if c.DatabaseURL == "" {
		c.DatabaseURL = defaultDatabase
	}
	if c.PublicURL == "" {
		c.PublicURL = web(c.Addr)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if vars[Prefix+"SESSION_SECURE"] == "" {
		c.SessionSecure = strings.HasPrefix(c.PublicURL, "https://")
	}
	if c.SMTP.Port == 0 {
		c.SMTP.Port = 587
		if c.SMTP.TLS == TLSImplicit {
			c.SMTP.Port = 465
		}
	}
	c.SMTP.Password = fromFile(c.SMTP.Password, c.SMTP.PasswordFile)
	c.SMTP.DKIMKey = fromFile(c.SMTP.DKIMKey, c.SMTP.DKIMKeyFile)
	c.SMS.Secret = fromFile(c.SMS.Secret, c.SMS.SecretFile)
	c.SMS.SigningSecret = fromFile(c.SMS.SigningSecret, c.SMS.SigningSecretFile)
}

// ListensAt says which address was taken, for an Addr that leaves the port open. Links follow it unless the deployment
// says how it is reached.
func (c *Config) ListensAt(addr string) {
	host, asked, err := net.SplitHostPort(c.Addr)
	if err != nil || asked != "0" {
		return
	}
	_, port, _ := net.SplitHostPort(addr)
	derived := c.PublicURL == web(c.Addr)
	c.Addr = net.JoinHostPort(host, port)
	if derived {
		c.PublicURL = web(c.Addr)
	}
}

// web is what to type into a browser on this machine; an address that stands for all of them is none.
func web(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip.IsUnspecified()) {
		addr = net.JoinHostPort("localhost", port)
	}
	return "http://" + addr
}

// fromFile prefers the file; editors end a file with a line break that is not part of the secret.
func fromFile(said, read Secret) Secret {
	if read == "" {
		return said
	}
	return Secret(strings.TrimRight(string(read), "\r\n"))
}

func (c Config) check() error {
	var p problems
	p.unless(hasPrefix(string(c.DatabaseURL), "sqlite:", "postgres://", "postgresql://"), databaseURL+" (or --db)",
		"must be sqlite:PATH or postgres://…")
	p.unless(isAddr(c.Addr), Prefix+"ADDR (or --addr)", "must be HOST:PORT, such as 127.0.0.1:8080")
	u, err := url.Parse(c.PublicURL)
	p.unless(err == nil && isWeb(u) && u.RawQuery == "" && u.Fragment == "" && u.User == nil, Prefix+"PUBLIC_URL",
		"must be an address such as https://feedback.example.org")
	p.unless(strings.TrimSpace(c.CompanyName) != "", Prefix+"COMPANY_NAME", "must not be blank")
	p.unless(slices.Contains([]string{"en", "fa", "el", "ru"}, c.Language), Prefix+"LANGUAGE", "must be en, fa, el or ru")
	p.unless(!c.Dev || !strings.HasPrefix(c.PublicURL, "https://"), Prefix+"DEV", "is for development: not with an https "+Prefix+"PUBLIC_URL")
	p.unless(c.PageMemory >= 0 && c.PageMemory <= 1<<16, Prefix+"PAGE_MEMORY", "must be between 0 and 65536 megabytes")
	p.unless(slices.Contains([]string{"text", "json"}, c.LogFormat), Prefix+"LOG_FORMAT", "must be text or json")
	return p.err()
}

func (s SMTP) check() error {
	var p problems
	known := []TLS{TLSRequired, TLSOpportunistic, TLSImplicit, TLSNone}
	p.unless(slices.Contains(known, s.TLS), Prefix+"SMTP_TLS", "must be required, opportunistic, implicit or none")
	p.unless(s.Port > 0 && s.Port < 1<<16, Prefix+"SMTP_PORT", "must be between 1 and 65535")
	p.unless(s.Timeout > 0, Prefix+"SMTP_TIMEOUT", "must be longer than nothing, such as 20s")
	p.unless(s.User == "" || s.Password != "", Prefix+"SMTP_PASSWORD", "must be set (or its _FILE) when there is a user")
	if s.Configured() || s.From != "" {
		_, err := mail.ParseAddress(s.From)
		p.unless(err == nil, Prefix+"SMTP_FROM", "must be a mail address, such as Care <care@example.org>")
	}
	if s.ReplyTo != "" {
		a, err := mail.ParseAddress(s.ReplyTo)
		p.unless(err == nil && a.Address == s.ReplyTo && !strings.Contains(s.ReplyTo, "+"), Prefix+"SMTP_REPLY_TO", "must be an address without a name or a plus, such as care@example.org")
	}
	p.unless((s.DKIMSelector == "") == (s.DKIMKey == ""), Prefix+"SMTP_DKIM_SELECTOR", "and the key (or its _FILE) belong together")
	return p.err()
}

func (s SMS) check() error {
	var p problems
	p.unless(s.Timeout > 0, Prefix+"SMS_TIMEOUT", "must be longer than nothing, such as 10s")
	if s.Configured() {
		u, err := url.Parse(s.URL)
		p.unless(err == nil && isWeb(u) && (u.Scheme == "https" || s.AllowPrivate), Prefix+"SMS_URL",
			"must be an https:// address (http only with "+Prefix+"SMS_ALLOW_PRIVATE=true)")
	}
	return p.err()
}

func isAddr(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil || port == "" {
		return false
	}
	_, err = net.LookupPort("tcp", port)
	return err == nil
}

func isWeb(u *url.URL) bool { return (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" }

func hasPrefix(s string, any ...string) bool {
	return slices.ContainsFunc(any, func(p string) bool { return strings.HasPrefix(s, p) && len(s) > len(p) })
}

// problems gathers one error per variable.
type problems []error

func (p *problems) unless(good bool, variable, rule string) {
	if !good {
		*p = append(*p, fmt.Errorf("%s %s", variable, rule))
	}
}

func (p problems) err() error { return errors.Join(p...) }
