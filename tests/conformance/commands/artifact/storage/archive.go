package storage

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/sourceignore/gitignore"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/sourceignore"
)

// ArchiveFileFilter tells which files are left out.
type ArchiveFileFilter func(path string, information os.FileInfo) bool

// SourceIgnoreFilter leaves out what the patterns name.
func SourceIgnoreFilter(patterns []gitignore.Pattern, domain []string) ArchiveFileFilter {
	matcher := sourceignore.NewDefaultMatcher(patterns, domain)
	return func(path string, information os.FileInfo) bool {
		return matcher.Match(strings.Split(path, string(filepath.Separator)), information.IsDir())
	}
}

// Archive makes the artifact out of the files below a directory.
func (storage *Storage) Archive(artifact *meta.Artifact, directory string, leftOut ArchiveFileFilter) error {
	return storage.write(artifact, func(writer io.Writer) error {
		compressor := gzip.NewWriter(writer)
		archive := tar.NewWriter(compressor)
		err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			information, err := entry.Info()
			if err != nil {
				return err
			}
			if leftOut != nil && leftOut(path, information) {
				if entry.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			if !information.Mode().IsRegular() {
				return nil
			}
			return add(archive, directory, path, information)
		})
		return errors.Join(err, archive.Close(), compressor.Close())
	})
}

func add(archive *tar.Writer, directory, path string, information os.FileInfo) error {
	name, err := filepath.Rel(directory, path)
	if err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: filepath.ToSlash(name), Size: information.Size(), Mode: 0o644}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(archive, file)
	return err
}
