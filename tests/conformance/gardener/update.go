package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"

	"github.com/gardener/gardener/pkg/apis/core"
	"github.com/gardener/gardener/pkg/apis/security"
)

// update is what asks about a change of one object.
type update interface {
	// decode reads an object as the server does when it is sent; an error means that there is nothing to compare.
	decode(text []byte) (runtime.Object, error)
	// store makes of an object what the server has of it once it is settled.
	store(object runtime.Object)
	// refusals gives what is refused about a change to the first object from the second one. Both may be changed by it.
	refusals(after, before runtime.Object) []Fault
}

// JudgeUpdate says what is refused about a change because of what was there before. What the server would say of the new
// object by itself, when it is made or when it is sent once more unchanged, stands among the later faults.
func (court *Court) JudgeUpdate(before, after []byte) (kind string, verdict *Verdict) {
	kind, alone := court.Judge(after)
	if alone.Stage == StagePanic {
		return kind, alone
	}
	if alone.Cut || alone.Stage == StageUnsupported {
		return kind, refused(StageUnsupported)
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			verdict = cut(StagePanic, Fault{Type: "panic", Detail: fmt.Sprint(panicked)})
		}
	}()
	asked, found := court.update(after)
	if !found {
		return kind, refused(StageUnsupported)
	}
	stored, err := asked.decode(before)
	sent, errOfSent := asked.decode(after)
	if err != nil || errOfSent != nil {
		return kind, refused(StageUnsupported)
	}
	asked.store(stored)
	same := sent.DeepCopyObject()
	asked.store(same)
	later := append(alone.Errors, alone.Later...)
	later = append(later, asked.refusals(sent.DeepCopyObject(), same)...)
	verdict = &Verdict{Later: later}
	for _, fault := range asked.refusals(sent, stored) {
		if slices.ContainsFunc(later, fault.isAt) || isFilledIn(kind, fault.Field, before, after) {
			verdict.Later = append(verdict.Later, fault)
		} else {
			verdict.Errors = append(verdict.Errors, fault)
		}
	}
	verdict.Accepts = len(verdict.Errors) == 0
	if !verdict.Accepts {
		verdict.Stage = StageValidate
	}
	return kind, verdict
}

// isAt tells whether another fault is at the same field. In what order the items of a set are told is different each time.
func (fault Fault) isAt(other Fault) bool {
	whole := func(path string) string { return lastItem.ReplaceAllString(path, "") }
	return whole(fault.Field) == whole(other.Field)
}

var lastItem = regexp.MustCompile(`\[\d+\]$`)

// isFilledIn tells whether somebody else would have written what is compared: an admission plugin where one side has nothing,
// or the server, which keeps what it filled in once when an object is applied again.
func isFilledIn(kind, path string, sides ...[]byte) bool {
	empty := 0
	for _, text := range sides {
		var object any
		if err := json.Unmarshal(text, &object); err != nil {
			return false
		}
		value := valueAt(object, path)
		version, isText := value.(string)
		if isEmpty(value) || isText && incomplete.MatchString(version) {
			empty++
		}
	}
	pattern := filledIn[kind]
	return empty > 0 && pattern != nil && pattern.MatchString(path) ||
		empty == len(sides) && slices.Contains(defaultsKept[kind], path)
}

// What the server fills in by what else is there.
var defaultsKept = map[string][]string{
	"Shoot": {
		"spec.kubernetes.kubeControllerManager.nodeCIDRMaskSize",
		"spec.kubernetes.kubeControllerManager.nodeCIDRMaskSizeIPv6",
	},
}

// The plugin completes a version that is the beginning of one.
var incomplete = regexp.MustCompile(`^\d+(\.\d+)?$`)

func (court *Court) update(text []byte) (update, bool) {
	var head runtime.TypeMeta
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, false
	}
	kind := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	if resource, found := court.resources[kind]; found {
		return resource, true
	}
	strategy, found := court.strategies[kind]
	return served{court, strategy}, found
}

// served is a kind that Gardener's own API server serves.
type served struct {
	court    *Court
	strategy rest.RESTCreateUpdateStrategy
}

func (served served) decode(text []byte) (runtime.Object, error) {
	object, _, err := served.court.decoder.Decode(text, nil, nil)
	if runtime.IsStrictDecodingError(err) && object != nil {
		err = nil
	}
	return object, err
}

// store sends the object once more unchanged: what a create drops, such as a version that has expired since, stays.
func (served served) store(object runtime.Object) {
	settle(object, served.strategy)
	served.strategy.PrepareForUpdate(context.Background(), object, object.DeepCopyObject())
	served.strategy.Canonicalize(object)
	switch object := object.(type) {
	case *core.Shoot:
		object.Status = settledShoot(object)
	case *security.WorkloadIdentity:
		object.Status.Sub = strings.Join([]string{"gardener.cloud", "workloadidentity", object.Namespace, object.Name, string(object.UID)}, ":")
	}
}

func (served served) refusals(after, before runtime.Object) []Fault {
	inherit(after, before, served.strategy)
	ctx := context.Background()
	served.strategy.PrepareForUpdate(ctx, after, before)
	return refusals(served.strategy, after, before)
}

// refusals does what the server does after the preparation, in its order, and does not stop at the first step.
func refusals(strategy rest.RESTUpdateStrategy, after, before runtime.Object) []Fault {
	general := field.ErrorList{}
	accessor, err := meta.Accessor(after)
	previous, errOfPrevious := meta.Accessor(before)
	if err == nil && errOfPrevious == nil {
		general = genericvalidation.ValidateObjectMetaAccessorUpdate(accessor, previous, field.NewPath("metadata"))
	}
	return faults(append(general, strategy.ValidateUpdate(context.Background(), after, before)...))
}

// settle gives an object what the server adds to the metadata of each.
func settle(object runtime.Object, strategy rest.RESTCreateStrategy) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return
	}
	fillMetadata(accessor, strategy)
	accessor.SetUID("00000000-0000-0000-0000-000000000000")
	accessor.SetResourceVersion("1")
	accessor.SetGeneration(1)
}

// inherit gives an object that is sent what the server takes from the one that is stored.
func inherit(after, before runtime.Object, strategy rest.RESTCreateStrategy) {
	accessor, err := meta.Accessor(after)
	previous, errOfPrevious := meta.Accessor(before)
	if err != nil || errOfPrevious != nil {
		return
	}
	settle(after, strategy)
	accessor.SetUID(previous.GetUID())
	accessor.SetCreationTimestamp(previous.GetCreationTimestamp())
	accessor.SetGeneration(previous.GetGeneration())
}

// settledShoot is the status of a shoot of which everything is rolled out.
func settledShoot(shoot *core.Shoot) core.ShootStatus {
	encryption := &core.EncryptionAtRest{}
	if server := shoot.Spec.Kubernetes.KubeAPIServer; server != nil && server.EncryptionConfig != nil {
		encryption.Resources = server.EncryptionConfig.Resources
		if provider := server.EncryptionConfig.Provider.Type; provider != nil {
			encryption.Provider.Type = *provider
		}
	}
	return core.ShootStatus{
		LastOperation: &core.LastOperation{Type: core.LastOperationTypeReconcile, State: core.LastOperationStateSucceeded},
		Credentials:   &core.ShootCredentials{EncryptionAtRest: encryption},
	}
}
