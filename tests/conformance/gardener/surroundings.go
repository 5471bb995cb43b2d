package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	operatorv1alpha1 "github.com/gardener/gardener/pkg/apis/operator/v1alpha1"
	"github.com/gardener/gardener/pkg/utils/gardener/operator"
)

// Surroundings gathers what must exist beside objects so that a server can take them: stubs of what they refer to, and
// what Gardener's components would have made of what is there.
type Surroundings struct {
	present map[string]bool
	made    []any
	// Types of extensions by kind, registered or wanted.
	registered map[string]bool
	wanted     map[string]bool
	// Whole objects, to be taken before a stub is made.
	available map[string]map[string]any
}

func newSurroundings(objects []map[string]any) *Surroundings {
	surroundings := &Surroundings{present: map[string]bool{}, registered: map[string]bool{}, wanted: map[string]bool{}}
	for _, object := range objects {
		kind, namespace, name := identity(object)
		surroundings.present[key(kind, namespace, name)] = true
		if kind == "Project" {
			surroundings.present["project of "+text(object, "spec", "namespace")] = true
		}
		if kind == "ControllerRegistration" {
			for _, resource := range list(object, "spec", "resources") {
				surroundings.registered[text(resource, "kind")+"/"+text(resource, "type")] = true
			}
		}
	}
	return surroundings
}

// stubs gives what is referred to and not among the objects: one of those available, or a stub.
func stubs(objects, referring, available []map[string]any) []any {
	surroundings := newSurroundings(objects)
	surroundings.available = map[string]map[string]any{}
	for _, object := range available {
		surroundings.available[key(identity(object))] = object
	}
	for _, object := range referring {
		surroundings.refer(object)
	}
	return append(surroundings.made, surroundings.registrations()...)
}

func key(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

func identity(object map[string]any) (kind, namespace, name string) {
	return text(object, "kind"), text(object, "metadata", "namespace"), text(object, "metadata", "name")
}

// at follows members; nothing where one of them is not there.
func at(value any, members ...string) any {
	for _, member := range members {
		object, _ := value.(map[string]any)
		value = object[member]
	}
	return value
}

func text(value any, members ...string) string {
	found, _ := at(value, members...).(string)
	return found
}

func list(value any, members ...string) []any {
	found, _ := at(value, members...).([]any)
	return found
}

func (surroundings *Surroundings) add(object map[string]any) {
	kind, namespace, name := identity(object)
	if name == "" || surroundings.present[key(kind, namespace, name)] {
		return
	}
	surroundings.present[key(kind, namespace, name)] = true
	// A Quota's limits are no part of a case that does not bring one.
	if whole := surroundings.available[key(kind, namespace, name)]; whole != nil && kind != "Quota" {
		object = whole
		surroundings.refer(whole)
	}
	surroundings.made = append(surroundings.made, object)
}

func object(apiVersion, kind, namespace, name string, rest map[string]any) map[string]any {
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	made := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata}
	maps.Copy(made, rest)
	return made
}

func (surroundings *Surroundings) secret(namespace, name string) {
	surroundings.add(object("v1", "Secret", namespace, name, map[string]any{"data": map[string]any{"kubeconfig": "eA=="}}))
}

func (surroundings *Surroundings) configMap(namespace, name string) {
	surroundings.add(object("v1", "ConfigMap", namespace, name, nil))
}

// refer makes what an object refers to.
func (surroundings *Surroundings) refer(referring map[string]any) {
	kind, namespace, _ := identity(referring)
	if namespace == "" {
		namespace = "garden"
	}
	surroundings.project(namespace)
	for _, quota := range list(referring, "quotas") {
		surroundings.add(object("core.gardener.cloud/v1beta1", "Quota", text(quota, "namespace"), text(quota, "name"), map[string]any{
			"spec": map[string]any{
				"scope":   map[string]any{"apiVersion": "core.gardener.cloud/v1beta1", "kind": "Project"},
				"metrics": map[string]any{"cpu": "1000"},
			},
		}))
	}
	surroundings.references(referring, namespace)
	switch kind {
	case "SecretBinding":
		surroundings.secret(text(referring, "secretRef", "namespace"), text(referring, "secretRef", "name"))
	case "ControllerRegistration":
		for _, reference := range list(referring, "spec", "deployment", "deploymentRefs") {
			surroundings.deployment(text(reference, "name"))
		}
	case "Shoot":
		surroundings.shoot(referring, namespace)
	case "Seed":
		surroundings.seed(referring)
	}
}

