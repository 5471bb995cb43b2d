package main

import (
	"fmt"
	"maps"
	"os"
	"slices"

	gardenerimages "github.com/gardener/gardener/imagevector"
	"github.com/gardener/gardener/pkg/utils/imagevector"
)

// images says where Gardener takes images and charts from, once the overwrites are read that the environment names, and what
// the components are told that it deploys.
func images([]string) error {
	write := func(kind string, vector imagevector.ImageVector) {
		for _, source := range vector {
			fmt.Println(kind, source.Name, source.ToImage(nil))
		}
	}
	write("image", gardenerimages.Containers())
	write("chart", gardenerimages.Charts())
	path := os.Getenv(imagevector.ComponentOverrideEnv)
	if path == "" {
		return nil
	}
	components, err := imagevector.ReadComponentOverwriteFile(path)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(components)) {
		vector, _, err := imagevector.Read([]byte(components[name]))
		if err != nil {
			return err
		}
		write(name, vector)
	}
	return nil
}
