package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kubeschema "k8s.io/apimachinery/pkg/runtime/schema"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/registry/rest"
	kubejson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// moduleDirectory is where the module of Gardener lies; the build sets it.
var moduleDirectory string

// CustomResource is a kind that a CustomResourceDefinition serves, and the webhooks that Gardener's operator has for it.
type CustomResource struct {
	structural *schema.Structural
	strategy   rest.RESTCreateUpdateStrategy
	rules      *cel.Validator
	webhooks   Webhooks
}

// Webhooks are what the operator says of an object that is made, and of a change; after its own defaults in both cases.
type Webhooks struct {
	create func(text []byte) *Verdict
	update func(before, after []byte) []Fault
}

// customResources gives the kinds that come with Gardener as CustomResourceDefinitions.
func customResources() (map[kubeschema.GroupVersionKind]*CustomResource, error) {
	found := map[kubeschema.GroupVersionKind]*CustomResource{}
	for file, webhooks := range map[string]Webhooks{
		"operator/10-crd-operator.gardener.cloud_gardens.yaml":                   {gardenWebhooks, gardenUpdated},
		"operator/10-crd-operator.gardener.cloud_extensions.yaml":                {extensionWebhooks, extensionUpdated},
		"resource-manager/10-crd-resources.gardener.cloud_managedresources.yaml": {noWebhooks, noUpdated},
	} {
		kind, resource, err := newCustomResource(file, webhooks)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		found[kind] = resource
	}
	return found, nil
}

func noWebhooks([]byte) *Verdict { return &Verdict{Accepts: true} }

func noUpdated(_, _ []byte) []Fault { return nil }

// newCustomResource builds from a definition what the API server builds from it.
func newCustomResource(file string, webhooks Webhooks) (kubeschema.GroupVersionKind, *CustomResource, error) {
	definition, kind, err := readDefinition(file)
	if err != nil {
		return kind, nil, err
	}
	properties := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(
		definition.Spec.Versions[0].Schema.OpenAPIV3Schema, properties, nil); err != nil {
		return kind, nil, err
	}
	structural, err := schema.NewStructural(properties)
	if err != nil {
		return kind, nil, err
	}
	validator, _, err := validation.NewSchemaValidator(properties)
	if err != nil {
		return kind, nil, err
	}
	status := &apiextensions.CustomResourceSubresourceStatus{}
	namespaced := definition.Spec.Scope == apiextensionsv1.NamespaceScoped
	return kind, &CustomResource{
		structural: structural,
		strategy: customresource.NewStrategy(
			unstructuredTyper{}, namespaced, kind, validator, nil, structural, status, nil, nil),
		rules:    cel.NewValidator(structural, true, celconfig.PerCallLimit),
		webhooks: webhooks,
	}, nil
}

func readDefinition(file string) (*apiextensionsv1.CustomResourceDefinition, kubeschema.GroupVersionKind, error) {
	directory, err := gardenerModule()
	if err != nil {
		return nil, kubeschema.GroupVersionKind{}, err
	}
	text, err := os.ReadFile(filepath.Join(directory, "example", file))
	if err != nil {
		return nil, kubeschema.GroupVersionKind{}, err
	}
	definition := &apiextensionsv1.CustomResourceDefinition{}
	err = yaml.UnmarshalStrict(text, definition)
	return definition, kubeschema.GroupVersionKind{
		Group: definition.Spec.Group, Version: definition.Spec.Versions[0].Name, Kind: definition.Spec.Names.Kind,
	}, err
}

// gardenerModule finds the module in the module cache when the build has not said where it is.
func gardenerModule() (string, error) {
	if moduleDirectory != "" {
		return moduleDirectory, nil
	}
	output, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gardener/gardener").Output()
	if err != nil {
		return "", fmt.Errorf("cannot find the module of Gardener: %w", err)
	}
	return strings.TrimSpace(string(output)), nil
}

type unstructuredTyper struct{}

