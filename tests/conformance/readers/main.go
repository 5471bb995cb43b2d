// Readers reads rendered trees with the libraries that will read them in the clusters.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: readers spellings|bundles DIR | print FILE")
		os.Exit(2)
	}
	verbs := map[string]func(string) (string, []error){"spellings": spellings, "bundles": bundles, "print": printed}
	verb, known := verbs[os.Args[1]]
	if !known {
		fmt.Fprintf(os.Stderr, "no verb %q\n", os.Args[1])
		os.Exit(2)
	}
	done, faults := verb(os.Args[2])
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
	fmt.Println(done)
}

// yamlFiles lists the YAML files below a directory in the order of their paths.
func yamlFiles(directory string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".yaml") {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: holds no YAML", directory)
	}
	return files, err
}
