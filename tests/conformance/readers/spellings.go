package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	"gopkg.in/yaml.v3"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	k8syaml "sigs.k8s.io/yaml"
)

// spellings holds when every document means the same to the API machinery, which reads YAML 1.1, and to yaml.v3, which
// kustomize and so Flux reads with: no scalar, key or separator that one of them takes for something else.
func spellings(directory string) (string, []error) {
	files, err := yamlFiles(directory)
	if err != nil {
		return "", []error{err}
	}
	var faults []error
	documents := 0
	for _, file := range files {
		read, err := compare(file)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
		documents += read
	}
	return fmt.Sprintf("%d documents in %d files mean the same to both readers", documents, len(files)), faults
}

func compare(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	older, err := byMachinery(text)
	if err != nil {
		return 0, fmt.Errorf("sigs.k8s.io/yaml: %w", err)
	}
	newer, err := byVersion3(text)
	if err != nil {
		return 0, fmt.Errorf("yaml.v3: %w", err)
	}
	if len(older) != len(newer) {
		return 0, fmt.Errorf("%d documents to sigs.k8s.io/yaml, %d to yaml.v3", len(older), len(newer))
	}
	for index := range older {
		if !reflect.DeepEqual(older[index], newer[index]) {
			return 0, fmt.Errorf("document %d differs:\n  sigs.k8s.io/yaml: %v\n  yaml.v3: %v",
				index+1, older[index], newer[index])
		}
	}
	return len(older), nil
}

// byMachinery splits and reads as clients and controllers of Kubernetes do, and refuses a duplicate key.
func byMachinery(text []byte) ([]any, error) {
	var documents []any
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		asJSON, err := k8syaml.YAMLToJSONStrict(document)
		if err != nil {
			return nil, err
		}
		value, err := exact(asJSON)
		if err != nil {
			return nil, err
		}
		documents = append(documents, value)
	}
}

func byVersion3(text []byte) ([]any, error) {
	var documents []any
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		// A key that is no string, or a time, shows here: the first cannot be written, the second reads differently.
		asJSON, err := json.Marshal(document)
		if err != nil {
			return nil, err
		}
		value, err := exact(asJSON)
		if err != nil {
			return nil, err
		}
		documents = append(documents, value)
	}
}

// exact reads JSON and keeps every digit of its numbers.
func exact(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// printed is the JSON of a file's one document, as the API machinery reads it.
func printed(file string) (string, []error) {
	text, err := os.ReadFile(file)
	if err == nil {
		text, err = k8syaml.YAMLToJSONStrict(text)
	}
	if err != nil {
		return "", []error{err}
	}
	return string(text), nil
}
