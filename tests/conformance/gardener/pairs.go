package main

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
)

// An edit changes what stands at one place, and says how; empty when it does not apply there.
type edit func(*Mutator, Site) string

var edits = []edit{without, bounded, bounded, taken, withoutOne, lengthened, reordered, emptied}

// pairs writes objects before and after a change.
type pairs struct {
	court  *Court
	schema *Schema
	pools  *Pools
	seed   uint64
	number uint64
	writer *bufio.Writer
}

// makePairs changes each field of each accepted object in every way there is, to and fro, and makes chains of changes:
// what an object is before decides what may become of it.
func makePairs(arguments []string) error {
	flags := flag.NewFlagSet("pairs", flag.ExitOnError)
	seed := flags.Uint64("seed", 1, "another seed makes other pairs")
	count := flags.Int("count", 1000, "how many chains of two changes")
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
	pairs := &pairs{court: court, schema: schema, pools: pools, seed: *seed, writer: writer}
	for _, base := range bases {
		if err := pairs.ofEachField(base); err != nil {
			return err
		}
	}
	byKind, _, turns := grouped(bases, "")
	for range *count {
		mutator := pairs.mutator()
		kind := turns[mutator.IntN(len(turns))]
		if err := pairs.chain(mutator, byKind[kind][mutator.IntN(len(byKind[kind]))]); err != nil {
			return err
		}
	}
	return writer.Flush()
}

// mutator makes the next one; seed and number decide what it does.
func (pairs *pairs) mutator() *Mutator {
	pairs.number++
	return &Mutator{rand.New(rand.NewPCG(pairs.seed, pairs.number)), pairs.schema, pairs.pools, 1}
}

func (pairs *pairs) ofEachField(base Base) error {
	places := len((&Mutator{schema: pairs.schema}).sites(base.object, isKept))
	for at := range places {
		for _, edit := range edits {
			mutator := pairs.mutator()
			changed := clone(base.object).(map[string]any)
			done := edit(mutator, mutator.sites(changed, isKept)[at])
			if err := pairs.toAndFro(base, changed, done); err != nil {
				return err
			}
		}
	}
	for at := range (&Mutator{schema: pairs.schema}).absent(base.object) {
		mutator := pairs.mutator()
		changed := clone(base.object).(map[string]any)
		site := mutator.absent(changed)[at]
		value := mutator.valueOf(site, 0)
		site.set(value)
		if err := pairs.toAndFro(base, changed, described("add", site, value)); err != nil {
			return err
		}
	}
	return nil
}

// isKept tells whether a place is none of what makes an object another one.
func isKept(site Site) bool {
	return site.path != "metadata" && site.path != "metadata.name" && site.path != "metadata.namespace"
}

// toAndFro writes a change, and the change back when what it starts from can be.
func (pairs *pairs) toAndFro(base Base, changed map[string]any, done string) error {
	if done == "" || !isSame(base.object, changed) {
		return nil
	}
	if err := pairs.write(base, base.object, changed, done); err != nil {
		return err
	}
	if _, verdict := pairs.court.Judge(marshal(changed)); !verdict.Accepts {
		return nil
	}
	return pairs.write(base, changed, base.object, "undo "+done)
}

// chain changes an object, and changes what has become of it.
func (pairs *pairs) chain(mutator *Mutator, base Base) error {
	for range 20 {
		before, first := mutator.mutant(base)
		if _, verdict := pairs.court.Judge(marshal(before)); !verdict.Accepts || !isSame(base.object, before) {
			continue
		}
		after, second := mutator.mutant(Base{object: before})
		if isSame(base.object, after) {
			return pairs.write(base, before, after, second+", after "+first)
		}
	}
	return nil
}

// isSame tells whether two objects have one name.
func isSame(one, other map[string]any) bool {
	kind, namespace, name := identity(one)
	otherKind, otherNamespace, otherName := identity(other)
	return kind == otherKind && namespace == otherNamespace && name == otherName
}

func (pairs *pairs) write(base Base, before, after map[string]any, mutation string) error {
	_, err := pairs.writer.Write(encode(Line{
		ID: fmt.Sprintf("%s@%d/%d", base.name, pairs.seed, pairs.number), Kind: base.kind, Mutation: mutation,
		Old: marshal(before), Object: marshal(after),
	}))
	return err
}

func without(_ *Mutator, site Site) string {
	holder, isObject := site.holder.(map[string]any)
	if !isObject {
		return ""
	}
	delete(holder, site.member)
	return "drop " + site.path
}

func bounded(mutator *Mutator, site Site) string {
	if !isScalar(site.value()) {
		return ""
	}
	return mutator.change("bound", site, mutator.boundaryOf(site))
}

func taken(mutator *Mutator, site Site) string {
	key := "member " + site.name()
	if isScalar(site.value()) {
		key = "scalar " + site.name()
	}
	pool := mutator.pools.byName[key]
	if len(pool) == 0 {
		return ""
	}
	return mutator.change("take", site, clone(pick(mutator, pool)))
}

func withoutOne(mutator *Mutator, site Site) string {
	list, isList := site.value().([]any)
	if !isList || len(list) == 0 {
		return ""
	}
	at := mutator.IntN(len(list))
	site.set(slices.Delete(slices.Clone(list), at, at+1))
	return fmt.Sprintf("delete %s[%d]", site.path, at)
}

func lengthened(mutator *Mutator, site Site) string {
	list, isList := site.value().([]any)
	if !isList || len(list) == 0 {
		return ""
	}
	item := clone(pick(mutator, list))
	inner := ""
	switch item := item.(type) {
	case map[string]any:
		inner = mutator.differing(item)
	case string:
		return mutator.change("lengthen", site, append(slices.Clone(list), any(item+"2")))
	}
	site.set(append(slices.Clone(list), item))
	return fmt.Sprintf("lengthen %s %s", site.path, inner)
}

func reordered(_ *Mutator, site Site) string {
	list, isList := site.value().([]any)
	if !isList || len(list) < 2 {
		return ""
	}
	turned := slices.Clone(list)
	slices.Reverse(turned)
	site.set(turned)
	return "reverse " + site.path
}

func emptied(mutator *Mutator, site Site) string {
	switch site.value().(type) {
	case []any:
		return mutator.change("empty", site, []any{})
	case map[string]any:
		return mutator.change("empty", site, map[string]any{})
	case string:
		return mutator.change("empty", site, "")
	default:
		return ""
	}
}
