package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"
)

// Line is what goes in, and with a verdict what comes out. The object is a text on its way out, so that another reader
// gets the very same bytes.
type Line struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind,omitempty"`
	Mutation string          `json:"mutation,omitempty"`
	Object   json.RawMessage `json:"object,omitempty"`
	Text     string          `json:"text,omitempty"`
	// What the object was before; a line that has it is judged as a change.
	Old    json.RawMessage `json:"old,omitempty"`
	Before string          `json:"before,omitempty"`
	// Of a case of the corpus: what it is, the objects it needs beside it, and what is expected.
	Class      string          `json:"class,omitempty"`
	Companions []string        `json:"companions,omitempty"`
	Expect     json.RawMessage `json:"expect,omitempty"`
	// What else must be there so that a server takes the object.
	Surroundings []string `json:"surroundings,omitempty"`
	// A line without an object names the companions of lines to come, and what a server makes of them.
	Environment string   `json:"environment,omitempty"`
	Cluster     []string `json:"cluster,omitempty"`
	*Verdict
}

// A chunk is large enough to keep the cores from waiting for each other, and small enough to bound the memory.
const chunk = 1024

func judgeLines(arguments []string) error {
	flags := flag.NewFlagSet("judge", flag.ExitOnError)
	jobs := flags.Int("jobs", runtime.NumCPU(), "how many objects to judge at a time")
	gates := flags.String("feature-gates", assumedGates, "feature gates of the gardener-apiserver")
	flags.Parse(arguments)
	court, err := NewCourt(*gates)
	if err != nil {
		return err
	}
	reader := bufio.NewReaderSize(os.Stdin, 1<<20)
	writer := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer writer.Flush()
	for {
		lines, last, err := readLines(reader)
		if err != nil {
			return err
		}
		outputs := make([][]byte, len(lines))
		var group sync.WaitGroup
		for job := range *jobs {
			group.Go(func() {
				for at := job; at < len(lines); at += *jobs {
					outputs[at] = judgeLine(court, lines[at])
				}
			})
		}
		group.Wait()
		for _, output := range outputs {
			if _, err := writer.Write(output); err != nil {
				return err
			}
		}
		if last {
			return writer.Flush()
		}
	}
}

func readLines(reader *bufio.Reader) ([][]byte, bool, error) {
	var lines [][]byte
	for len(lines) < chunk {
		line, err := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, line)
		}
		if errors.Is(err, io.EOF) {
			return lines, true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return lines, false, nil
}

func judgeLine(court *Court, text []byte) []byte {
	var line Line
	if err := json.Unmarshal(text, &line); err != nil {
		line.Verdict = refused(StageDecode, Fault{Type: "line", Detail: err.Error()})
	} else {
		if line.Text != "" {
			line.Object = json.RawMessage(line.Text)
		}
		var kind string
		var verdict *Verdict
		if line.Old != nil {
			kind, verdict = court.JudgeUpdate(line.Old, line.Object)
			line.Before, line.Old = string(line.Old), nil
		} else {
			kind, verdict = court.Judge(line.Object)
		}
		line.Kind, line.Verdict, line.Text, line.Object = kind, verdict, string(line.Object), nil
	}
	return encode(line)
}

// encode writes a line without escaping what is only special to HTML.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return buffer.Bytes()
}

func checkFiles(arguments []string) error {
	flags := flag.NewFlagSet("check", flag.ExitOnError)
	gates := flags.String("feature-gates", assumedGates, "feature gates of the gardener-apiserver")
	flags.Parse(arguments)
	court, err := NewCourt(*gates)
	if err != nil {
		return err
	}
	documents, err := readDocuments(flags.Args())
	if err != nil {
		return err
	}
	failed := 0
	for _, document := range documents {
		kind, verdict := court.Judge(document.JSON)
		if verdict.Stage == StageUnsupported || verdict.Accepts {
			continue
		}
		failed++
		fmt.Printf("%s: %s: refused at %s\n", document.Name, kind, verdict.Stage)
		for _, fault := range verdict.Errors {
			fmt.Printf("  %s %s %s\n", fault.Type, fault.Field, fault.Detail)
		}
	}
	fmt.Printf("%d objects, %d refused\n", len(documents), failed)
	return nil
}

// Document is one object of a file.
type Document struct {
	Name string
	JSON []byte
}

// readDocuments reads files, and the YAML files below directories, in the order of their paths.
func readDocuments(paths []string) ([]Document, error) {
	var documents []Document
	for _, path := range paths {
		var files []string
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			extension := filepath.Ext(file)
			if err == nil && !entry.IsDir() && (slices.Contains([]string{".yaml", ".yml", ".json"}, extension) || file == path) {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		slices.Sort(files)
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			for number, text := range strings.Split("\n"+string(content), "\n---") {
				converted, err := yaml.YAMLToJSON([]byte(text))
				// A template or the like is no object, and not this program's affair.
				if err != nil || !bytes.HasPrefix(converted, []byte("{")) {
					continue
				}
				name := file
				if number > 0 {
					name = fmt.Sprintf("%s#%d", file, number)
				}
				documents = append(documents, Document{Name: name, JSON: converted})
			}
		}
	}
	return documents, nil
}
