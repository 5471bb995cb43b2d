package main

// The tables: what Gardener's own validation knows by name and by version of Kubernetes, and what its components do.

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	_ "unsafe" // for the tables that upstream keeps to itself

	gardenerapi "github.com/gardener/gardener/pkg/api"
	_ "github.com/gardener/gardener/pkg/api/core/validation" // of which a table is read
	"github.com/gardener/gardener/pkg/apis/core"
	apiserver "github.com/gardener/gardener/pkg/apiserver/features"
	controllermanager "github.com/gardener/gardener/pkg/controllermanager/features"
	"github.com/gardener/gardener/pkg/features"
	gardenadm "github.com/gardener/gardener/pkg/gardenadm/features"
	gardenlet "github.com/gardener/gardener/pkg/gardenlet/features"
	nodeagent "github.com/gardener/gardener/pkg/nodeagent/features"
	operator "github.com/gardener/gardener/pkg/operator/features"
	scheduler "github.com/gardener/gardener/pkg/scheduler/features"
	gardenerutils "github.com/gardener/gardener/pkg/utils/gardener"
	gardenutils "github.com/gardener/gardener/pkg/utils/gardener/operator"
	"github.com/gardener/gardener/pkg/utils/validation/admissionplugins"
	"github.com/gardener/gardener/pkg/utils/validation/apigroups"
	kubernetesfeatures "github.com/gardener/gardener/pkg/utils/validation/features"
	"github.com/gardener/gardener/pkg/utils/validation/kubernetesversion"
	versionutils "github.com/gardener/gardener/pkg/utils/version"
	plugin "github.com/gardener/gardener/plugin/pkg"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/component-base/featuregate"
)

//go:linkname kubernetesFeatureGates github.com/gardener/gardener/pkg/utils/validation/features.featureGateVersionRanges
var kubernetesFeatureGates map[string]*kubernetesfeatures.FeatureGateVersionRange

//go:linkname vpaFeatureGates github.com/gardener/gardener/pkg/utils/validation/features.vpaFeatureGates
var vpaFeatureGates sets.Set[string]

//go:linkname kubernetesAdmissionPlugins github.com/gardener/gardener/pkg/utils/validation/admissionplugins.admissionPluginsVersionRanges
var kubernetesAdmissionPlugins map[string]*admissionplugins.AdmissionPluginVersionRange

//go:linkname pluginsWithKubeconfig github.com/gardener/gardener/pkg/utils/validation/admissionplugins.admissionPluginsSupportingExternalKubeconfig
var pluginsWithKubeconfig sets.Set[string]

//go:linkname groupVersions github.com/gardener/gardener/pkg/utils/validation/apigroups.apiGroupVersionRanges
var groupVersions map[string]*apigroups.APIVersionRange

//go:linkname resources github.com/gardener/gardener/pkg/utils/validation/apigroups.apiGVRVersionRanges
var resources map[string]*apigroups.APIVersionRange

//go:linkname taintOptions github.com/gardener/gardener/pkg/api/core/validation.optionVersionRanges
var taintOptions map[string]*kubernetesfeatures.FeatureGateVersionRange

//go:linkname encryptionProviders github.com/gardener/gardener/pkg/api/core/validation.availableEncryptionAtRestProviders
var encryptionProviders sets.Set[core.EncryptionProviderType]

// span is the versions of Kubernetes that know something: from Added on, and before Removed.
type span struct {
	Added   string `json:"added,omitempty"`
	Removed string `json:"removed,omitempty"`
}

func spanOf(r versionutils.VersionRange) span {
	return span{Added: r.AddedInVersion, Removed: r.RemovedInVersion}
}

type lock struct {
	Since string `json:"since"`
	To    bool   `json:"to"`
}

type kubernetesFeatureGate struct {
	span
	Locked *lock `json:"locked,omitempty"`
}

type admissionPlugin struct {
	span
	Configurable bool `json:"configurable,omitempty"`
	Forbidden    bool `json:"forbidden,omitempty"`
	Kubeconfig   bool `json:"kubeconfig,omitempty"`
	Required     bool `json:"required,omitempty"`
}

type api struct {
	span
	Required           bool `json:"required,omitempty"`
	RequiredWorkerless bool `json:"requiredWorkerless,omitempty"`
}

type gardenerFeatureGate struct {
	Default bool `json:"default"`
	Locked  bool `json:"locked,omitempty"`
}

// components are the binaries whose configuration carries feature gates, with what registers theirs.
var components = map[string]func(){
	"gardenadm":                   gardenadm.RegisterFeatureGates,
	"gardener-apiserver":          apiserver.RegisterFeatureGates,
	"gardener-controller-manager": controllermanager.RegisterFeatureGates,
	"gardener-node-agent":         nodeagent.RegisterFeatureGates,
	"gardener-operator":           operator.RegisterFeatureGates,
	"gardener-scheduler":          scheduler.RegisterFeatureGates,
	"gardenlet":                   gardenlet.RegisterFeatureGates,
}

