package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

// lifetime is how long a throw-away authority and its certificate are valid. A clock that is moved with Advance does not
// touch it: clients go by their own.
const lifetime = 30 * 24 * time.Hour

// Authority is a throw-away certificate authority. Its key was thrown away when it had signed its one certificate, and
// it is bound to the names in that, so that trusting it costs nothing.
type Authority struct {
	PEM         []byte          // the authority's own certificate, for clients to trust
	SPKI        string          // hash of its public key, as browsers take it: SHA-256, in base64 (RFC 7469 §2.4)
	Certificate tls.Certificate // for Hosts, localhost, the loopback addresses and what NewAuthority was given
}

// NewAuthority returns an authority, and a certificate for Hosts, the loopback addresses, and other names and addresses.
func NewAuthority(others ...string) (*Authority, error) {
	names := append(Hosts(), "localhost")
	addresses := []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}
	for _, other := range others {
		if ip := net.ParseIP(other); ip != nil {
			addresses = append(addresses, ip)
		} else if !slices.Contains(names, other) {
			names = append(names, other)
		}
	}
	start := time.Now().Add(-time.Hour) // for clients whose clock is behind
	authority := &x509.Certificate{
		SerialNumber:                big.NewInt(1),
		Subject:                     pkix.Name{CommonName: "segctl sandbox, throw-away authority"},
		NotBefore:                   start,
		NotAfter:                    start.Add(lifetime),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names,
		PermittedIPRanges:           exactly(addresses),
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "segctl sandbox"},
		NotBefore:    start,
		NotAfter:     start.Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     names,
		IPAddresses:  addresses,
	}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, signer.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	if authority, err = x509.ParseCertificate(root); err != nil { // the leaf names the key it was given
		return nil, fmt.Errorf("make authority: %w", err)
	}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	hash := sha256.Sum256(authority.RawSubjectPublicKeyInfo)
	return &Authority{
		SPKI:        base64.StdEncoding.EncodeToString(hash[:]),
		PEM:         pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}),
		Certificate: tls.Certificate{Certificate: [][]byte{signed, root}, PrivateKey: key},
	}, nil
}

// exactly returns the ranges that hold one address each.
func exactly(addresses []net.IP) []*net.IPNet {
	var ranges []*net.IPNet
	for _, ip := range addresses {
		if v4 := ip.To4(); v4 != nil {
			ip = v4
		}
		ranges = append(ranges, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
	}
	return ranges
}

// TLSConfig is for a server that answers with the certificate.
func (a *Authority) TLSConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.Certificate}, MinVersion: tls.VersionTLS12}
}
