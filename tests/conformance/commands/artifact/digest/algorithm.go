// Package digest knows the algorithm of the digests of artifacts.
package digest

import (
	"fmt"

	"github.com/opencontainers/go-digest"
)

// Canonical is the algorithm in use.
var Canonical = digest.SHA256

// AlgorithmForName gives the algorithm that is called so.
func AlgorithmForName(name string) (digest.Algorithm, error) {
	algorithm := digest.Algorithm(name)
	if !algorithm.Available() {
		return "", fmt.Errorf("no digest algorithm %q", name)
	}
	return algorithm, nil
}