// references makes what is referred to by kind and name, at any depth.
func (surroundings *Surroundings) references(value any, namespace string) {
	switch value := value.(type) {
	case map[string]any:
		inside, name := text(value, "namespace"), text(value, "name")
		if inside == "" {
			inside = namespace
		}
		switch text(value, "kind") {
		case "Secret":
			surroundings.secret(inside, name)
		case "ConfigMap":
			surroundings.configMap(inside, name)
		case "WorkloadIdentity":
			surroundings.add(object("security.gardener.cloud/v1alpha1", "WorkloadIdentity", inside, name, map[string]any{
				"spec": map[string]any{"audiences": []any{"any"}, "targetSystem": map[string]any{"type": "any"}},
			}))
		}
		for _, member := range slices.Sorted(maps.Keys(value)) {
			switch member {
			case "metadata":
				continue
			case "secretName", "kubeconfigSecretName":
				surroundings.secret(namespace, text(value, member))
			case "configMapName":
				surroundings.configMap(namespace, text(value, member))
			case "configMapRef":
				surroundings.configMap(namespace, text(value, member, "name"))
			}
			surroundings.references(value[member], namespace)
		}
	case []any:
		for _, item := range value {
			surroundings.references(item, namespace)
		}
	}
}

func (surroundings *Surroundings) project(namespace string) {
	name, isProjects := strings.CutPrefix(namespace, "garden-")
	if !isProjects || surroundings.present["project of "+namespace] {
		return
	}
	surroundings.present["project of "+namespace] = true
	surroundings.add(object("core.gardener.cloud/v1beta1", "Project", "", name, map[string]any{
		"spec": map[string]any{"namespace": namespace},
	}))
}

func (surroundings *Surroundings) deployment(name string) {
	surroundings.add(object("core.gardener.cloud/v1", "ControllerDeployment", "", name, map[string]any{
		"helm": map[string]any{"ociRepository": map[string]any{"ref": "registry.example.org/chart:v1"}},
	}))
}

func (surroundings *Surroundings) want(kind, name string) {
	if name != "" {
		surroundings.wanted[kind+"/"+name] = true
	}
}

func (surroundings *Surroundings) shoot(shoot map[string]any, namespace string) {
	if namespace == "garden" && !surroundings.present["project of garden"] {
		surroundings.present["project of garden"] = true
		surroundings.add(object("core.gardener.cloud/v1beta1", "Project", "", "garden", map[string]any{
			"spec": map[string]any{"namespace": "garden"},
		}))
	}
	provider := text(shoot, "spec", "provider", "type")
	if profile := surroundings.available[key("CloudProfile", "", text(shoot, "spec", "cloudProfile", "name"))]; profile != nil {
		surroundings.add(profile)
	}
	if binding := text(shoot, "spec", "credentialsBindingName"); binding != "" {
		surroundings.add(object("security.gardener.cloud/v1alpha1", "CredentialsBinding", namespace, binding, map[string]any{
			"provider":       map[string]any{"type": provider},
			"credentialsRef": map[string]any{"apiVersion": "v1", "kind": "Secret", "namespace": namespace, "name": binding},
		}))
		surroundings.secret(namespace, binding)
	}
	for _, kind := range []string{"ControlPlane", "Infrastructure", "Worker"} {
		surroundings.want(kind, provider)
	}
	surroundings.want("Network", text(shoot, "spec", "networking", "type"))
	for _, item := range list(shoot, "spec", "dns", "providers") {
		surroundings.want("DNSRecord", text(item, "type"))
	}
	for _, item := range list(shoot, "spec", "extensions") {
		surroundings.want("Extension", text(item, "type"))
	}
	for _, worker := range list(shoot, "spec", "provider", "workers") {
		surroundings.want("OperatingSystemConfig", text(worker, "machine", "image", "name"))
		surroundings.want("SelfHostedShootExposure", text(worker, "controlPlane", "exposure", "extension", "type"))
		for _, runtime := range list(worker, "cri", "containerRuntimes") {
			surroundings.want("ContainerRuntime", text(runtime, "type"))
		}
	}
}

