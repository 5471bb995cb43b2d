package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

// How many mutants of a kind there are for one of a kind that is not listed: the kinds with the most rules get the most.
var weights = map[string]int{
	"Shoot": 8, "CloudProfile": 4, "Garden": 4, "Seed": 4, "Extension": 2, "Gardenlet": 2, "ManagedSeed": 2,
	"NamespacedCloudProfile": 2, "Project": 2, "ControllerRegistration": 2,
}

// One in this many mutants is mutated twice, unless it is said how often.
const twice = 7

// Base is an accepted object that mutants are made of.
type Base struct {
	name   string
	kind   string
	object map[string]any
}

// Mutator makes mutants. What it takes from other objects lies in its pools.
type Mutator struct {
	*rand.Rand
	schema *Schema
	pools  *Pools
	// How often a mutant is mutated; zero for once, or twice now and then.
	rounds int
}

func mutate(arguments []string) error {
	flags := flag.NewFlagSet("mutate", flag.ExitOnError)
	seed := flags.Uint64("seed", 1, "another seed makes other mutants")
	count := flags.Int("count", 1000, "how many mutants")
	rounds := flags.Int("rounds", 0, "how often to mutate each; without it once, and one in seven twice")
	only := flags.String("kind", "", "make mutants of these kinds, separated by commas")
	pack := flags.String("schema", "schemas/gardener-v1.150.json", "the schema pack, for fields that are not there")
	gates := flags.String("feature-gates", assumedGates, "feature gates of the gardener-apiserver")
	flags.Parse(arguments)
	court, err := NewCourt(*gates)
	if err != nil {
		return err
	}
	schema, bases, pools, err := readMaterial(court, *pack, flags.Args())
	if err != nil {
		return err
	}
	writer := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer writer.Flush()
	write := func(line Line) error {
		_, err := writer.Write(encode(line))
		return err
	}
	byKind, kinds, turns := grouped(bases, *only)
	if len(kinds) == 0 {
		return fmt.Errorf("no accepted object of the kinds asked for")
	}
	for _, kind := range kinds {
		for _, base := range byKind[kind] {
			if err := write(Line{ID: base.name, Kind: kind, Mutation: "none", Object: marshal(base.object)}); err != nil {
				return err
			}
		}
	}
	for number := range *count {
		mutator := &Mutator{rand.New(rand.NewPCG(*seed, uint64(number))), schema, pools, *rounds}
		kind := turns[mutator.IntN(len(turns))]
		base := byKind[kind][mutator.IntN(len(byKind[kind]))]
		object, mutation := mutator.mutant(base)
		id := fmt.Sprintf("%s@%d/%d", base.name, *seed, number)
		if err := write(Line{ID: id, Kind: kind, Mutation: mutation, Object: marshal(object)}); err != nil {
			return err
		}
	}
	return nil
}

// mutant gives a mutated copy, and what was done to it.
func (mutator *Mutator) mutant(base Base) (map[string]any, string) {
	object := clone(base.object).(map[string]any)
	rounds := mutator.rounds
	if rounds == 0 {
		rounds = 1
		if mutator.IntN(twice) == 0 {
			rounds = 2
		}
	}
	var done []string
	for attempts := 0; len(done) < rounds && attempts < 100; attempts++ {
		if mutation := mutator.apply(object); mutation != "" {
			done = append(done, mutation)
		}
	}
	return object, strings.Join(done, "; ")
}

// readMaterial reads what mutants are made of.
func readMaterial(court *Court, pack string, paths []string) (*Schema, []Base, *Pools, error) {
	schema, err := readSchema(pack)
	if err != nil {
		return nil, nil, nil, err
	}
	bases, err := readBases(court, schema, paths)
	if err != nil {
		return nil, nil, nil, err
	}
	pools := newPools()
	for _, base := range bases {
		pools.gather(schema, base.object)
	}
	return schema, bases, pools, nil
}

func readBases(court *Court, schema *Schema, paths []string) ([]Base, error) {
	documents, err := readDocuments(paths)
	if err != nil {
		return nil, err
	}
	var bases []Base
	seen := map[string]bool{}
	for _, document := range documents {
		object, err := parse(document.JSON)
		// Only what is accepted shows what a mutation does, and only a kind that the pack knows can be compared.
		if err != nil || schema.of(object) == nil || seen[string(document.JSON)] {
			continue
		}
		kind, verdict := court.Judge(document.JSON)
		if verdict.Accepts {
			seen[string(document.JSON)] = true
			bases = append(bases, Base{name: shortened(document.Name), kind: kind, object: object})
		}
	}
	return bases, nil
}

// shortened gives the end of a path, which tells more than its beginning.
func shortened(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[max(0, len(parts)-3):], "/")
}

// grouped gives the bases by kind, the kinds in order, and each kind as often as its weight says.
func grouped(bases []Base, only string) (map[string][]Base, []string, []string) {
	byKind := map[string][]Base{}
	var kinds, turns []string
	for _, base := range bases {
		if only != "" && !slices.Contains(strings.Split(only, ","), base.kind) {
			continue
		}
		if byKind[base.kind] == nil {
			kinds = append(kinds, base.kind)
		}
		byKind[base.kind] = append(byKind[base.kind], base)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		turns = append(turns, slices.Repeat([]string{kind}, max(weights[kind], 1))...)
	}
	return byKind, kinds, turns
}

// parse reads an object; a number stays as it is written.
func parse(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than an object")
	}
	return object, nil
}

func marshal(value any) json.RawMessage {
	return bytes.TrimSpace(encode(value))
}

func clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, member := range value {
			copied[key] = clone(member)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for at, item := range value {
			copied[at] = clone(item)
		}
		return copied
	default:
		return value
	}
}
