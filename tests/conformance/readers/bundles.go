package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/andybalholm/brotli"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	k8syaml "sigs.k8s.io/yaml"
)

type object = map[string]any

type secret struct {
	Kind     string                                       `json:"kind"`
	Metadata struct{ Name string }                        `json:"metadata"`
	Data     map[string][]byte                            `json:"data"`
	Spec     struct{ SecretRefs []struct{ Name string } } `json:"spec"`
}

// bundles holds when every ManagedResource, read the way the gardener-resource-manager reads it, yields exactly the
// objects that the tree shows for review.
//
// upstream: pkg/resourcemanager/controller/managedresource/reconciler.go
func bundles(tree string) (string, []error) {
	units, err := os.ReadDir(filepath.Join(tree, "bundles"))
	if err != nil {
		return "", []error{err}
	}
	var faults []error
	count := 0
	for _, unit := range units {
		read, err := readBundle(filepath.Join(tree, "bundles", unit.Name()))
		if err == nil {
			count += len(read)
			err = sameObjects(read, filepath.Join(tree, "objects", "virtual-garden", unit.Name()))
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("bundle %s: %w", unit.Name(), err))
		}
	}
	return fmt.Sprintf("%d objects in %d bundles are what the resource-manager reads", count, len(units)), faults
}

func readBundle(directory string) ([]object, error) {
	files, err := yamlFiles(directory)
	if err != nil {
		return nil, err
	}
	secrets := map[string]secret{}
	var resource *secret
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var read secret
		if err := k8syaml.Unmarshal(text, &read); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		switch read.Kind {
		case "Secret":
			secrets[read.Metadata.Name] = read
		case "ManagedResource":
			if resource != nil {
				return nil, errors.New("holds two ManagedResources")
			}
			resource = &read
		default:
			return nil, fmt.Errorf("%s: a %s has no place here", file, read.Kind)
		}
	}
	if resource == nil {
		return nil, errors.New("holds no ManagedResource")
	}
	var objects []object
	for _, reference := range resource.Spec.SecretRefs {
		named, found := secrets[reference.Name]
		if !found {
			return nil, fmt.Errorf("the Secret %s is missing", reference.Name)
		}
		read, err := readSecret(named)
		if err != nil {
			return nil, fmt.Errorf("Secret %s: %w", reference.Name, err)
		}
		objects = append(objects, read...)
	}
	return objects, nil
}

func readSecret(named secret) ([]object, error) {
	keys := make([]string, 0, len(named.Data))
	for key := range named.Data {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var objects []object
	for _, key := range keys {
		var reader io.Reader = bytes.NewReader(named.Data[key])
		if strings.HasSuffix(key, ".br") {
			reader = brotli.NewReader(reader)
		}
		decoder := utilyaml.NewYAMLOrJSONDecoder(reader, 1024)
		for {
			var decoded object
			err := decoder.Decode(&decoded)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("key %s: %w", key, err)
			}
			if decoded == nil {
				return nil, fmt.Errorf("key %s: holds an empty document", key)
			}
			objects = append(objects, decoded)
		}
	}
	return objects, nil
}

// sameObjects says whether the files of a directory hold these objects, each once, in any order.
func sameObjects(read []object, directory string) error {
	files, err := yamlFiles(directory)
	if err != nil {
		return err
	}
	if len(files) != len(read) {
		return fmt.Errorf("yields %d objects, %s shows %d", len(read), directory, len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var shown object
		if err := k8syaml.UnmarshalStrict(text, &shown); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		same := func(one object) bool { return reflect.DeepEqual(one, shown) }
		index := slices.IndexFunc(read, same)
		if index < 0 {
			return fmt.Errorf("does not yield %s", file)
		}
		read = slices.Delete(slices.Clone(read), index, index+1)
	}
	return nil
}
