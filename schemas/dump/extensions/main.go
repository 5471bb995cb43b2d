// Command extensions prints the configurations of extensions as an OpenAPI document with `components.schemas`: it reads the
// Go types of `pkg/apis` without building them, because no two extensions agree on their dependencies.
//
//	go run . DIRECTORY…    with the directory `pkg/apis` of each extension
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
)

type schema map[string]any

const prefix = "#/components/schemas/"

var (
	text      = schema{"type": "string"}
	quantity  = reference("io.k8s.apimachinery.pkg.api.resource.Quantity")
	resources = schema{"type": "object", "additionalProperties": quantity}
	texts     = schema{"type": "array", "items": text}
)

// external are the types of other modules, by the last part of their package and their name.
var external = map[string]schema{
	"v1.Duration":                  reference("io.k8s.apimachinery.pkg.apis.meta.v1.Duration"),
	"v1.Time":                      reference("io.k8s.apimachinery.pkg.apis.meta.v1.Time"),
	"v1.Toleration":                reference("io.k8s.api.core.v1.Toleration"),
	"v1.SecretReference":           object(map[string]schema{"name": text, "namespace": text}),
	"v1.LocalObjectReference":      object(map[string]schema{"name": text}),
	"v1.ResourceList":              resources,
	"v1.OCIRepository":             {},
	"resource.Quantity":            quantity,
	"intstr.IntOrString":           {"x-kubernetes-int-or-string": true},
	"runtime.RawExtension":         {},
	"v1beta1.Capabilities":         {"type": "object", "additionalProperties": texts},
	"v1beta1.IPFamily":             text,
	"v1beta1.Machine":              {},
	"v1alpha1.NodeTemplate":        object(map[string]schema{"capacity": resources, "virtualCapacity": resources}),
	"v1alpha1.AuditBackends":       {},
	"v1alpha1.AuditWebhookMode":    text,
	"v1alpha1.DeliveryMode":        text,
	"v1.Kustomization":             {},
	"v1.KustomizationSpec":         {},
	"v1.ObjectMeta":                {},
	"v1alpha1.DNSEntrySpec":        {},
	"v1alpha1.LocalUIDReference":   {},
	"v1alpha1.HealthCheckConfig":   {},
	"v1.HealthCheckConfig":         {},
	"v1beta1.PersistentVolumeType": text,
}

func reference(name string) schema { return schema{"$ref": prefix + name} }

func object(properties map[string]schema) schema {
	return schema{"type": "object", "properties": properties}
}

// apis is one package of types.
type apis struct {
	group, version string
	types          map[string]ast.Expr
	imports        map[string]string
	out            map[string]schema
}

func main() {
	out := map[string]schema{}
	for _, root := range os.Args[1:] {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && strings.HasPrefix(entry.Name(), "v1") {
				read(path, out)
			}
			return err
		})
		check(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	check(encoder.Encode(schema{"components": schema{"schemas": out}}))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var groupName = regexp.MustCompile(`GroupName\s*=\s*"([^"]+)"`)

func read(directory string, out map[string]schema) {
	a := apis{version: filepath.Base(directory), types: map[string]ast.Expr{}, imports: map[string]string{}, out: out}
	for _, candidate := range []string{"register.go", "../register.go", "doc.go"} {
		content, err := os.ReadFile(filepath.Join(directory, candidate))
		if match := groupName.FindSubmatch(content); err == nil && match != nil && a.group == "" {
			a.group = string(match[1])
		}
	}
	files, err := filepath.Glob(filepath.Join(directory, "*.go"))
	check(err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		check(err)
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			alias := path[strings.LastIndex(path, "/")+1:]
			if spec.Name != nil {
				a.imports[spec.Name.Name] = alias
			} else {
				a.imports[alias] = alias
			}
		}
		for _, declaration := range file.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok {
				for _, spec := range general.Specs {
					if named, ok := spec.(*ast.TypeSpec); ok {
						a.types[named.Name.Name] = named.Type
					}
				}
			}
		}
	}
	for name, expression := range a.types {
		if structure, ok := expression.(*ast.StructType); ok && isKind(structure) {
			kind := a.define(name)
			out[kind]["x-kubernetes-group-version-kind"] = []schema{{"group": a.group, "version": a.version, "kind": name}}
		}
	}
}