func gardenerTables() map[string]any {
	gates := map[string]gardenerFeatureGate{}
	for name, gate := range features.AllFeatureGates {
		gates[string(name)] = gardenerFeatureGate{Default: gate.Default, Locked: gate.LockToDefault}
	}
	registered := map[string][]string{}
	for component, register := range components {
		features.DefaultFeatureGate = featuregate.NewFeatureGate()
		register()
		registered[component] = []string{}
		for name := range features.DefaultFeatureGate.GetAll() {
			if _, own := features.AllFeatureGates[name]; own {
				registered[component] = append(registered[component], string(name))
			}
		}
		slices.Sort(registered[component])
	}
	served := []string{}
	for _, version := range gardenerapi.Scheme.PrioritizedVersionsAllGroups() {
		if gardenutils.IsServedByGardenerAPIServer("any."+version.Group) && !slices.Contains(served, version.Group) {
			served = append(served, version.Group)
		}
	}
	slices.Sort(served)
	return map[string]any{
		"admissionPlugins":   plugin.AllOrderedPluginNames(),
		"components":         registered,
		"encryptedByDefault": groupResources(gardenerutils.DefaultGardenerGroupResourcesForEncryption()),
		"featureGates":       gates,
		"servedGroups":       served,
	}
}

func kubernetesTables() map[string]any {
	gates := map[string]kubernetesFeatureGate{}
	for name, gate := range kubernetesFeatureGates {
		entry := kubernetesFeatureGate{span: spanOf(gate.VersionRange)}
		if since := gate.LockedToDefaultInVersion; since != "" {
			entry.Locked = &lock{Since: since, To: gate.LockedValue}
		}
		gates[name] = entry
	}
	plugins := map[string]admissionPlugin{}
	for name, plugin := range kubernetesAdmissionPlugins {
		plugins[name] = admissionPlugin{
			span:         spanOf(plugin.VersionRange),
			Configurable: plugin.AllowsConfiguration,
			Forbidden:    plugin.Forbidden,
			Kubeconfig:   pluginsWithKubeconfig.Has(name),
			Required:     plugin.Required,
		}
	}
	taints := map[string]span{}
	for name, option := range taintOptions {
		taints[strings.ToLower(name[:1])+name[1:]] = spanOf(option.VersionRange)
	}
	return map[string]any{
		"admissionPlugins":        plugins,
		"apiGroupVersions":        apis(groupVersions),
		"apiResources":            apis(resources),
		"clusterAutoscalerTaints": taints,
		"encryptedByDefault":      groupResources(gardenerutils.DefaultGroupResourcesForEncryption()),
		"encryptionProviders":     sets.List(encryptionProviders),
		"featureGates":            gates,
		"supported":               kubernetesversion.SupportedVersions,
		"vpaFeatureGates":         sets.List(vpaFeatureGates),
	}
}

func apis(known map[string]*apigroups.APIVersionRange) map[string]api {
	all := map[string]api{}
	for name, known := range known {
		all[name] = api{spanOf(known.VersionRange), known.Required, known.RequiredForWorkerless}
	}
	return all
}

func groupResources(resources []schema.GroupResource) []string {
	names := []string{}
	for _, resource := range resources {
		names = append(names, resource.String())
	}
	slices.Sort(names)
	return names
}

// writeTables writes one entry a line, so that what a new version changes is a readable difference.
func writeTables(w io.Writer) error {
	text, err := json.Marshal(map[string]any{"gardener": gardenerTables(), "kubernetes": kubernetesTables()})
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tables any
	if err := decoder.Decode(&tables); err != nil {
		return err
	}
	out := &bytes.Buffer{}
	if err := write(out, tables, ""); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = out.WriteTo(w)
	return err
}

// write lays out values down to the tables; an entry of a table is one line, if one line holds it.
func write(out *bytes.Buffer, value any, indent string) error {
	const (
		entry = 3
		width = 110
	)
	deeper := indent + " "
	switch value := value.(type) {
	case map[string]any:
		if len(indent) == entry {
			break
		}
		for i, key := range slices.Sorted(maps.Keys(value)) {
			out.WriteString(opening("{", i) + deeper + `"` + key + `": `)
			if err := write(out, value[key], deeper); err != nil {
				return err
			}
		}
		out.WriteString("\n" + indent + "}")
		return nil
	case []any:
		if text, err := json.Marshal(value); err != nil || len(value) == 0 || len(indent) == entry && len(text) < width {
			break
		}
		for i, item := range value {
			out.WriteString(opening("[", i) + deeper)
			if err := write(out, item, deeper); err != nil {
				return err
			}
		}
		out.WriteString("\n" + indent + "]")
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	out.Write(text)
	return nil
}

func opening(bracket string, position int) string {
	if position == 0 {
		return bracket + "\n"
	}
	return ",\n"
}
