// Command dump prints the OpenAPI definitions compiled into Gardener's API server as one document with
// `components.schemas`, and beside them the gardenlet's configuration, for which Gardener publishes no definition.
// `dump tables` prints the tables of names and versions that its validation goes by.
package main

import (
	"encoding/json"
	"io"
	"os"
	"reflect"
	"strings"

	gardenletconfigv1alpha1 "github.com/gardener/gardener/pkg/apis/config/gardenlet/v1alpha1"
	"github.com/gardener/gardener/pkg/apiserver/openapi"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

const prefix = "#/components/schemas/"

type schemas map[string]spec.Schema

func main() {
	write := writeSchemas
	if len(os.Args) > 1 && os.Args[1] == "tables" {
		write = writeTables
	}
	if err := write(os.Stdout); err != nil {
		panic(err)
	}
}

func writeSchemas(w io.Writer) error {
	all := schemas{}
	reference := func(name string) spec.Ref { return spec.MustCreateRef(prefix + name) }
	for name, definition := range openapi.GetOpenAPIDefinitions(reference) {
		all[name] = definition.Schema
	}
	all.reflect(reflect.TypeFor[gardenletconfigv1alpha1.GardenletConfiguration]())

	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(map[string]any{"components": map[string]any{"schemas": all}})
}

// reflect describes a Go type as encoding/json reads it; a struct becomes a definition of its own.
func (s schemas) reflect(t reflect.Type) spec.Schema {
	switch t.Kind() {
	case reflect.Pointer:
		return s.reflect(t.Elem())
	case reflect.Bool:
		return *spec.BooleanProperty()
	case reflect.Int32:
		return *spec.Int32Property()
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return *spec.Int64Property()
	case reflect.Float32, reflect.Float64:
		return *spec.Float64Property()
	case reflect.String:
		return *spec.StringProperty()
	case reflect.Interface:
		return spec.Schema{}
	case reflect.Slice:
		items := s.reflect(t.Elem())
		return *spec.ArrayProperty(&items)
	case reflect.Map:
		values := s.reflect(t.Elem())
		return *spec.MapProperty(&values)
	case reflect.Struct:
		return *spec.RefProperty(prefix + s.define(t))
	}
	panic("no schema for " + t.String())
}

func (s schemas) define(t reflect.Type) string {
	name := strings.ReplaceAll(t.PkgPath(), "/", ".") + "." + t.Name()
	if named, ok := reflect.Zero(t).Interface().(interface{ OpenAPIModelName() string }); ok {
		// A struct inherits the method of a struct it embeds, and with it a name that is not its own.
		if model := named.OpenAPIModelName(); strings.HasSuffix(model, "."+t.Name()) {
			name = model
		}
	}
	if _, done := s[name]; done {
		return name
	}
	schema := spec.Schema{SchemaProps: spec.SchemaProps{Type: []string{"object"}, Properties: map[string]spec.Schema{}}}
	s[name] = schema // before its fields, for a type that refers to itself
	s.fields(t, schema.Properties)
	return name
}

func (s schemas) fields(t reflect.Type, properties map[string]spec.Schema) {
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || !field.IsExported():
		case name == "" && field.Anonymous || strings.Contains(options, "inline"):
			s.fields(field.Type, properties)
		default:
			properties[name] = s.reflect(field.Type)
		}
	}
}
