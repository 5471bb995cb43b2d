package main

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// What a kind may refer to has a lower rank: it can be created first.
var ranks = map[string]int{
	"Secret": 0, "ConfigMap": 0, "CloudProfile": 0, "ExposureClass": 0, "ControllerDeployment": 0, "InternalSecret": 0,
	"Project": 1, "Extension": 1, "ControllerRegistration": 2, "Quota": 2, "WorkloadIdentity": 2, "NamespacedCloudProfile": 2,
	"CredentialsBinding": 3, "SecretBinding": 3, "Gardenlet": 3, "Seed": 3, "Shoot": 4, "ManagedSeed": 5,
}

// The kinds whose objects are put to the server, each with how often it is mutated for one of the others.
var targets = map[string]int{
	"ControllerRegistration": 1, "NamespacedCloudProfile": 1, "CredentialsBinding": 2, "SecretBinding": 1, "Shoot": 8, "ManagedSeed": 2,
}

// Surrounded is a landscape's objects below a rank: what an object of that rank finds.
type Surrounded struct {
	name    string
	rank    int
	objects []map[string]any
}

// landscapes writes cases of whole landscapes: each object among those it may refer to, mutated, or with one of those
// gone.
func landscapes(arguments []string) error {
	flags := flag.NewFlagSet("landscapes", flag.ExitOnError)
	seed := flags.Uint64("seed", 1, "another seed makes other cases")
	count := flags.Int("count", 300, "how many mutants of each landscape")
	pack := flags.String("schema", "schemas/gardener-v1.150.json", "the schema pack, for fields that are not there")
	flags.Parse(arguments)
	schema, err := readSchema(*pack)
	if err != nil {
		return err
	}
	writer := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer writer.Flush()
	for _, directory := range flags.Args() {
		objects, err := readLandscape(directory)
		if err != nil {
			return err
		}
		pools := newPools()
		for _, object := range objects {
			if schema.of(object) != nil {
				pools.gather(schema, object)
			}
		}
		maker := &caseMaker{writer, filepath.Base(directory), objects, &Mutator{schema: schema, pools: pools}, *seed}
		maker.write(*count)
	}
	return nil
}

// readLandscape reads what a landscape was rendered to, but for what bundles and Flux wrap it in.
func readLandscape(directory string) ([]map[string]any, error) {
	documents, err := readDocuments([]string{
		filepath.Join(directory, "objects"), filepath.Join(directory, "runtime"), filepath.Join(directory, "virtual-garden"),
	})
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	for _, document := range documents {
		object, err := parse(document.JSON)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", document.Name, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

type caseMaker struct {
	writer    *bufio.Writer
	landscape string
	objects   []map[string]any
	mutator   *Mutator
	seed      uint64
}

// below gives the objects that one of a rank may refer to; all that have no rank are part of the landscape too.
func (maker *caseMaker) below(rank int) []map[string]any {
	return slices.DeleteFunc(slices.Clone(maker.objects), func(object map[string]any) bool {
		of, known := ranks[text(object, "kind")]
		return known && of >= rank
	})
}

func (maker *caseMaker) targets(rank int) []map[string]any {
	return slices.DeleteFunc(slices.Clone(maker.objects), func(object map[string]any) bool {
		kind := text(object, "kind")
		return targets[kind] == 0 || ranks[kind] != rank
	})
}

// environment writes objects once; the lines after it name it.
func (maker *caseMaker) environment(name string, objects []map[string]any) {
	line := Line{ID: name, Environment: name}
	for _, object := range objects {
		line.Companions = append(line.Companions, string(marshal(object)))
		for _, made := range runtimeObjects(object) {
			line.Cluster = append(line.Cluster, string(marshal(made)))
		}
	}
	maker.writer.Write(encode(line))
}

func (maker *caseMaker) target(environment, mutation string, number int, object map[string]any) {
	kind, namespace, name := identity(object)
	maker.writer.Write(encode(Line{
		ID:          fmt.Sprintf("%s/%s/%s/%s@%d/%d", environment, kind, namespace, name, maker.seed, number),
		Kind:        kind,
		Mutation:    mutation,
		Environment: environment,
		Class:       "landscape",
		Object:      marshal(object),
	}))
}

func (maker *caseMaker) write(count int) {
	total := 0
	for kind, weight := range targets {
		if slices.ContainsFunc(maker.objects, func(object map[string]any) bool { return text(object, "kind") == kind }) {
			total += weight
		}
	}
	for rank := range 6 {
		targeted := maker.targets(rank)
		if len(targeted) == 0 {
			continue
		}
		environment := fmt.Sprintf("%s-%d", maker.landscape, rank)
		below := maker.below(rank)
		maker.environment(environment, below)
		share := 0
		for number, object := range targeted {
			maker.target(environment, "none", number, object)
		}
		for kind, weight := range targets {
			if ranks[kind] == rank && slices.ContainsFunc(targeted, func(object map[string]any) bool { return text(object, "kind") == kind }) {
				share += weight * count / total
			}
		}
		for number := range share {
			maker.mutator.Rand = rand.New(rand.NewPCG(maker.seed, uint64(rank*count+number)))
			object := pick(maker.mutator, targeted)
			mutant, mutation := maker.mutator.relinked(object)
			maker.target(environment, mutation, number, mutant)
		}
		maker.withoutOne(environment, below, targeted)
	}
}

// withoutOne writes, for each object that others may refer to, the landscape without it.
func (maker *caseMaker) withoutOne(environment string, below, targeted []map[string]any) {
	for number, gone := range below {
		kind, namespace, name := identity(gone)
		// Without a project its namespace would be gone as well, and all that is in it.
		if _, ranked := ranks[kind]; !ranked || kind == "Project" || !mentions(targeted, name) {
			continue
		}
		without := slices.Delete(slices.Clone(below), number, number+1)
		lacking := fmt.Sprintf("%s-without-%d", environment, number)
		maker.environment(lacking, without)
		for _, object := range targeted {
			if mentions([]map[string]any{object}, name) {
				maker.target(lacking, fmt.Sprintf("without %s %s/%s", kind, namespace, name), number, object)
			}
		}
	}
}

// mentions tells whether a name stands anywhere in objects.
func mentions(objects []map[string]any, name string) bool {
	return slices.ContainsFunc(objects, func(object map[string]any) bool { return mentioned(object, name) })
}

func mentioned(value any, name string) bool {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			if mentioned(member, name) {
				return true
			}
		}
	case []any:
		for _, item := range value {
			if mentioned(item, name) {
				return true
			}
		}
	case string:
		return value == name
	}
	return false
}

// The operators for objects among others, most of which change what an object refers to.
var relinking = []Operator{
	(*Mutator).swap, (*Mutator).swap, (*Mutator).swap, (*Mutator).swap, (*Mutator).version, (*Mutator).version, (*Mutator).list,
	(*Mutator).nearMiss, (*Mutator).nearMiss, (*Mutator).boundary, (*Mutator).drop, (*Mutator).add,
}

func (mutator *Mutator) relinked(object map[string]any) (map[string]any, string) {
	for {
		mutant := clone(object).(map[string]any)
		if mutation := pick(mutator, relinking)(mutator, mutant); mutation != "" {
			return mutant, mutation
		}
	}
}