func (unstructuredTyper) ObjectKinds(object runtime.Object) ([]kubeschema.GroupVersionKind, bool, error) {
	return []kubeschema.GroupVersionKind{object.GetObjectKind().GroupVersionKind()}, false, nil
}

func (unstructuredTyper) Recognizes(kubeschema.GroupVersionKind) bool { return true }

// Judge does what the API server does with a custom resource, and then what the operator's webhooks do. The webhooks see
// only what the schema takes, so that a fault has the path that the schema gives it.
func (resource *CustomResource) Judge(text []byte) *Verdict {
	object := &unstructured.Unstructured{}
	strict, err := kubejson.UnmarshalStrict(text, &object.Object)
	if err != nil {
		return cut(StageDecode, Fault{Type: "malformed", Detail: err.Error()})
	}
	unknown, err := resource.coerce(object.Object)
	if err != nil {
		return cut(StageDecode, decodingFaults(err)...)
	}
	for _, path := range unknown {
		strict = append(strict, fmt.Errorf("unknown field %q", path))
	}
	var undecoded []Fault
	if len(strict) > 0 {
		undecoded = decodingFaults(runtime.NewStrictDecodingError(strict))
	}
	return resource.judgeDecoded(object).before(StageDecode, undecoded...)
}

func (resource *CustomResource) judgeDecoded(object *unstructured.Unstructured) *Verdict {
	defaulting.Default(object.Object, resource.structural)
	fillMetadata(object, resource.strategy)
	ctx := context.Background()
	resource.strategy.PrepareForCreate(ctx, object)
	errs := resource.strategy.Validate(ctx, object)
	stored, err := json.Marshal(object.Object)
	if err != nil {
		return cut(StageDefaults, Fault{Type: "malformed", Detail: err.Error()})
	}
	var skipped []Fault
	if count := len(errs); count > 0 && errs[count-1].Field == rulesSkipped {
		errs = errs[:count-1]
		found, _ := resource.rules.Validate(
			ctx, nil, resource.structural, object.Object, nil, celconfig.RuntimeCELCostBudget)
		skipped = faults(found)
	}
	return resource.asked(stored).before(StageValidate, skipped...).before(StageValidate, placed(faults(errs))...)
}

// Where a number does not fit its format, the field stands in the detail alone.
var placeInDetail = regexp.MustCompile(` in (\S+)$`)

func placed(faults []Fault) []Fault {
	for number, fault := range faults {
		if match := placeInDetail.FindStringSubmatch(fault.Detail); match != nil && fault.Field == rulesSkipped {
			faults[number].Field = match[1]
		}
	}
	return faults
}

// The field of the error that says no more than that the rules in CEL were not asked.
const rulesSkipped = "<nil>"

// asked gives the webhooks' verdict. They were not made for what the schema refuses, and may panic on it.
func (resource *CustomResource) asked(text []byte) (verdict *Verdict) {
	defer func() {
		if panicked := recover(); panicked != nil {
			verdict = cut(StagePanic, Fault{Type: "panic", Detail: fmt.Sprint(panicked)})
		}
	}()
	return resource.webhooks.create(text)
}

// coerce drops unknown fields and gives their paths, drops nulls where they mean nothing, and reads the metadata.
func (resource *CustomResource) coerce(object map[string]any) ([]string, error) {
	metadata, found, unknown, err := objectmeta.GetObjectMetaWithOptions(
		object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, err
	}
	kept := map[string]any{"apiVersion": object["apiVersion"], "kind": object["kind"]}
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	unknown = append(unknown, pruning.PruneWithOptions(object, resource.structural, true, options)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, resource.structural)
	fault, paths := objectmeta.CoerceWithOptions(
		nil, object, resource.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if fault != nil {
		return nil, fault
	}
	for key, value := range kept {
		object[key] = value
	}
	if found {
		err = objectmeta.SetObjectMeta(object, metadata)
	}
	return append(unknown, paths...), err
}
