package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Site is a place in an object: the member of an object or the item of a list.
type Site struct {
	path   string
	shape  *Shape
	holder any
	member string
	index  int
}

func (site Site) value() any {
	if list, isList := site.holder.(*[]any); isList {
		return (*list)[site.index]
	}
	return site.holder.(map[string]any)[site.member]
}

func (site Site) set(value any) {
	if list, isList := site.holder.(*[]any); isList {
		(*list)[site.index] = value
		return
	}
	site.holder.(map[string]any)[site.member] = value
}

// name is the last member on the way: what the value is about.
func (site Site) name() string {
	if site.member != "" {
		return site.member
	}
	path := strings.TrimRight(site.path, "0123456789[]")
	return path[strings.LastIndexByte(path, '.')+1:]
}

// What the server fills in or drops, and what is not the business of Gardener's API server: configurations of
// extensions are judged by their own admission controllers.
var untouched = []string{
	"apiVersion", "kind", "status", "metadata.managedFields", "metadata.creationTimestamp", "metadata.deletionTimestamp",
	"metadata.deletionGracePeriodSeconds", "metadata.generation", "metadata.resourceVersion", "metadata.selfLink",
	"metadata.uid", "metadata.generateName", "metadata.ownerReferences",
}

func isUntouched(path string) bool {
	return slices.Contains(untouched, path) || strings.HasSuffix(path, "roviderConfig") ||
		strings.HasSuffix(path, ".helm.rawChart")
}

// walk calls the visitor for each place below a value, objects before their members.
func walk(schema *Schema, value any, shape *Shape, path string, visit func(Site)) {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(value)) {
			inner := joined(path, member, shape)
			if isUntouched(inner) {
				continue
			}
			site := Site{path: inner, shape: schema.child(shape, member), holder: value, member: member}
			visit(site)
			walk(schema, value[member], site.shape, inner, visit)
		}
	case []any:
		for index := range value {
			inner := path + "[" + strconv.Itoa(index) + "]"
			site := Site{path: inner, shape: schema.child(shape, ""), holder: &value, index: index}
			visit(site)
			walk(schema, value[index], site.shape, inner, visit)
		}
	}
}

func joined(path, member string, shape *Shape) string {
	if path == "" {
		return member
	}
	if shape != nil && shape.Properties[member] == nil && shape.values != nil {
		return fmt.Sprintf("%s[%s]", path, member)
	}
	return path + "." + member
}

func (mutator *Mutator) sites(object map[string]any, wanted func(Site) bool) []Site {
	var sites []Site
	walk(mutator.schema, object, mutator.schema.of(object), "", func(site Site) {
		if wanted(site) {
			sites = append(sites, site)
		}
	})
	return sites
}

// Pools hold the values that were seen in any object, by what they are.
type Pools struct {
	byShape map[string][]any
	byName  map[string][]any
	seen    map[string]bool
}

func newPools() *Pools {
	return &Pools{byShape: map[string][]any{}, byName: map[string][]any{}, seen: map[string]bool{}}
}

func (pools *Pools) add(pool map[string][]any, key string, value any) {
	identity := key + " " + string(marshal(value))
	if !pools.seen[identity] && len(pool[key]) < 64 {
		pools.seen[identity] = true
		pool[key] = append(pool[key], clone(value))
	}
}

func (pools *Pools) gather(schema *Schema, object map[string]any) {
	walk(schema, object, schema.of(object), "", func(site Site) {
		value := site.value()
		if site.shape != nil && site.shape.name != "" {
			pools.add(pools.byShape, site.shape.name, value)
		}
		switch value.(type) {
		case map[string]any, []any:
		default:
			pools.add(pools.byName, "scalar "+site.name(), value)
		}
		if site.member != "" {
			pools.add(pools.byName, "member "+site.member, value)
		}
	})
}
