package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"

	"github.com/gardener/gardener/pkg/api"
	"github.com/gardener/gardener/pkg/apis/core"
	corev1 "github.com/gardener/gardener/pkg/apis/core/v1"
	corev1beta1 "github.com/gardener/gardener/pkg/apis/core/v1beta1"
	"github.com/gardener/gardener/pkg/apis/operations"
	operationsv1alpha1 "github.com/gardener/gardener/pkg/apis/operations/v1alpha1"
	"github.com/gardener/gardener/pkg/apis/security"
	securityv1alpha1 "github.com/gardener/gardener/pkg/apis/security/v1alpha1"
	"github.com/gardener/gardener/pkg/apis/seedmanagement"
	seedmanagementv1alpha1 "github.com/gardener/gardener/pkg/apis/seedmanagement/v1alpha1"
	"github.com/gardener/gardener/pkg/apiserver/features"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/backupbucket"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/backupentry"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/cloudprofile"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/controllerdeployment"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/controllerinstallation"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/controllerregistration"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/exposureclass"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/internalsecret"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/namespacedcloudprofile"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/project"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/quota"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/secretbinding"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/seed"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/shoot"
	"github.com/gardener/gardener/pkg/apiserver/registry/core/shootstate"
	"github.com/gardener/gardener/pkg/apiserver/registry/operations/bastion"
	"github.com/gardener/gardener/pkg/apiserver/registry/security/credentialsbinding"
	"github.com/gardener/gardener/pkg/apiserver/registry/security/workloadidentity"
	"github.com/gardener/gardener/pkg/apiserver/registry/seedmanagement/gardenlet"
	"github.com/gardener/gardener/pkg/apiserver/registry/seedmanagement/managedseed"
	"github.com/gardener/gardener/pkg/apiserver/registry/seedmanagement/managedseedset"
	gardenerfeatures "github.com/gardener/gardener/pkg/features"
)

// A landscape may switch these on, so what needs them is no fault of an object by itself.
const assumedGates = "InPlaceNodeUpdates=true,VersionClassificationLifecycle=true"

// The stages at which an object can be refused.
const (
	StageDecode      = "decode"
	StageDefaults    = "defaults"
	StageValidate    = "validate"
	StagePanic       = "panic"
	StageUnsupported = "unsupported"
)

// Verdict is what the API server would say.
type Verdict struct {
	Accepts bool    `json:"accepts"`
	Stage   string  `json:"stage,omitempty"`
	Errors  []Fault `json:"errors,omitempty"`
	// What the stages after the one that refused would find, were it not there; a compiler tells all at once.
	Later []Fault `json:"later,omitempty"`
	// Whether the later stages cannot be asked, because there is nothing to ask them about.
	Cut bool `json:"cut,omitempty"`
}

// Fault is one error of a verdict.
type Fault struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func refused(stage string, faults ...Fault) *Verdict {
	return &Verdict{Stage: stage, Errors: faults}
}

// cut is refused, and nothing can be said about the later stages.
func cut(stage string, faults ...Fault) *Verdict {
	return &Verdict{Stage: stage, Errors: faults, Cut: true}
}

// before puts the faults of an earlier stage before a verdict.
func (verdict *Verdict) before(stage string, faults ...Fault) *Verdict {
	if len(faults) == 0 {
		return verdict
	}
	later := append(verdict.Errors, verdict.Later...)
	return &Verdict{Stage: stage, Errors: faults, Later: later, Cut: verdict.Cut}
}

// Court knows the kinds of Gardener's API servers.
type Court struct {
	decoder    runtime.Decoder
	strategies map[schema.GroupVersionKind]rest.RESTCreateUpdateStrategy
	resources  map[schema.GroupVersionKind]*CustomResource
}

// NewCourt prepares the schemes, the feature gates and the schemas of custom resources.
func NewCourt(gates string) (*Court, error) {
	features.RegisterFeatureGates()
	if err := gardenerfeatures.DefaultFeatureGate.Set(gates); err != nil {
		return nil, err
	}
	resources, err := customResources()
	if err != nil {
		return nil, err
	}
	strict := serializer.NewCodecFactory(api.Scheme, serializer.EnableStrict)
	internal := []runtime.GroupVersioner{}
	for _, version := range []schema.GroupVersion{
		core.SchemeGroupVersion, security.SchemeGroupVersion, seedmanagement.SchemeGroupVersion, operations.SchemeGroupVersion,
	} {
		internal = append(internal, version)
	}
	return &Court{
		decoder:    strict.DecoderToVersion(strict.UniversalDeserializer(), internalOf(internal)),
		strategies: strategies(),
		resources:  resources,
	}, nil
}

// internalOf decodes each object to the version that its group's validation works on.
type internalOf []runtime.GroupVersioner

func (versions internalOf) KindForGroupVersionKinds(kinds []schema.GroupVersionKind) (schema.GroupVersionKind, bool) {
	for _, version := range versions {
		if kind, found := version.KindForGroupVersionKinds(kinds); found {
			return kind, true
		}
	}
	return schema.GroupVersionKind{}, false
}

func (versions internalOf) Identifier() string { return "internal" }

