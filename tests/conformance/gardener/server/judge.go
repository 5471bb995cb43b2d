package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// How long the caches of the gardener-apiserver may take to see what was created.
const settling = 300 * time.Millisecond

// Line is what comes in and, with a verdict, goes out; the members are those of the oracle's.
type Line struct {
	ID           string          `json:"id"`
	Kind         string          `json:"kind"`
	Mutation     string          `json:"mutation,omitempty"`
	Environment  string          `json:"environment,omitempty"`
	Object       json.RawMessage `json:"object,omitempty"`
	Text         string          `json:"text"`
	Class        string          `json:"class,omitempty"`
	Companions   []string        `json:"companions,omitempty"`
	Expect       json.RawMessage `json:"expect,omitempty"`
	Surroundings []string        `json:"surroundings,omitempty"`
	Cluster      []string        `json:"cluster,omitempty"`
	Accepts      bool            `json:"accepts"`
	Stage        string          `json:"stage,omitempty"`
	Errors       []Fault         `json:"errors,omitempty"`
	// Always: the server stops at the first plugin that refuses.
	Cut bool `json:"cut,omitempty"`
}

// Fault is one error of a verdict.
type Fault struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func judge() error {
	gates := flag.String("feature-gates", "InPlaceNodeUpdates=true,VersionClassificationLifecycle=true",
		"feature gates of the gardener-apiserver")
	if err := flag.CommandLine.Parse(os.Args[1:]); err != nil {
		return err
	}
	cluster, err := startCluster(*gates)
	if err != nil {
		return err
	}
	defer cluster.stop()
	writer := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer writer.Flush()
	bench := &Bench{Cluster: cluster, created: map[string]bool{}}
	reader := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		text, err := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) > 0 {
			if err := bench.judgeLine(text, writer); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return writer.Flush()
		}
		if err != nil {
			return err
		}
	}
}

// Bench is a cluster with the companions of the last line.
type Bench struct {
	*Cluster
	companions []string
	// Which of them are there: not those that were refused, and those of no interest.
	created map[string]bool
	// Why one of them is not there.
	fault string
}

func (bench *Bench) judgeLine(text []byte, writer io.Writer) error {
	var line Line
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	if line.Text == "" {
		line.Text, line.Object = string(line.Object), nil
	}
	switch {
	case line.Text == "":
		if err := bench.prepare(line.Cluster); err != nil {
			return err
		}
		return writeLine(writer, line)
	case line.Environment == "":
		if err := bench.prepare(append(slices.Clone(line.Surroundings), line.Companions...)); err != nil {
			return err
		}
	}
	line.Accepts, line.Stage, line.Errors, line.Cut = false, "", nil, false
	if bench.fault != "" {
		line.Stage, line.Errors = "unsupported", []Fault{{Type: "companion", Detail: bench.fault}}
	} else if err := bench.try(&line); err != nil {
		return err
	}
	return writeLine(writer, line)
}

func writeLine(writer io.Writer, line Line) error {
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(line)
}

// prepare leaves in the cluster the companions and nothing else. What was there stays: only the difference is made.
func (bench *Bench) prepare(companions []string) error {
	added, removed := without(companions, bench.companions), without(bench.companions, companions)
	if len(added)+len(removed) == 0 {
		return nil
	}
	for _, companion := range removed {
		if !bench.created[companion] {
			continue
		}
		delete(bench.created, companion)
		if err := bench.remove(companion); err != nil {
			return err
		}
	}
	bench.companions, bench.fault = companions, ""
	if err := bench.namespaces(added); err != nil {
		return err
	}
	// What needs another object is tried again when that is there and the caches know it, as long as that helps.
	for pending := added; ; {
		var refused []string
		bench.fault = ""
		for _, companion := range pending {
			if err := bench.createCompanion(companion); err != nil {
				refused, bench.fault = append(refused, companion), err.Error()
			}
		}
		time.Sleep(settling)
		if len(refused) == 0 || len(refused) == len(pending) {
			return nil
		}
		pending = refused
	}
}

func without(all, some []string) []string {
	known := map[string]bool{}
	for _, text := range some {
		known[text] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(text string) bool { return known[text] })
}

// remove takes an object out of the cluster: one of Gardener's from etcd, where no controller has to agree.
func (bench *Bench) remove(text string) error {
	object := &Object{}
	if err := json.Unmarshal([]byte(text), object); err != nil {
		return err
	}
	client := bench.clientOf(object)
	path, err := client.collection(object, "default")
	if err != nil {
		return err
	}
	if client == bench.gardener {
		return bench.forget(path, object.Metadata.Name)
	}
	_, _, err = client.do(http.MethodDelete, path+"/"+object.Metadata.Name, nil)
	return err
}

// clientOf gives the server of an object, or nothing for a kind that no object of Gardener's refers to.
func (bench *Bench) clientOf(object *Object) *Client {
	switch {
	case strings.Contains(object.APIVersion, "gardener.cloud/"):
		return bench.gardener
	case object.APIVersion == "v1" && (object.Kind == "Secret" || object.Kind == "ConfigMap"):
		return bench.kube
	default:
		return nil
	}
}

