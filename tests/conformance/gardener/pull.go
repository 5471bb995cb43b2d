package main

import (
	"context"
	"crypto/sha256"
	"fmt"

	"k8s.io/apimachinery/pkg/version"

	gardencorev1 "github.com/gardener/gardener/pkg/apis/core/v1"
	"github.com/gardener/gardener/pkg/chartrenderer"
	"github.com/gardener/gardener/pkg/utils/oci"
)

// pull pulls charts as Gardener does that installs an extension, and renders each with its own values.
func pull(references []string) error {
	registry := oci.NewHelmRegistry(nil)
	renderer := chartrenderer.NewWithServerVersion(&version.Info{GitVersion: "v1.36.4"})
	for _, reference := range references {
		archive, err := registry.Pull(context.Background(), &gardencorev1.OCIRepository{Ref: &reference})
		if err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
		release, err := renderer.RenderArchive(archive, "conformance", "garden", nil)
		if err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
		fmt.Printf("%s sha256:%x %d\n", reference, sha256.Sum256(archive), len(release.Files()))
	}
	return nil
}
