package deliver

import (
	"cmp"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"sync"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"

	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/id"
)

// NewMailer sends through the configured mail server, one connection per message. Without one, every Mail is answered
// with deliver.mail_not_configured.
func NewMailer(c config.SMTP) (Mailer, error) {
	if !c.Configured() {
		return nowhere{}, nil
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("read the mail sender: %w", err)
	}
	if from.Address, err = wire(from.Address); err != nil {
		return nil, fmt.Errorf("read the mail sender: %w", err)
	}
	m := &mailer{config: c, from: from}
	if c.DKIMKey != "" {
		if m.key, err = readKey([]byte(c.DKIMKey)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

type mailer struct {
	config config.SMTP
	from   *mail.Address
	roots  *x509.CertPool // nil: those of the machine
	key    crypto.Signer  // signs what leaves; nil signs nothing
}

func (m *mailer) Mail(ctx context.Context, letter Mail) error {
	to, err := mail.ParseAddress(letter.To)
	if err == nil {
		to.Address, err = wire(to.Address)
	}
	if err != nil {
		return &Bounced{Code: 501, Status: "5.1.3"} // what a server says to an address that is none
	}
	msg, err := m.compose(letter, to)
	if err != nil {
		return err
	}
	return m.send(ctx, msg, isASCII(to.Address) && isASCII(m.from.Address))
}

// wire is an address as it travels: a domain of any script in its ASCII form; the part before @ stays.
func wire(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", errors.New("the domain is malformed")
	}
	return address[:at+1] + domain, nil
}

func (m *mailer) compose(letter Mail, to *mail.Address) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(to)
	msg.Subject(oneLine(letter.Subject))
	msg.SetMessageIDWithValue(m.own(cmp.Or(letter.Reference, id.Token())))
	msg.SetDate()
	if !letter.Written {
		msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	}
	m.thread(msg, letter)
	if letter.Lang != "" {
		msg.SetGenHeader(gomail.HeaderContentLang, oneLine(letter.Lang))
	}
	if letter.Unsubscribe != "" {
		u, err := url.Parse(letter.Unsubscribe)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return nil, errors.New("compose mail: the unsubscribe address is not a web address")
		}
		msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+u.String()+">") // must not be folded or encoded
		msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(gomail.TypeTextPlain, letter.Text)
	if letter.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, letter.HTML)
	}
	return msg, m.signed(msg)
}

// own completes a Message-ID of ours with the domain of the sender; one that came from elsewhere is whole.
func (m *mailer) own(reference string) string {
	if strings.Contains(reference, "@") {
		return reference
	}
	return reference + m.from.Address[strings.LastIndexByte(m.from.Address, '@'):]
}

// thread lets mail programs show a letter below what it answers, and leads the answer to it back.
func (m *mailer) thread(msg *gomail.Msg, letter Mail) {
	var ids []string
	for _, reference := range letter.Thread {
		if !strings.ContainsAny(reference, "<>\r\n \t") {
			ids = append(ids, "<"+m.own(reference)+">")
		}
	}
	if len(ids) > 0 {
		msg.SetGenHeaderPreformatted(gomail.HeaderInReplyTo, ids[len(ids)-1])
		msg.SetGenHeaderPreformatted(gomail.HeaderReferences, strings.Join(ids, "\r\n ")) // a line each: they may be long
	}
	if m.config.ReplyTo != "" && letter.AnswerTo != "" {
		local, domain, _ := strings.Cut(m.config.ReplyTo, "@")
		msg.SetGenHeaderPreformatted(gomail.Header(gomail.HeaderReplyTo), "<"+local+"+"+letter.AnswerTo+"@"+domain+">")
	}
}

// oneLine keeps a header a header.
func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isBreak), " ") }

func isBreak(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}

// send is one conversation. Ending ctx breaks it off.
func (m *mailer) send(ctx context.Context, msg *gomail.Msg, ascii bool) error {
	dial := &dialer{implicit: m.config.TLS == config.TLSImplicit, tls: m.tls()}
	client, err := gomail.NewClient(m.config.Host, m.options(dial, ascii)...)
	if err != nil {
		return fmt.Errorf("prepare mail client: %w", err)
	}
	defer dial.close()
	defer context.AfterFunc(ctx, dial.close)()
	conversation, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return greeting(ctx, err)
	}
	defer quit(client, conversation)
	err = client.SendWithSMTPClient(conversation, msg)
	if err == nil || msg.IsDelivered() { // taken is taken, whatever goes wrong after
		return nil
	}
	return judged(ctx, err)
}

// quit says goodbye; the mail was taken or not, the answer to QUIT changes nothing.
func quit(client *gomail.Client, c *smtp.Client) { _ = client.CloseWithSMTPClient(c) }

func (m *mailer) options(dial *dialer, ascii bool) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(m.config.Port), gomail.WithTimeout(m.config.Timeout), gomail.WithTLSConfig(m.tls()),
		gomail.WithTLSPolicy(m.policy()), gomail.WithDialContextFunc(dial.dial), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	if ascii { // ask for SMTPUTF8 only where needed: the next server on the way may not speak it
		options = append(options, gomail.WithoutSMTPUTF8())
	}
	if m.config.User != "" {
		options = append(options, gomail.WithUsername(m.config.User), gomail.WithPassword(string(m.config.Password)),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain,
				gomail.SMTPAuthLogin)) // the latter two refuse to run in the clear, except on this machine
	}
	return options
}

func (m *mailer) policy() gomail.TLSPolicy {
	switch m.config.TLS {
	case config.TLSRequired:
		return gomail.TLSMandatory
	case config.TLSOpportunistic:
		return gomail.TLSOpportunistic
	}
	return gomail.NoTLS // none, or the dialer has done it
}

func (m *mailer) tls() *tls.Config {
	return &tls.Config{
		ServerName: m.config.Host, RootCAs: m.roots, MinVersion: tls.VersionTLS12,
		// Opportunistic would send in the clear, so any TLS is better; a password only goes to a server that proves itself.
		InsecureSkipVerify: m.config.TLS == config.TLSOpportunistic && m.config.User == "", //nolint:gosec // see above
	}
}

// greeting is what went wrong before the message was mentioned, so nothing of the customer can be in it.
func greeting(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("reach the mail server: %w", err)
}

// judged turns the library's error, which quotes the recipient, into ours. A 5xx is a bounce only from the recipient
// on: before that the server speaks about us, and a later attempt may succeed when that is mended.
func judged(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("send mail: %w", ctx.Err())
	}
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return &Failed{Stage: "send mail"}
	}
	about := e.Reason == gomail.ErrSMTPRcptTo || e.Reason == gomail.ErrSMTPData || e.Reason == gomail.ErrSMTPDataClose
	if about && e.ErrorCode()/100 == 5 {
		return &Bounced{Code: e.ErrorCode(), Status: e.EnhancedStatusCode()}
	}
	return &Failed{Stage: "send mail, " + e.Reason.String(), Code: e.ErrorCode(), Status: e.EnhancedStatusCode()}
}

// dialer opens the one connection of a conversation; the library forgets ctx once it is open.
type dialer struct {
	implicit bool
	tls      *tls.Config

	mu   sync.Mutex
	conn net.Conn
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.conn = conn
	d.mu.Unlock()
	if !d.implicit {
		return conn, nil
	}
	secured := tls.Client(conn, d.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secured, nil
}

func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn != nil {
		_ = d.conn.Close() // closed twice is closed
	}
}
