// Package storage keeps artifacts as files.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/opencontainers/go-digest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/artifact/config"
	artifactdigest "github.com/fluxcd/pkg/artifact/digest"
)

// Storage is a directory of artifacts, which are called KIND/NAMESPACE/NAME/FILE.
type Storage struct {
	directory, address string
	lock               sync.Mutex
}

// New opens the storage of the options.
func New(options *config.Options) (*Storage, error) {
	information, err := os.Stat(options.StoragePath)
	if err == nil && !information.IsDir() {
		err = fmt.Errorf("%s is no directory", options.StoragePath)
	}
	return &Storage{directory: options.StoragePath, address: options.StorageAdvAddress}, err
}

// NewArtifactFor names an artifact of an object; there is no file yet.
func (storage *Storage) NewArtifactFor(kind string, object metav1.Object, revision, file string) meta.Artifact {
	path := filepath.Join(strings.ToLower(kind), object.GetNamespace(), object.GetName(), file)
	artifact := meta.Artifact{Path: path, Revision: revision}
	storage.SetArtifactURL(&artifact)
	return artifact
}

// SetArtifactURL says where the artifact is served.
func (storage *Storage) SetArtifactURL(artifact *meta.Artifact) {
	artifact.URL = "http://" + storage.address + "/" + artifact.Path
}

// SetHostname gives the same URL at the address of this storage.
func (storage *Storage) SetHostname(text string) string {
	location, err := url.Parse(text)
	if err != nil || text == "" {
		return ""
	}
	location.Host = storage.address
	return location.String()
}

// LocalPath is where the artifact's file lies.
func (storage *Storage) LocalPath(artifact meta.Artifact) string {
	return filepath.Join(storage.directory, filepath.Clean("/"+artifact.Path))
}

// MkdirAll makes the directory of the artifact.
func (storage *Storage) MkdirAll(artifact meta.Artifact) error {
	return os.MkdirAll(filepath.Dir(storage.LocalPath(artifact)), 0o755)
}

// Remove removes the artifact's file.
func (storage *Storage) Remove(artifact meta.Artifact) error {
	return os.Remove(storage.LocalPath(artifact))
}

// RemoveAll removes the directory of the artifact, and names it.
func (storage *Storage) RemoveAll(artifact meta.Artifact) (string, error) {
	directory := filepath.Dir(storage.LocalPath(artifact))
	return directory, os.RemoveAll(directory)
}

// GarbageCollect keeps everything: the controllers do not run for long.
func (storage *Storage) GarbageCollect(context.Context, meta.Artifact, time.Duration) ([]string, error) {
	return nil, nil
}

// ArtifactExist tells whether the artifact has a file.
func (storage *Storage) ArtifactExist(artifact meta.Artifact) bool {
	information, err := os.Lstat(storage.LocalPath(artifact))
	return err == nil && information.Mode().IsRegular()
}

// VerifyArtifact compares the file with the artifact's digest.
func (storage *Storage) VerifyArtifact(artifact meta.Artifact) error {
	expected, err := digest.Parse(artifact.Digest)
	if err != nil {
		return err
	}
	file, err := os.Open(storage.LocalPath(artifact))
	if err != nil {
		return err
	}
	defer file.Close()
	verifier := expected.Verifier()
	if _, err := io.Copy(verifier, file); err != nil {
		return err
	}
	if !verifier.Verified() {
		return fmt.Errorf("%s does not have the digest %s", artifact.Path, expected)
	}
	return nil
}

// Lock lets nobody else write; the function that it gives ends that.
func (storage *Storage) Lock(meta.Artifact) (func(), error) {
	storage.lock.Lock()
	return storage.lock.Unlock, nil
}

// Symlink makes none, and so has no URL for it.
func (storage *Storage) Symlink(meta.Artifact, string) (string, error) {
	return "", nil
}

// Copy takes the artifact's bytes from a reader.
func (storage *Storage) Copy(artifact *meta.Artifact, reader io.Reader) error {
	return storage.write(artifact, func(writer io.Writer) error {
		_, err := io.Copy(writer, reader)
		return err
	})
}

// CopyFromPath takes the artifact's bytes from a file.
func (storage *Storage) CopyFromPath(artifact *meta.Artifact, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return storage.Copy(artifact, file)
}

// CopyToPath is for GitRepositories that include others.
func (storage *Storage) CopyToPath(*meta.Artifact, string, string) error {
	return errors.New("including another source is not part of this storage")
}

// write puts the file in its place when it is complete, and notes its digest and size.
func (storage *Storage) write(artifact *meta.Artifact, fill func(io.Writer) error) error {
	target := storage.LocalPath(*artifact)
	file, err := os.CreateTemp(filepath.Dir(target), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	digester := artifactdigest.Canonical.Digester()
	if err := errors.Join(fill(io.MultiWriter(file, digester.Hash())), file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	information, err := os.Stat(file.Name())
	if err != nil {
		return err
	}
	size := information.Size()
	artifact.Digest, artifact.Size, artifact.LastUpdateTime = digester.Digest().String(), &size, metav1.Now()
	return os.Rename(file.Name(), target)
}
