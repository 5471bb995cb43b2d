package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Files holds the names of what the servers need to trust each other.
type Files struct {
	authority, serverCertificate, serverKey, clientCertificate, clientKey, signingKey, kubeconfig string
}

// writeFiles makes an authority with a certificate for the servers and one for the only user, who may do anything.
func writeFiles(directory, kubeAPIServer string) (*Files, error) {
	at := func(name string) string { return filepath.Join(directory, name) }
	files := &Files{
		at("ca.crt"), at("server.crt"), at("server.key"), at("client.crt"), at("client.key"), at("signing.key"), at("kubeconfig"),
	}
	authority := template(1, pkix.Name{CommonName: "conformance"})
	authority.IsCA, authority.BasicConstraintsValid = true, true
	authority.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := issue(authority, authority, key, key, files.authority, ""); err != nil {
		return nil, err
	}
	server := template(2, pkix.Name{CommonName: "server"})
	server.DNSNames, server.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	client := template(3, pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}})
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	for _, leaf := range []struct {
		template         *x509.Certificate
		certificate, key string
	}{{server, files.serverCertificate, files.serverKey}, {client, files.clientCertificate, files.clientKey}} {
		leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		if err := issue(leaf.template, authority, leafKey, key, leaf.certificate, leaf.key); err != nil {
			return nil, err
		}
	}
	if err := writeSigningKey(files.signingKey); err != nil {
		return nil, err
	}
	return files, os.WriteFile(files.kubeconfig, []byte(fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: conformance
clusters: [{name: conformance, cluster: {server: %s, certificate-authority: %s}}]
users: [{name: admin, user: {client-certificate: %s, client-key: %s}}]
contexts: [{name: conformance, context: {cluster: conformance, user: admin}}]
`, kubeAPIServer, files.authority, files.clientCertificate, files.clientKey)), 0o600)
}

func template(serial int64, subject pkix.Name) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: subject, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
}

func issue(leaf, authority *x509.Certificate, leafKey, key *ecdsa.PrivateKey, certificateFile, keyFile string) error {
	certificate, err := x509.CreateCertificate(rand.Reader, leaf, authority, leafKey.Public(), key)
	if err != nil {
		return err
	}
	if err := writePEM(certificateFile, "CERTIFICATE", certificate); err != nil || keyFile == "" {
		return err
	}
	encoded, err := x509.MarshalECPrivateKey(leafKey)
	if err != nil {
		return err
	}
	return writePEM(keyFile, "EC PRIVATE KEY", encoded)
}

func writeSigningKey(file string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return writePEM(file, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func writePEM(file, kind string, bytes []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600)
}
