package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gomodules.xyz/jsonpatch/v2"
	evanphx "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/gardener/gardener/pkg/api/operator/v1alpha1/validation"
	corev1beta1 "github.com/gardener/gardener/pkg/apis/core/v1beta1"
	extensionsv1alpha1 "github.com/gardener/gardener/pkg/apis/extensions/v1alpha1"
	operatorv1alpha1 "github.com/gardener/gardener/pkg/apis/operator/v1alpha1"
	defaultextension "github.com/gardener/gardener/pkg/operator/webhook/defaulting/extension"
	defaultgarden "github.com/gardener/gardener/pkg/operator/webhook/defaulting/garden"
	validategarden "github.com/gardener/gardener/pkg/operator/webhook/validation/garden"
)

var operatorScheme = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	if err := operatorv1alpha1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	return scheme
}()

func gardenWebhooks(text []byte) *Verdict {
	garden := &operatorv1alpha1.Garden{}
	if err := json.Unmarshal(text, garden); err != nil {
		return cut(StageDecode, decodingFaults(err)...)
	}
	if err := (&defaultgarden.Handler{}).Default(context.Background(), garden); err != nil {
		return cut(StageDefaults, Fault{Type: "webhook", Detail: err.Error()})
	}
	if _, err := validategarden.GetWarnings(garden); err != nil {
		return refused(StageValidate, Fault{Type: "webhook", Detail: err.Error()})
	}
	for number, finalizer := range garden.Finalizers {
		if finalizer == operatorv1alpha1.FinalizerName || finalizer == "gardener.cloud/reference-protection" {
			return refused(StageValidate, Fault{
				Type: "webhook", Field: fmt.Sprintf("metadata.finalizers[%d]", number), Detail: "cannot be added on creation",
			})
		}
	}
	if errs := validation.ValidateGarden(garden, registeredFor(garden)); len(errs) > 0 {
		return refused(StageValidate, faults(errs)...)
	}
	return &Verdict{Accepts: true}
}

// registeredFor makes the Extensions that a Garden speaks of: whether they exist, the Garden alone cannot say.
func registeredFor(garden *operatorv1alpha1.Garden) []operatorv1alpha1.Extension {
	var registered operatorv1alpha1.Extension
	registered.Name = "registered"
	for _, extension := range garden.Spec.Extensions {
		registered.Spec.Resources = append(registered.Spec.Resources, corev1beta1.ControllerResource{
			Kind:                 extensionsv1alpha1.ExtensionResource,
			Type:                 extension.Type,
			ClusterCompatibility: []corev1beta1.ClusterType{"garden", "seed", "shoot"},
		})
	}
	return []operatorv1alpha1.Extension{registered}
}

func extensionWebhooks(text []byte) *Verdict {
	extension, err := defaulted(text)
	if err != nil {
		return cut(StageDefaults, Fault{Type: "webhook", Detail: err.Error()})
	}
	if errs := validation.ValidateExtension(extension); len(errs) > 0 {
		return refused(StageValidate, faults(errs)...)
	}
	return &Verdict{Accepts: true}
}

// defaulted is an Extension with what the defaulting webhook fills in.
func defaulted(text []byte) (*operatorv1alpha1.Extension, error) {
	request := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		Operation: admissionv1.Create, Object: runtime.RawExtension{Raw: text},
	}}
	handler := &defaultextension.Handler{Decoder: admission.NewDecoder(operatorScheme)}
	response := handler.Handle(context.Background(), request)
	if !response.Allowed {
		return nil, errors.New(response.Result.Message)
	}
	extension := &operatorv1alpha1.Extension{}
	return extension, patched(text, response.Patches, extension)
}

// patched is what the API server makes of a mutating webhook's answer.
func patched(text []byte, operations []jsonpatch.JsonPatchOperation, into any) error {
	encoded, err := json.Marshal(operations)
	if err != nil {
		return err
	}
	if len(operations) > 0 {
		patch, err := evanphx.DecodePatch(encoded)
		if err != nil {
			return err
		}
		if text, err = patch.Apply(text); err != nil {
			return err
		}
	}
	return json.Unmarshal(text, into)
}
