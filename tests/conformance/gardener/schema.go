package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Schema is a schema pack, read for its structure.
type Schema struct {
	Defs  map[string]*Shape `json:"$defs"`
	Kinds map[string]*Shape `json:"kinds"`
}

// Shape is what may stand at one place.
type Shape struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Properties map[string]*Shape `json:"properties"`
	Additional json.RawMessage   `json:"additionalProperties"`
	Items      *Shape            `json:"items"`
	Required   []string          `json:"required"`
	Enum       []any             `json:"enum"`
	Format     string            `json:"format"`
	// The name of the definition, or of the field inside of one: where in other objects such a shape was seen.
	name   string
	values *Shape
}

func readSchema(path string) (*Schema, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	schema := &Schema{}
	if err := json.Unmarshal(text, schema); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for name, shape := range schema.Defs {
		shape.settle(name)
	}
	return schema, nil
}

func (shape *Shape) settle(name string) {
	if shape == nil {
		return
	}
	shape.name = name
	for field, property := range shape.Properties {
		property.settle(name + "." + field)
	}
	shape.Items.settle(name + "[]")
	if len(shape.Additional) > 0 && shape.Additional[0] == '{' {
		shape.values = &Shape{}
		if err := json.Unmarshal(shape.Additional, shape.values); err != nil {
			panic(err)
		}
		shape.values.settle(name + "{}")
	}
}

// of gives the shape of an object's kind.
func (schema *Schema) of(object map[string]any) *Shape {
	return schema.resolve(schema.Kinds[fmt.Sprintf("%v/%v", object["apiVersion"], object["kind"])])
}

func (schema *Schema) resolve(shape *Shape) *Shape {
	for shape != nil && shape.Ref != "" {
		shape = schema.Defs[strings.TrimPrefix(shape.Ref, "#/$defs/")]
	}
	return shape
}

// child gives the shape of a member or, with an empty name, of an item.
func (schema *Schema) child(shape *Shape, member string) *Shape {
	switch {
	case shape == nil:
		return nil
	case member == "":
		return schema.resolve(shape.Items)
	case shape.Properties[member] != nil:
		return schema.resolve(shape.Properties[member])
	default:
		return schema.resolve(shape.values)
	}
}

func (shape *Shape) is(kind string) bool {
	if kinds, several := shape.Type.([]any); several {
		for _, one := range kinds {
			if one == kind {
				return true
			}
		}
		return false
	}
	return shape.Type == kind
}
