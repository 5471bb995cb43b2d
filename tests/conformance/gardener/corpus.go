package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	evanphx "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"
)

// Row is a case of the corpus: an accepted object, changed by a patch, and what is expected of it.
type Row struct {
	ID         string            `json:"id"`
	Base       string            `json:"base"`
	Mutation   string            `json:"mutation"`
	Variation  string            `json:"variation"`
	Patch      json.RawMessage   `json:"patch"`
	OldPatch   json.RawMessage   `json:"oldPatch"`
	NewPatch   json.RawMessage   `json:"newPatch"`
	Companions []json.RawMessage `json:"companions"`
	Expect     json.RawMessage   `json:"expect"`
	Layer      string            `json:"layer"`
}

// corpus writes the cases below a directory as lines: rows of accepted/ and invalid/, and the files of valid/.
func corpus(arguments []string) error {
	flags := flag.NewFlagSet("corpus", flag.ExitOnError)
	flags.Parse(arguments)
	root := flags.Arg(0)
	writer := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer writer.Flush()
	for _, class := range []string{"accepted", "invalid"} {
		files, err := filepath.Glob(filepath.Join(root, class, "*.jsonl"))
		if err != nil {
			return err
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			for text := range strings.Lines(string(content)) {
				line, err := caseOf(root, class, []byte(text))
				if err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
				if line != nil {
					writer.Write(encode(line))
				}
			}
		}
	}
	return validFiles(root, writer)
}

// caseOf gives the line of a row, or nothing for a row that is about an update.
func caseOf(root, class string, text []byte) (*Line, error) {
	var row Row
	if err := json.Unmarshal(text, &row); err != nil {
		return nil, err
	}
	if row.OldPatch != nil || row.NewPatch != nil {
		return nil, nil
	}
	object, err := patchedBase(root, row.Base, row.Patch)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", row.ID, err)
	}
	line := &Line{ID: row.ID, Mutation: row.Mutation + row.Variation, Object: object, Class: class, Expect: row.Expect}
	if strings.HasPrefix(row.Layer, "admission:") {
		line.Class = class + " by admission"
	}
	var beside []map[string]any
	for _, companion := range row.Companions {
		var named struct {
			Base  string          `json:"base"`
			Patch json.RawMessage `json:"patch"`
		}
		if json.Unmarshal(companion, &named.Base) != nil {
			if err := json.Unmarshal(companion, &named); err != nil {
				return nil, err
			}
		}
		object, err := patchedBase(root, named.Base, named.Patch)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.ID, err)
		}
		line.Companions = append(line.Companions, string(object))
		parsed, err := parse(object)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.ID, err)
		}
		beside = append(beside, parsed)
	}
	// What the object itself refers to is there, as far as it is no part of a case that is refused.
	referring := object
	if class == "invalid" {
		if referring, err = patchedBase(root, row.Base, nil); err != nil {
			return nil, err
		}
	}
	parsed, err := parse(referring)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", row.ID, err)
	}
	available, err := basesOf(root)
	if err != nil {
		return nil, err
	}
	for _, stub := range stubs(beside, append(slices.Clone(beside), parsed), available) {
		line.Surroundings = append(line.Surroundings, string(marshal(stub)))
	}
	return line, nil
}

// basesOf gives the objects that rows are made of.
func basesOf(root string) ([]map[string]any, error) {
	documents, err := readDocuments([]string{filepath.Join(root, "base")})
	if err != nil {
		return nil, err
	}
	var bases []map[string]any
	for _, document := range documents {
		object, err := parse(document.JSON)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", document.Name, err)
		}
		bases = append(bases, object)
	}
	return bases, nil
}

func patchedBase(root, name string, operations json.RawMessage) ([]byte, error) {
	var text []byte
	var err error
	for _, directory := range []string{"base", "base/companions"} {
		if text, err = os.ReadFile(filepath.Join(root, directory, name+".yaml")); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	object, err := yaml.YAMLToJSON(text)
	if err != nil || len(operations) == 0 {
		return object, err
	}
	patch, err := evanphx.DecodePatch(operations)
	if err != nil {
		return nil, err
	}
	return patch.Apply(object)
}

func validFiles(root string, writer *bufio.Writer) error {
	index, err := os.Open(filepath.Join(root, "valid", "index.tsv"))
	if err != nil {
		return err
	}
	defer index.Close()
	reader := csv.NewReader(index)
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = '\t', true, -1
	rows, err := reader.ReadAll()
	if err != nil {
		return err
	}
	path, class := slices.Index(rows[0], "path"), slices.Index(rows[0], "class")
	for _, row := range rows[1:] {
		text, err := os.ReadFile(filepath.Join(root, "valid", row[path]))
		if err != nil {
			return err
		}
		object, err := yaml.YAMLToJSON(text)
		if err != nil {
			return fmt.Errorf("%s: %w", row[path], err)
		}
		writer.Write(encode(Line{ID: row[path], Object: object, Class: "valid " + row[class]}))
	}
	return nil
}