func (surroundings *Surroundings) seed(seed map[string]any) {
	surroundings.want("ControlPlane", text(seed, "spec", "provider", "type"))
	surroundings.want("BackupBucket", text(seed, "spec", "backup", "provider"))
	surroundings.want("BackupEntry", text(seed, "spec", "backup", "provider"))
	surroundings.want("DNSRecord", text(seed, "spec", "dns", "provider", "type"))
	for _, item := range list(seed, "spec", "extensions") {
		surroundings.want("Extension", text(item, "type"))
	}
}

// registrations makes one ControllerRegistration of all types that are wanted and not registered.
func (surroundings *Surroundings) registrations() []any {
	var resources []any
	for _, wanted := range slices.Sorted(maps.Keys(surroundings.wanted)) {
		if surroundings.registered[wanted] {
			continue
		}
		kind, name, _ := strings.Cut(wanted, "/")
		resource := map[string]any{"kind": kind, "type": name}
		if kind == "Extension" {
			resource["clusterCompatibility"] = []any{"shoot", "seed"}
			resource["workerlessSupported"] = true
		}
		resources = append(resources, resource)
	}
	if len(resources) == 0 {
		return nil
	}
	return []any{object("core.gardener.cloud/v1beta1", "ControllerRegistration", "", "surroundings", map[string]any{
		"spec": map[string]any{"resources": resources},
	})}
}

// runtimeObjects gives what the gardener-operator and a gardenlet make of an object: its registration, its seed. Other
// objects are what they are, but that a Secret's encrypted values are made readable.
func runtimeObjects(source map[string]any) []map[string]any {
	kind, _, name := identity(source)
	source = clone(source).(map[string]any)
	switch kind {
	case "Extension":
		return registrationOf(source)
	case "Garden":
		if at(source, "spec", "virtualCluster", "gardener", "gardenerDiscoveryServer") == nil {
			return nil
		}
		issuer := object("v1", "Secret", "garden", "shoot-service-account-issuer", map[string]any{
			"data": map[string]any{"hostname": base64.StdEncoding.EncodeToString([]byte("discovery.example.org"))},
		})
		issuer["metadata"].(map[string]any)["labels"] = map[string]any{"gardener.cloud/role": "shoot-service-account-issuer"}
		return []map[string]any{issuer}
	case "Gardenlet":
		config, _ := at(source, "spec", "config", "seedConfig").(map[string]any)
		if config == nil {
			return nil
		}
		seed := object("core.gardener.cloud/v1beta1", "Seed", "", name, map[string]any{"spec": config["spec"]})
		if labels := at(config, "metadata", "labels"); labels != nil {
			seed["metadata"].(map[string]any)["labels"] = labels
		}
		return []map[string]any{seed}
	case "Secret":
		delete(source, "sops")
		delete(source, "stringData")
		data, _ := source["data"].(map[string]any)
		for member, value := range data {
			if _, err := base64.StdEncoding.DecodeString(fmt.Sprint(value)); err != nil {
				data[member] = "eA=="
			}
		}
	}
	return []map[string]any{source}
}

// registrationOf gives what the gardener-operator makes of an Extension; nothing where the Extension is not well formed.
func registrationOf(source map[string]any) []map[string]any {
	extension := &operatorv1alpha1.Extension{}
	if err := json.Unmarshal(marshal(source), extension); err != nil || extension.Spec.Deployment == nil ||
		extension.Spec.Deployment.ExtensionDeployment == nil {
		return nil
	}
	var made []map[string]any
	registration, deployment := operator.ControllerRegistrationForExtension(extension)
	for _, typed := range []any{deployment, registration} {
		object, err := parse(marshal(typed))
		if err != nil {
			panic(err)
		}
		delete(object, "status")
		made = append(made, object)
	}
	made[0]["apiVersion"], made[0]["kind"] = "core.gardener.cloud/v1", "ControllerDeployment"
	made[1]["apiVersion"], made[1]["kind"] = "core.gardener.cloud/v1beta1", "ControllerRegistration"
	return made
}
