// Package config says where artifacts are stored, and under which address they are served.
package config

import "github.com/spf13/pflag"

// Options are the flags of the storage.
type Options struct {
	StoragePath, StorageAddress, StorageAdvAddress, ArtifactDigestAlgo string
}

// BindFlags declares the flags.
func (options *Options) BindFlags(flags *pflag.FlagSet) {
	flags.StringVar(&options.StoragePath, "storage-path", "", "the directory of the artifacts")
	flags.StringVar(&options.StorageAddress, "storage-addr", "", "the address that they are served at")
	flags.StringVar(&options.StorageAdvAddress, "storage-adv-addr", "", "the address that others reach them at")
	flags.StringVar(&options.ArtifactDigestAlgo, "artifact-digest-algo", "sha256", "the algorithm of their digests")
}