// isKind tells whether a struct says its apiVersion and kind.
func isKind(structure *ast.StructType) bool {
	for _, field := range structure.Fields.List {
		if selector, ok := field.Type.(*ast.SelectorExpr); ok && len(field.Names) == 0 && selector.Sel.Name == "TypeMeta" {
			return true
		}
	}
	return false
}

func (a *apis) define(name string) string {
	full := a.group + "." + a.version + "." + name
	if _, done := a.out[full]; !done {
		a.out[full] = schema{} // before its fields, for a type that refers to itself
		a.out[full] = a.structure(a.types[name].(*ast.StructType))
	}
	return full
}

func (a *apis) structure(structure *ast.StructType) schema {
	properties := map[string]schema{}
	a.fields(structure, properties)
	return object(properties)
}

func (a *apis) fields(structure *ast.StructType, properties map[string]schema) {
	for _, field := range structure.Fields.List {
		tag := ""
		if field.Tag != nil {
			tag = reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
		}
		name, _, _ := strings.Cut(tag, ",")
		if name == "-" {
			continue
		}
		if name == "" && len(field.Names) == 0 {
			a.embed(field.Type, properties)
			continue
		}
		if name == "" {
			name = field.Names[0].Name
		}
		properties[name] = a.schemaOf(field.Type)
	}
}

func (a *apis) embed(expression ast.Expr, properties map[string]schema) {
	switch embedded := expression.(type) {
	case *ast.SelectorExpr:
		if embedded.Sel.Name == "TypeMeta" {
			properties["apiVersion"], properties["kind"] = text, text
			return
		}
	case *ast.Ident:
		a.fields(a.types[embedded.Name].(*ast.StructType), properties)
		return
	}
	check(fmt.Errorf("%s: nothing is known of an embedded %v", a.group, expression))
}

func (a *apis) schemaOf(expression ast.Expr) schema {
	switch e := expression.(type) {
	case *ast.StarExpr:
		return a.schemaOf(e.X)
	case *ast.ArrayType:
		if name, ok := e.Elt.(*ast.Ident); ok && name.Name == "byte" {
			return schema{"type": "string", "format": "byte"}
		}
		return schema{"type": "array", "items": a.schemaOf(e.Elt)}
	case *ast.MapType:
		return schema{"type": "object", "additionalProperties": a.schemaOf(e.Value)}
	case *ast.StructType:
		return a.structure(e)
	case *ast.SelectorExpr:
		alias := e.X.(*ast.Ident).Name
		if known, ok := external[a.imports[alias]+"."+e.Sel.Name]; ok {
			return known
		}
		fmt.Fprintf(os.Stderr, "%s/%s: %s.%s is left open\n", a.group, a.version, alias, e.Sel.Name)
		return schema{}
	case *ast.Ident:
		return a.named(e.Name)
	}
	check(fmt.Errorf("%s: no schema for %T", a.group, expression))
	return nil
}

func (a *apis) named(name string) schema {
	switch name {
	case "bool":
		return schema{"type": "boolean"}
	case "string":
		return text
	case "int32", "uint16", "uint8", "int16":
		return schema{"type": "integer", "format": "int32"}
	case "int", "int64", "uint32", "uint64", "uint":
		return schema{"type": "integer", "format": "int64"}
	case "float32", "float64":
		return schema{"type": "number"}
	}
	if _, ok := a.types[name].(*ast.StructType); ok {
		return reference(a.define(name))
	}
	return a.schemaOf(a.types[name])
}