func strategies() map[schema.GroupVersionKind]rest.RESTCreateUpdateStrategy {
	found := map[schema.GroupVersionKind]rest.RESTCreateUpdateStrategy{
		corev1.SchemeGroupVersion.WithKind("ControllerDeployment"): controllerdeployment.Strategy,
	}
	add := func(version schema.GroupVersion, byKind map[string]rest.RESTCreateUpdateStrategy) {
		for kind, strategy := range byKind {
			found[version.WithKind(kind)] = strategy
		}
	}
	add(corev1beta1.SchemeGroupVersion, map[string]rest.RESTCreateUpdateStrategy{
		"BackupBucket":           backupbucket.Strategy,
		"BackupEntry":            backupentry.Strategy,
		"CloudProfile":           cloudprofile.Strategy,
		"ControllerDeployment":   controllerdeployment.Strategy,
		"ControllerInstallation": controllerinstallation.Strategy,
		"ControllerRegistration": controllerregistration.Strategy,
		"ExposureClass":          exposureclass.NewStrategy(),
		"InternalSecret":         internalsecret.Strategy,
		"NamespacedCloudProfile": namespacedcloudprofile.Strategy,
		"Project":                project.Strategy,
		"Quota":                  quota.Strategy,
		"SecretBinding":          secretbinding.Strategy,
		"Seed":                   seed.NewStrategy(),
		"Shoot":                  shoot.NewStrategy(0),
		"ShootState":             shootstate.Strategy,
	})
	add(operationsv1alpha1.SchemeGroupVersion, map[string]rest.RESTCreateUpdateStrategy{"Bastion": bastion.Strategy})
	add(securityv1alpha1.SchemeGroupVersion, map[string]rest.RESTCreateUpdateStrategy{
		"CredentialsBinding": credentialsbinding.Strategy,
		"WorkloadIdentity":   workloadidentity.Strategy,
	})
	add(seedmanagementv1alpha1.SchemeGroupVersion, map[string]rest.RESTCreateUpdateStrategy{
		"Gardenlet":      gardenlet.NewStrategy(),
		"ManagedSeed":    managedseed.NewStrategy(),
		"ManagedSeedSet": managedseedset.NewStrategy(),
	})
	return found
}

// Judge gives the kind of an object, and the verdict. A panic upstream is a verdict too.
func (court *Court) Judge(object []byte) (kind string, verdict *Verdict) {
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(object, &head); err != nil {
		return "", refused(StageDecode, Fault{Type: "malformed", Detail: err.Error()})
	}
	kind = head.Kind
	gvk := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	defer func() {
		if panicked := recover(); panicked != nil {
			verdict = cut(StagePanic, Fault{Type: "panic", Detail: fmt.Sprint(panicked)})
		}
	}()
	if resource, found := court.resources[gvk]; found {
		return kind, resource.Judge(object)
	}
	strategy, found := court.strategies[gvk]
	if !found {
		return kind, refused(StageUnsupported)
	}
	return kind, court.judge(object, strategy).lenient(kind, object)
}

// judge does what the server does with a create request, in the same order and up to the first step that refuses:
// the handler's strict decoding with defaults, the store's system fields and name, and rest.BeforeCreate.
func (court *Court) judge(text []byte, strategy rest.RESTCreateStrategy) *Verdict {
	object, _, err := court.decoder.Decode(text, nil, nil)
	strict, isStrict := runtime.AsStrictDecodingError(err)
	if err != nil && (!isStrict || object == nil) {
		return cut(StageDecode, decodingFaults(err)...)
	}
	verdict := court.judgeDecoded(object, strategy)
	if isStrict {
		return verdict.before(StageDecode, decodingFaults(strict)...)
	}
	return verdict
}

func (court *Court) judgeDecoded(object runtime.Object, strategy rest.RESTCreateStrategy) *Verdict {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return cut(StageDecode, Fault{Type: "malformed", Detail: err.Error()})
	}
	fillMetadata(accessor, strategy)
	ctx := context.Background()
	source := object.DeepCopyObject()
	strategy.PrepareForCreate(ctx, object)
	errs := renumbered(source, object, strategy.Validate(ctx, object))
	general := genericvalidation.ValidateObjectMetaAccessor(
		accessor, strategy.NamespaceScoped(), path.ValidatePathSegmentName, field.NewPath("metadata"))
	verdict := &Verdict{Accepts: true}
	return verdict.before(StageValidate, faults(general)...).before(StageValidate, faults(errs)...)
}

// fillMetadata sets what the store sets. A namespace comes with the request and is that of the object here, so that a
// missing one shows; the server ignores one that a cluster-scoped object has.
func fillMetadata(accessor metav1.Object, strategy rest.RESTCreateStrategy) {
	rest.FillObjectMetaSystemFields(accessor)
	if accessor.GetName() == "" && accessor.GetGenerateName() != "" {
		accessor.SetName(strategy.GenerateName(accessor.GetGenerateName()))
	}
	if !strategy.NamespaceScoped() {
		accessor.SetNamespace(metav1.NamespaceNone)
	}
}

func faults(errs field.ErrorList) []Fault {
	converted := make([]Fault, 0, len(errs))
	for _, err := range errs {
		converted = append(converted, Fault{Type: string(err.Type), Field: err.Field, Detail: err.ErrorBody()})
	}
	return converted
}

var (
	strictFault = regexp.MustCompile(`^(unknown|duplicate) field "(.*)"$`)
	typeFault   = regexp.MustCompile(`Go struct field \S+?\.(\S+) of type`)
)

// decodingFaults gives the fields that a decoder names; most often it names one only, and stops there.
func decodingFaults(err error) []Fault {
	strict, isStrict := runtime.AsStrictDecodingError(err)
	if !isStrict {
		fault := Fault{Type: "malformed", Detail: err.Error()}
		if match := typeFault.FindStringSubmatch(err.Error()); match != nil {
			fault = Fault{Type: "type", Field: match[1], Detail: err.Error()}
		}
		return []Fault{fault}
	}
	var found []Fault
	for _, err := range strict.Errors() {
		fault := Fault{Type: "malformed", Detail: err.Error()}
		if match := strictFault.FindStringSubmatch(strings.TrimSpace(err.Error())); match != nil {
			fault.Type, fault.Field = match[1], match[2]
		}
		found = append(found, fault)
	}
	return found
}
