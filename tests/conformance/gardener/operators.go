package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Operator changes an object at a random place and says how; empty when it found no place for it.
type Operator func(*Mutator, map[string]any) string

// The operators, each as often as its weight says. What is typed well reaches the rules, so that is what most do.
var operators = []struct {
	weight int
	apply  Operator
}{
	{12, (*Mutator).drop},
	{4, (*Mutator).retype},
	{26, (*Mutator).boundary},
	{8, (*Mutator).nearMiss},
	{10, (*Mutator).swap},
	{12, (*Mutator).list},
	{24, (*Mutator).add},
	{4, (*Mutator).version},
	{5, (*Mutator).annotate},
	{3, (*Mutator).key},
}

func (mutator *Mutator) apply(object map[string]any) string {
	total := 0
	for _, operator := range operators {
		total += operator.weight
	}
	at := mutator.IntN(total)
	for _, operator := range operators {
		if at -= operator.weight; at < 0 {
			return operator.apply(mutator, object)
		}
	}
	return ""
}

func pick[T any](mutator *Mutator, from []T) T {
	return from[mutator.IntN(len(from))]
}

func isScalar(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	default:
		return true
	}
}

func (mutator *Mutator) site(object map[string]any, wanted func(Site) bool) (Site, bool) {
	sites := mutator.sites(object, wanted)
	if len(sites) == 0 {
		return Site{}, false
	}
	return pick(mutator, sites), true
}

func described(verb string, site Site, value any) string {
	text := string(marshal(value))
	if len(text) > 120 {
		text = text[:120] + "…"
	}
	return fmt.Sprintf("%s %s = %s", verb, site.path, text)
}

func (mutator *Mutator) change(verb string, site Site, value any) string {
	if string(marshal(value)) == string(marshal(site.value())) {
		return ""
	}
	site.set(value)
	return described(verb, site, value)
}

// drop removes a field.
func (mutator *Mutator) drop(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool { return site.member != "" })
	if !found {
		return ""
	}
	delete(site.holder.(map[string]any), site.member)
	return "drop " + site.path
}

// retype puts a value of another type.
func (mutator *Mutator) retype(object map[string]any) string {
	site, found := mutator.site(object, func(Site) bool { return true })
	if !found {
		return ""
	}
	values := []any{"text", json.Number("7"), true, []any{}, []any{"a"}, map[string]any{}, nil, json.Number("1.5")}
	return mutator.change("retype", site, pick(mutator, values))
}

// boundary puts a value that is at or past a limit.
func (mutator *Mutator) boundary(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool { return isScalar(site.value()) })
	if !found {
		return ""
	}
	return mutator.change("bound", site, mutator.boundaryOf(site))
}

// nearMiss misspells a word.
func (mutator *Mutator) nearMiss(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool {
		text, isText := site.value().(string)
		return isText && isWord(text)
	})
	if !found {
		return ""
	}
	text := site.value().(string)
	misses := []string{
		strings.ToLower(text), strings.ToUpper(text), text[:len(text)-1], text + "x", text[1:], " " + text, text + "s",
		text[:1] + strings.ToUpper(text[1:]), strings.ToUpper(text[:1]) + text[1:], text + "-", text + ".", text + "_b",
	}
	return mutator.change("misspell", site, pick(mutator, misses))
}

// swap takes the value of a like field, or exchanges two texts of the object.
func (mutator *Mutator) swap(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool { return isScalar(site.value()) })
	if !found {
		return ""
	}
	if mutator.IntN(4) > 0 {
		pool := mutator.pools.byName["scalar "+site.name()]
		if len(pool) == 0 {
			return ""
		}
		return mutator.change("take", site, clone(pick(mutator, pool)))
	}
	other, found := mutator.site(object, func(other Site) bool {
		return isScalar(other.value()) && fmt.Sprintf("%T", other.value()) == fmt.Sprintf("%T", site.value())
	})
	if !found || string(marshal(site.value())) == string(marshal(other.value())) {
		return ""
	}
	value := site.value()
	site.set(other.value())
	other.set(value)
	return fmt.Sprintf("exchange %s and %s", site.path, other.path)
}

