package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
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
	authority, serverCertificate, serverKey, clientCertificate, clientKey, proxyCertificate, proxyKey, signingKey string
}

// The name that a kube-apiserver knows the gardener-apiserver by, once that is a service of it.
const serviceName, serviceNamespace = "gardener-apiserver", "kube-system"

// writeFiles makes an authority with a certificate for the servers, one for the only user, who may do anything, and one
// for a kube-apiserver that asks another server on behalf of a user.
func writeFiles(directory string) (*Files, error) {
	at := func(name string) string { return filepath.Join(directory, name) }
	files := &Files{
		at("ca.crt"), at("tls.crt"), at("tls.key"), at("client.crt"), at("client.key"), at("proxy.crt"), at("proxy.key"),
		at("signing.key"),
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
	server.DNSNames = []string{"localhost", serviceName + "." + serviceNamespace + ".svc"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	client := template(3, pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}})
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	proxy := template(4, pkix.Name{CommonName: "proxy"})
	proxy.ExtKeyUsage = client.ExtKeyUsage
	for _, leaf := range []struct {
		template         *x509.Certificate
		certificate, key string
	}{
		{server, files.serverCertificate, files.serverKey}, {client, files.clientCertificate, files.clientKey},
		{proxy, files.proxyCertificate, files.proxyKey},
	} {
		leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		if err := issue(leaf.template, authority, leafKey, key, leaf.certificate, leaf.key); err != nil {
			return nil, err
		}
	}
	return files, writeSigningKey(files.signingKey)
}

// writeKubeconfig makes the only user known to clients of a kube-apiserver.
func (files *Files) writeKubeconfig(file, kubeAPIServer string) error {
	var encoded [3]string
	for position, name := range []string{files.authority, files.clientCertificate, files.clientKey} {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		encoded[position] = base64.StdEncoding.EncodeToString(text)
	}
	return os.WriteFile(file, []byte(fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: conformance
clusters: [{name: conformance, cluster: {server: %s, certificate-authority-data: %s}}]
users: [{name: admin, user: {client-certificate-data: %s, client-key-data: %s}}]
contexts: [{name: conformance, context: {cluster: conformance, user: admin}}]
`, kubeAPIServer, encoded[0], encoded[1], encoded[2])), 0o600)
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