func (bench *Bench) createCompanion(text string) error {
	object := &Object{}
	if err := json.Unmarshal([]byte(text), object); err != nil {
		return err
	}
	client := bench.clientOf(object)
	if client == nil {
		return nil
	}
	// The custom resources of the gardener-operator are on another cluster.
	err := client.create([]byte(text))
	if errors.Is(err, errUnknownKind) {
		return nil
	}
	bench.created[text] = err == nil
	return err
}

// namespaces makes the namespaces that objects are in, and those of projects as their controller would.
func (bench *Bench) namespaces(companions []string) error {
	labels := map[string]string{"garden": ""}
	for _, companion := range companions {
		object := &Object{}
		if err := json.Unmarshal([]byte(companion), object); err != nil {
			return err
		}
		if _, known := labels[object.Metadata.Namespace]; !known && object.Metadata.Namespace != "" {
			labels[object.Metadata.Namespace] = ""
		}
		if object.Kind == "Project" && object.Spec.Namespace != "" {
			labels[object.Spec.Namespace] = object.Metadata.Name
		}
	}
	for namespace, project := range labels {
		if err := bench.namespace(namespace, project); err != nil {
			return err
		}
	}
	return nil
}

func (bench *Bench) namespace(name, project string) error {
	metadata := map[string]any{"name": name}
	if project != "" {
		metadata["labels"] = map[string]string{"gardener.cloud/role": "project", "project.gardener.cloud/name": project}
	}
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
	if err != nil {
		return err
	}
	status, body, err := bench.kube.do(http.MethodPost, "/api/v1/namespaces", text)
	if err == nil && status == http.StatusConflict && project != "" {
		status, body, err = bench.kube.do(http.MethodPut, "/api/v1/namespaces/"+name, text)
	}
	if err == nil && status >= http.StatusMultipleChoices && status != http.StatusConflict {
		return fmt.Errorf("namespace %s: %d %s", name, status, body)
	}
	return err
}

// try creates the object of a line as a dry run.
func (bench *Bench) try(line *Line) error {
	object := &Object{}
	// An object whose metadata is of the wrong type belongs nowhere; the server is not to blame.
	if err := json.Unmarshal([]byte(line.Text), object); err != nil {
		line.Stage, line.Errors = "unsupported", []Fault{{Type: "malformed", Detail: err.Error()}}
		return nil
	}
	line.Kind = object.Kind
	path, err := bench.gardener.collection(object, "")
	// A request names the namespace that an object may lack.
	if errors.Is(err, errUnknownKind) || strings.Contains(path, "/namespaces//") {
		line.Stage = "unsupported"
		return nil
	}
	if err != nil {
		return err
	}
	code, body, err := bench.gardener.do(http.MethodPost, path+"?dryRun=All&fieldValidation=Strict", []byte(line.Text))
	if err != nil {
		return err
	}
	switch code {
	case http.StatusCreated:
		line.Accepts = true
		return nil
	case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return fmt.Errorf("no verdict on %s: %d %s", line.ID, code, body)
	}
	line.Stage, line.Cut = "validate", true
	line.Errors = faults(body)
	if code == http.StatusInternalServerError && strings.Contains(string(body), "panic") {
		line.Stage = "panic"
	}
	return nil
}

// A field in the message of an admission plugin that answers with text alone: before what is wrong, or before the value
// in brackets.
var named = regexp.MustCompile(
	`((?:spec|metadata|status|credentialsRef|secretRef|provider|targetSystem)[\w.\-/\[\]]*)` +
		`(?:: (Invalid value|Forbidden|Required value|Unsupported value|Not found|Duplicate value|Internal error)| \("[^"]*"\))`)

// faults reads the errors of the server's answer.
func faults(body []byte) []Fault {
	var answer struct {
		Message string `json:"message"`
		Reason  string `json:"reason"`
		Details struct {
			Causes []struct {
				Reason  string `json:"reason"`
				Field   string `json:"field"`
				Message string `json:"message"`
			} `json:"causes"`
		} `json:"details"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return []Fault{{Type: "answer", Detail: string(body)}}
	}
	var found []Fault
	for _, cause := range answer.Details.Causes {
		// A plugin writes labels of types, and a wrong type makes a wrong label: that is named already.
		if cause.Field == "metadata.labels" && strings.Contains(cause.Message, ".extensions.gardener.cloud/") {
			continue
		}
		found = append(found, Fault{Type: cause.Reason, Field: cause.Field, Detail: cause.Message})
	}
	if len(found) == 0 {
		for _, match := range named.FindAllStringSubmatch(answer.Message, -1) {
			found = append(found, Fault{Type: match[2], Field: match[1], Detail: answer.Message})
		}
	}
	if len(found) == 0 {
		found = append(found, Fault{Type: answer.Reason, Detail: answer.Message})
	}
	return found
}
