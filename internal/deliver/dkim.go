package deliver

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"

	"github.com/journeyloop/journeyloop/internal/id"
)

// signedHeaders are those that nobody on the way may change or add (RFC 6376 section 5.4.1, RFC 8058 section 4).
var signedHeaders = []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post"}

// signed adds the signature of our domain (RFC 6376) where there is a key. go-msgauth makes it: canonical forms are easy to
// get nearly right. The mail is written twice, once to be signed and once to the server, so it must come out the same: its
// date, id and boundary are set before.
func (m *mailer) signed(msg *gomail.Msg) error {
	if m.key == nil {
		return nil
	}
	msg.SetBoundary(id.Token())
	var written bytes.Buffer
	if _, err := msg.WriteTo(&written); err != nil {
		return fmt.Errorf("write mail to be signed: %w", err)
	}
	signer, err := dkim.NewSigner(&dkim.SignOptions{Domain: m.from.Address[strings.LastIndexByte(m.from.Address, '@')+1:], Selector: m.config.DKIMSelector,
		Signer: m.key, HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: signedHeaders})
	if err != nil {
		return fmt.Errorf("sign mail: %w", err)
	}
	_, err = signer.Write(written.Bytes())
	if err = errors.Join(err, signer.Close()); err != nil {
		return fmt.Errorf("sign mail: %w", err)
	}
	name, value, _ := strings.Cut(strings.TrimRight(signer.Signature(), "\r\n"), ":")
	msg.SetGenHeaderPreformatted(gomail.Header(name), strings.TrimSpace(value))
	return nil
}

// errKey quotes nothing of the key.
var errKey = errors.New("the key that signs mail is no RSA or Ed25519 key in PEM")

func readKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errKey
	}
	return signer, nil
}
