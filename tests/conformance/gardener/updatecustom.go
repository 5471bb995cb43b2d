package main

import (
	"context"
	"encoding/json"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	kubejson "sigs.k8s.io/json"

	"github.com/gardener/gardener/pkg/api/operator/v1alpha1/validation"
	gardencorev1beta1 "github.com/gardener/gardener/pkg/apis/core/v1beta1"
	operatorv1alpha1 "github.com/gardener/gardener/pkg/apis/operator/v1alpha1"
	defaultgarden "github.com/gardener/gardener/pkg/operator/webhook/defaulting/garden"
)

func (resource *CustomResource) decode(text []byte) (runtime.Object, error) {
	object := &unstructured.Unstructured{}
	if _, err := kubejson.UnmarshalStrict(text, &object.Object); err != nil {
		return nil, err
	}
	if _, err := resource.coerce(object.Object); err != nil {
		return nil, err
	}
	defaulting.Default(object.Object, resource.structural)
	return object, nil
}

func (resource *CustomResource) store(object runtime.Object) {
	settle(object, resource.strategy)
}

func (resource *CustomResource) refusals(after, before runtime.Object) []Fault {
	inherit(after, before, resource.strategy)
	resource.strategy.PrepareForUpdate(context.Background(), after, before)
	found := placed(refusals(resource.strategy, after, before))
	if count := len(found); count > 0 && found[count-1].Field == rulesSkipped {
		rules, _ := resource.rules.Validate(context.Background(), nil, resource.structural,
			after.(*unstructured.Unstructured).Object, before.(*unstructured.Unstructured).Object, celconfig.RuntimeCELCostBudget)
		found = append(found[:count-1], faults(rules)...)
	}
	old, err := json.Marshal(before)
	if err != nil {
		panic(err)
	}
	sent, err := json.Marshal(after)
	if err != nil {
		panic(err)
	}
	return append(found, resource.webhooks.update(old, sent)...)
}

func gardenUpdated(before, after []byte) []Fault {
	old, sent := &operatorv1alpha1.Garden{}, &operatorv1alpha1.Garden{}
	for text, garden := range map[*[]byte]*operatorv1alpha1.Garden{&before: old, &after: sent} {
		if err := json.Unmarshal(*text, garden); err != nil {
			return decodingFaults(err)
		}
		if err := (&defaultgarden.Handler{}).Default(context.Background(), garden); err != nil {
			return []Fault{{Type: "webhook", Detail: err.Error()}}
		}
	}
	old.Status = settledGarden(old)
	sent.Status = old.Status
	return faults(validation.ValidateGardenUpdate(old, sent, registeredFor(sent)))
}

// settledGarden is the status of a garden of which everything is rolled out.
func settledGarden(garden *operatorv1alpha1.Garden) operatorv1alpha1.GardenStatus {
	encryption := &operatorv1alpha1.EncryptionAtRest{}
	for _, config := range []*gardencorev1beta1.EncryptionConfig{
		garden.Spec.VirtualCluster.Kubernetes.KubeAPIServer.EncryptionConfig,
		garden.Spec.VirtualCluster.Gardener.APIServer.EncryptionConfig,
	} {
		if config == nil {
			continue
		}
		encryption.Resources = append(encryption.Resources, config.Resources...)
		if config.Provider.Type != nil {
			encryption.Provider.Type = *config.Provider.Type
		}
	}
	return operatorv1alpha1.GardenStatus{
		LastOperation: &gardencorev1beta1.LastOperation{
			Type: gardencorev1beta1.LastOperationTypeReconcile, State: gardencorev1beta1.LastOperationStateSucceeded,
		},
		Credentials: &operatorv1alpha1.Credentials{EncryptionAtRest: encryption},
	}
}

func extensionUpdated(before, after []byte) []Fault {
	old, err := defaulted(before)
	sent, errOfSent := defaulted(after)
	if err != nil || errOfSent != nil {
		return nil
	}
	return faults(validation.ValidateExtensionUpdate(old, sent))
}
