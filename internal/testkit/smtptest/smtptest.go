// Package smtptest is a real SMTP server inside a test: it takes mail over the wire, keeps it as a person would read
// it, and can be told to misbehave. It is not for production and relays nothing.
package smtptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server collects what it is sent.
type Server struct {
	addr  string
	smtp  *smtp.Server
	roots *x509.CertPool
	user  string
	pass  string

	mu       sync.Mutex
	messages []Message
	arrived  chan struct{} // closed and replaced on each arrival
	refused  map[string]*smtp.SMTPError
	sender   *smtp.SMTPError
	delay    time.Duration
	closed   chan struct{}
}

// Option is something Start can be asked for.
type Option func(*Server) error

// WithTLS offers STARTTLS with a certificate for 127.0.0.1 that only Roots trusts.
func WithTLS() Option {
	return func(s *Server) (err error) {
		s.smtp.TLSConfig, s.roots, err = certificate()
		return err
	}
}

// WithUser lets only this user send, who signs in with PLAIN.
func WithUser(user, password string) Option {
	return func(s *Server) error {
		s.user, s.pass = user, password
		return nil
	}
}

// Start listens on a free port of this machine until the test ends.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{refused: map[string]*smtp.SMTPError{}, arrived: make(chan struct{}), closed: make(chan struct{})}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{server: s}, nil
	}))
	s.smtp.Domain, s.smtp.AllowInsecureAuth, s.smtp.EnableSMTPUTF8 = "localhost", true, true
	s.smtp.ErrorLog = quiet{}
	for _, option := range options {
		if err := option(s); err != nil {
			t.Fatalf("start mail server: %v", err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start mail server: %v", err)
	}
	s.addr = listener.Addr().String()
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.smtp.Serve(listener) }) // ends when closed
	t.Cleanup(func() {
		close(s.closed)
		_ = s.smtp.Close()
		_ = listener.Close() // the server does not know it yet when a test is over at once
		serving.Wait()
	})
	return s
}

// Addr is HOST:PORT.
func (s *Server) Addr() string { return s.addr }

// Host is the host of Addr.
func (s *Server) Host() string { return "127.0.0.1" }

// Port is the port of Addr.
func (s *Server) Port() int {
	_, port, _ := net.SplitHostPort(s.addr)
	n, _ := strconv.Atoi(port)
	return n
}

// Roots trust the certificate of WithTLS.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Bounce refuses a recipient for ever: 550 5.1.1. The answer quotes the address, as real servers do.
func (s *Server) Bounce(recipient string) { s.Refuse(recipient, 550, [3]int{5, 1, 1}) }

// Defer refuses a recipient for now: 450 4.2.0.
func (s *Server) Defer(recipient string) { s.Refuse(recipient, 450, [3]int{4, 2, 0}) }

// Refuse refuses a recipient with a code and an enhanced code.
func (s *Server) Refuse(recipient string, code int, enhanced [3]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[recipient] = refusal(recipient, code, enhanced)
}

// RefuseSender refuses every sender with a code and an enhanced code.
func (s *Server) RefuseSender(code int, enhanced [3]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sender = refusal("sender", code, enhanced)
}

func refusal(whom string, code int, enhanced [3]int) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "<" + whom + "> is not taken here"}
}

// Accept takes mail for the recipient again.
func (s *Server) Accept(recipient string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.refused, recipient)
}

// Slow lets every message wait before it is acknowledged.
func (s *Server) Slow(delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = delay
}

// Messages returns what has arrived, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// WaitFor waits until n messages have arrived and returns all that have; the test fails after ten seconds.
func (s *Server) WaitFor(t testing.TB, n int) []Message {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		messages, arrived := append([]Message(nil), s.messages...), s.arrived
		s.mu.Unlock()
		if len(messages) >= n {
			return messages
		}
		select {
		case <-arrived:
		case <-deadline:
			t.Fatalf("%d of %d messages arrived", len(messages), n)
		}
	}
}

func (s *Server) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// session is one connection.
type session struct {
	server *Server
	known  bool
	from   string
	to     []string
}

func (c *session) AuthMechanisms() []string {
	if c.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.server.user || password != c.server.pass {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "not you"}
		}
		c.known = true
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.user != "" && !c.known {
		return smtp.ErrAuthRequired
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.server.sender != nil {
		return c.server.sender
	}
	c.from = from
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if refused, ok := c.server.refused[to]; ok {
		return refused
	}
	c.to = append(c.to, to)
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.server.mu.Lock()
	delay := c.server.delay
	c.server.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-c.server.closed:
		return errors.New("closed")
	}
	m, err := parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: strings.ToValidUTF8(err.Error(), "?")}
	}
	m.From, m.To = c.from, c.to
	c.server.keep(m)
	return nil
}

func (c *session) Reset() { c.from, c.to = "", nil }

func (c *session) Logout() error { return nil }

// quiet drops what the server says about connections that a test breaks on purpose.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate is for 127.0.0.1, signed by itself.
func certificate() (*tls.Config, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtptest"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots, nil
}
