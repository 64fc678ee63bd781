package store

import (
	"errors"
	"testing"
)

func TestAFailedConnectionIsSaidOnce(t *testing.T) {
	for _, c := range []struct{ sentence, said, want string }{
		{"the same with and without TLS", "failed to connect:\n\thost: refused\n\thost: refused", "failed to connect: host: refused"},
		{"no TLS there, and the reason", "failed to connect:\n\thost: wrong password\n\thost: tls error: server refused TLS connection", "failed to connect: host: wrong password"},
		{"the same in the other order", "failed to connect:\n\thost: tls error: server refused TLS connection\n\thost: wrong password", "failed to connect: host: wrong password"},
		{"no TLS where it was asked for", "failed to connect:\n\thost: tls error: server refused TLS connection", "failed to connect: host: tls error: server refused TLS connection"},
		{"two reasons", "failed to connect:\n\ta: refused\n\tb: timeout", "failed to connect: a: refused b: timeout"},
	} {
		if got := once(errors.New(c.said)).Error(); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
}