// list makes a list longer or shorter.
func (mutator *Mutator) list(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool {
		_, isList := site.value().([]any)
		return isList
	})
	if !found {
		return ""
	}
	list := site.value().([]any)
	if len(list) == 0 {
		return ""
	}
	at := mutator.IntN(len(list))
	switch mutator.IntN(6) {
	case 0:
		site.set(slices.Delete(slices.Clone(list), at, at+1))
		return fmt.Sprintf("delete %s[%d]", site.path, at)
	case 1:
		site.set([]any{})
		return "empty " + site.path
	case 2:
		taken := mutator.pools.byName["member "+site.name()]
		if len(taken) == 0 {
			return ""
		}
		if others, isList := pick(mutator, taken).([]any); isList && len(others) > 0 {
			site.set(append(slices.Clone(list), clone(pick(mutator, others))))
			return fmt.Sprintf("append a sibling to %s", site.path)
		}
		return ""
	case 3:
		copied, isObject := clone(list[at]).(map[string]any)
		if !isObject {
			return ""
		}
		// A copy that differs in one thing: what must be unique beside it shows.
		inner := mutator.differing(copied)
		site.set(append(slices.Clone(list), any(copied)))
		return fmt.Sprintf("copy %s[%d] %s", site.path, at, inner)
	default:
		site.set(append(slices.Clone(list), clone(list[at])))
		return fmt.Sprintf("duplicate %s[%d]", site.path, at)
	}
}

func (mutator *Mutator) differing(object map[string]any) string {
	var members []string
	for _, member := range slices.Sorted(maps.Keys(object)) {
		if _, isText := object[member].(string); isText {
			members = append(members, member)
		}
	}
	if len(members) == 0 {
		return ""
	}
	member := pick(mutator, members)
	pool := mutator.pools.byName["scalar "+member]
	value := any(object[member].(string) + "2")
	if len(pool) > 0 && mutator.IntN(2) == 0 {
		value = clone(pick(mutator, pool))
	}
	object[member] = value
	return fmt.Sprintf("with %s = %s", member, marshal(value))
}

// add sets a field that is not there.
func (mutator *Mutator) add(object map[string]any) string {
	places := mutator.absent(object)
	if len(places) == 0 {
		return ""
	}
	site := pick(mutator, places)
	value := mutator.valueOf(site, 0)
	site.set(value)
	return described("add", site, value)
}

// absent gives the fields that are not there and could be.
func (mutator *Mutator) absent(object map[string]any) []Site {
	var places []Site
	consider := func(holder map[string]any, shape *Shape, path string) {
		if shape == nil {
			return
		}
		for _, member := range slices.Sorted(maps.Keys(shape.Properties)) {
			inner := joined(path, member, shape)
			if _, present := holder[member]; present || isUntouched(inner) {
				continue
			}
			places = append(places, Site{
				path: inner, shape: mutator.schema.child(shape, member), holder: holder, member: member,
			})
		}
	}
	shape := mutator.schema.of(object)
	consider(object, shape, "")
	walk(mutator.schema, object, shape, "", func(site Site) {
		if holder, isObject := site.value().(map[string]any); isObject {
			consider(holder, site.shape, site.path)
		}
	})
	return places
}

// version puts another version of Kubernetes.
func (mutator *Mutator) version(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool {
		text, isText := site.value().(string)
		return isText && kubernetesVersion.MatchString(text)
	})
	if !found {
		return ""
	}
	return mutator.change("version", site, fmt.Sprintf("1.%d.%d", 31+mutator.IntN(7), mutator.IntN(10)))
}

// annotate sets an annotation or a label that Gardener reads.
func (mutator *Mutator) annotate(object map[string]any) string {
	metadata, isObject := object["metadata"].(map[string]any)
	if !isObject {
		return ""
	}
	field, known := "annotations", annotations
	if mutator.IntN(4) == 0 {
		field, known = "labels", labels
	}
	held, isObject := metadata[field].(map[string]any)
	if !isObject {
		held = map[string]any{}
		metadata[field] = held
	}
	key := pick(mutator, slices.Sorted(maps.Keys(known)))
	site := Site{path: fmt.Sprintf("metadata.%s[%s]", field, key), holder: held, member: key}
	value := pick(mutator, known[key])
	held[key] = value
	return described("annotate", site, value)
}

// key adds an entry to a map.
func (mutator *Mutator) key(object map[string]any) string {
	site, found := mutator.site(object, func(site Site) bool {
		_, isObject := site.value().(map[string]any)
		return isObject && site.shape != nil && site.shape.values != nil
	})
	if !found {
		return ""
	}
	held := site.value().(map[string]any)
	key := pick(mutator, keys)
	inner := Site{path: fmt.Sprintf("%s[%s]", site.path, key), holder: held, member: key, shape: mutator.schema.resolve(site.shape.values)}
	value := mutator.valueOf(inner, 0)
	inner.set(value)
	return described("key", inner, value)
}
