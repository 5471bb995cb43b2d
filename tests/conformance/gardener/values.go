package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	kubernetesVersion = regexp.MustCompile(`^1\.[23][0-9]\.[0-9]+$`)
	word              = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]+$`)
	// What a text is, by how it looks; the first that matches says what its limits are.
	looks = []struct {
		pattern *regexp.Regexp
		values  []any
	}{
		{kubernetesVersion, versions},
		{regexp.MustCompile(`^\d+\.\d+(\.\d+)?`), append(slices.Clone(versions), "1.2.3-foo", "1.2", "01.2.3", "1.2.3+b")},
		{regexp.MustCompile(`^([0-9.]+(ns|us|ms|s|m|h))+$`), durations},
		{regexp.MustCompile(`^[0-9.]+([KMGTPE]i?|m)$`), quantities},
		{regexp.MustCompile(`^[0-9]+%$`), percentages},
		{regexp.MustCompile(`^[0-9a-fA-F.:]+/[0-9]+$`), networks},
		{regexp.MustCompile(`^[0-9]{6}[+-][0-9]{4}$`), times},
		{regexp.MustCompile(`^\d{4}-\d\d-\d\dT`), timestamps},
		{regexp.MustCompile(`^(\S+ ){4}\S+$`), schedules},
		{regexp.MustCompile(`^https?://`), urls},
		{regexp.MustCompile(`^[^@ ]+@[^@ ]+$`), addresses},
		{regexp.MustCompile(`^[0-9]+$`), texts("0", "-1", "1", "65536", "1000000", "abc", "", "1.5", "00")},
		{regexp.MustCompile(`^([a-z0-9-]+\.)+[a-z]+$`), domains},
		{regexp.MustCompile(``), names},
	}
	versions = texts("1.20.3", "1.30.0", "1.31.4", "1.32.0", "1.33.1", "1.34.2", "1.35.0", "1.36.1", "1.37.0", "1.38.0", "1.99.9",
		"1.33", "1", "v1.33.1", "latest", "", "1.33.1-alpha.1", "1.33.x", "1.33.1.1")
	durations = texts("0s", "-1s", "1ns", "999ms", "1s", "30s", "1m", "4m59s", "5m", "10m", "29m", "29m59s", "30m", "1h", "2h", "23h59m",
		"24h", "24h0m1s", "25h", "168h", "720h", "721h", "2160h", "2161h", "87600h", "1x", "5", "", "1d", "1h30m", "1.5h", "2562048h")
	quantities = texts("0", "-1", "1", "100", "1Gi", "1.5", "0.5Gi", "100m", "50Gi", "1e3", "-1Gi", "1Ti", "1Gb", "abc", "", "1 Gi", "25Mi",
		"9223372036854775807", "1n", "0.0001", "1Ei", "20Mi", "5M", "1E")
	percentages = texts("0%", "1%", "50%", "100%", "101%", "-1%", "5.5%", "%", "100", "", "1000%", "99.9%")
	networks    = texts("10.0.0.0/8", "10.250.0.0/16", "10.250.0.0/33", "10.250.0.0", "10.250.0.1/16", "100.64.0.0/13", "100.64.0.0/12",
		"100.96.0.0/11", "192.168.0.0/24", "192.168.0.0/32", "0.0.0.0/0", "2001:db8::/64", "2001:db8::/32", "2001:db8::1/64", "fd00::/8",
		"240.0.0.0/8", "241.0.0.0/8", "192.168.123.0/24", "192.168.123.128/25", "fd8f:6d53:b97a:1::/96", "not-a-cidr", "", "10.0.0.0/-1",
		"::/0", "169.254.0.0/16", "127.0.0.0/8", "010.0.0.0/8", "100.64.0.0/10", "10.1.0.0/16", "100.88.0.0/13", "::ffff:10.0.0.0/104")
	times      = texts("220000+0100", "000000+0000", "240000+0100", "235959-1200", "256161+0100", "22:00:00", "220000", "", "100000+0000", "220000+1500", "220000Z")
	timestamps = texts("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2027-01-01", "", "2027-06-01T00:00:00+02:00", "2030-02-30T00:00:00Z")
	schedules  = texts("0 0 * * *", "00 20 * * 1,2,3,4,5", "0 * * * *", "* * * *", "61 * * * *", "", "@daily", "0 0 0 * * *", "*/5 * * * *", "0 25 * * *", "0 0 * * 8", "0 0 * * MON-FRI", "TZ=Europe/Berlin 0 0 * * *")
	urls       = texts("https://example.com", "http://example.com", "ftp://example.com", "https://", "https://user:pass@example.com/x?y=z#f",
		"example.com", "", "https://example.com?x=y", "https://example.com#f", "https://exa mple.com", "HTTPS://example.com", "https://example.com/a/../b",
		"https://:443", "https://10.0.0.1:99999")
	addresses = texts("a@b", "a", "", "a@b@c", "A@B.C", "a b@c.d")
	domains   = texts("example.com", "a", "a..b", "-a.b", "*.example.com", "A.example.com", "", "a.b.", "a_b.c", "example.com/x", "10.0.0.1",
		strings.Repeat("a", 64)+".com", strings.Repeat("a.", 127)+"com", "ex ample.com", "ä.com", "a.local", "foo.bar.baz")
	names = texts("", "a", "A", "-a", "a-", "a.b", "a_b", "a b", "ä", "a/b", "1", "1a", "default", "none", "foo", "foo-bar", "kube-system", "true",
		"a--b", "{}", "*", "../x", "garden", "garden-foo", strings.Repeat("a", 15), strings.Repeat("a", 16), strings.Repeat("a", 21),
		strings.Repeat("a", 22), strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a", 128), strings.Repeat("a", 129),
		strings.Repeat("a", 253), strings.Repeat("a", 254), strings.Repeat("a", 257), strings.Repeat("a", 1025))
	numbers = []any{
		json.Number("0"), json.Number("-1"), json.Number("1"), json.Number("2"), json.Number("3"), json.Number("5"), json.Number("7"),
		json.Number("10"), json.Number("15"), json.Number("30"), json.Number("50"), json.Number("60"), json.Number("99"), json.Number("100"),
		json.Number("101"), json.Number("110"), json.Number("255"), json.Number("256"), json.Number("443"), json.Number("600"),
		json.Number("1000"), json.Number("1023"), json.Number("1024"), json.Number("65535"), json.Number("65536"), json.Number("600000"),
		json.Number("2147483647"), json.Number("-2147483648"), json.Number("2147483648"), json.Number("9223372036854775807"),
		json.Number("9223372036854775808"), json.Number("1.5"),
	}
	booleans = []any{true, false, false, true, nil}
	keys     = []string{
		"foo", "example.com/foo", "Foo", "foo_bar", "foo bar", "", "-foo", "a/b/c", "example.com/", strings.Repeat("k", 64), "kubernetes.io/arch",
		"node-role.kubernetes.io/x", "worker.gardener.cloud/pool", "AllAlpha", "CPUManager", "SidecarContainers", "NoSuchGate", "RotateKubeletServerCertificate",
		"UserNamespacesSupport", "memory.available", "cpu", "memory", "pid", "ephemeral-storage", "core/v1/configmaps", "architecture", "os",
		"kernel.pid_max", "vm.max_map_count", "storage.premium", "loadbalancer", "nvidia.com/gpu",
	}
)

// What fields are about, by their names: plausible values and others. It is tried before the looks of a value.
var about = map[string][]any{
	"apiGroup":                    texts("", "rbac.authorization.k8s.io", "v1", "foo"),
	"apiGroups":                   texts("", "apps", "*"),
	"apiVersion":                  texts("v1", "security.gardener.cloud/v1alpha1", "core.gardener.cloud/v1beta1", "apps/v1", "", "a/b/c", "v2"),
	"accessRestrictions":          texts("eu-access-only"),
	"admissionPlugins":            texts("PodNodeSelector", "AlwaysPullImages", "SecurityContextDeny", "NamespaceLifecycle", "PodSecurity", "Foo"),
	"architecture":                texts("amd64", "arm64", "foo", ""),
	"architectures":               texts("amd64", "arm64", "foo", ""),
	"autoEnable":                  texts("shoot", "seed", "garden", "foo"),
	"bindAddress":                 texts("10.0.0.1", "::1", "foo"),
	"caBundle":                    texts("foo", "", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"),
	"classification":              texts("preview", "supported", "deprecated", "expired", "unavailable", "foo", ""),
	"clusterCompatibility":        texts("shoot", "seed", "garden", "foo"),
	"cpuManagerPolicy":            texts("none", "static", "foo"),
	"defaultResyncPeriod":         durations,
	"delete":                      texts("BeforeKubeAPIServer", "AfterKubeAPIServer", "AfterWorker", "foo"),
	"effect":                      texts("NoSchedule", "NoExecute", "PreferNoSchedule", "Foo", ""),
	"expander":                    texts("least-waste", "most-pods", "priority", "random", "least-nodes", "least-waste,priority", "foo", ""),
	"expirationDate":              timestamps,
	"imageGCHighThresholdPercent": numbers,
	"imagePullPolicy":             texts("Always", "IfNotPresent", "Never", "Foo"),
	"image":                       texts("", "foo", "registry.example.com/foo:v1", "a b"),
	"inPlaceUpdates":              texts("foo"),
	"ipFamilies":                  texts("IPv4", "IPv6", "IPv5", ""),
	"kind":                        texts("Secret", "ConfigMap", "WorkloadIdentity", "InternalSecret", "CloudProfile", "NamespacedCloudProfile", "User", "Group", "ServiceAccount", "Extension", "DNSRecord", "Worker", "Foo", ""),
	"logFormat":                   texts("json", "text", "foo"),
	"logLevel":                    texts("debug", "info", "error", "warn", "foo"),
	"migrate":                     texts("BeforeKubeAPIServer", "AfterKubeAPIServer", "AfterWorker", "foo"),
	"mode":                        texts("IPTables", "IPVS", "NFTables", "horizontal", "cluster-proportional", "Enforce", "foo"),
	"namespaces":                  texts("kube-system", "default", "foo", ""),
	"namespace":                   texts("garden", "garden-foo", "foo", "Foo", "", "default", strings.Repeat("a", 64)),
	"networking":                  texts("foo"),
	"operator":                    texts("Equal", "Exists", "In", "NotIn", "DoesNotExist", "Gt", "Foo", ""),
	"orgs":                        texts("foo", ""),
	"policy":                      texts("OnDemand", "Always", "AlwaysExceptNoShoots", "Foo", ""),
	"poll":                        durations,
	"profile":                     texts("balanced", "bin-packing", "foo"),
	"propagationPolicy":           texts("Foreground", "Background", "Orphan", "foo"),
	"protocol":                    texts("TCP", "UDP", "foo"),
	"pullPolicy":                  texts("Always", "IfNotPresent", "Never", "foo"),
	"purpose":                     texts("evaluation", "testing", "development", "production", "infrastructure", "foo", ""),
	"reconcile":                   texts("BeforeKubeAPIServer", "AfterKubeAPIServer", "AfterWorker", "foo"),
	"region":                      texts("foo", "eu-west-1", "local", "", "a b"),
	"resources":                   texts("secrets", "configmaps", "shoots.core.gardener.cloud", "deployments.apps", "*.apps", "*.*", "Secrets", "foo", "services.", "customresource.fancyoperator.io"),
	"role":                        texts("admin", "owner", "viewer", "uam", "serviceaccountmanager", "extension:foo", "extension:", "foo", ""),
	"roles":                       texts("admin", "owner", "viewer", "uam", "serviceaccountmanager", "extension:foo", "extension:", "foo", "extension:a_b", "extension:"+strings.Repeat("a", 21), ""),
	"scheduledAfter":              timestamps,
	"schedule":                    schedules,
	"seccompDefault":              booleans,
	"signingAlgs":                 texts("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "none", "foo"),
	"swapBehavior":                texts("NoSwap", "LimitedSwap", "foo"),
	"time":                        times,
	"type":                        texts("node", "zone", "aescbc", "aesgcm", "secretbox", "helm", "aws", "local", "Opaque", "gvisor", "standard", "premium", "foo", ""),
	"updateStrategy":              texts("AutoRollingUpdate", "AutoInPlaceUpdate", "ManualInPlaceUpdate", "patch", "minor", "major", "foo", ""),
	"url":                         urls,
	"usernamePrefix":              texts("foo:", "-", "", "oidc:"),
	"groupsPrefix":                texts("foo:", "-", "", "system:"),
	"zones":                       texts("a", "b", "eu-west-1a", "1", "", "foo"),
	"ref":                         texts("registry.example.com/foo:v1", "foo", "registry.example.com/foo@sha256:"+strings.Repeat("a", 64), "https://x", "", "A B"),
	"digest":                      texts("sha256:"+strings.Repeat("a", 64), "sha256:abc", "foo", ""),
	"tag":                         texts("v1.2.3", "latest", "a b", ""),
	"begin":                       times,
	"end":                         times,
	"start":                       schedules,
	"location":                    texts("Europe/Berlin", "Asia/Kolkata", "UTC", "Foo/Bar", "", "Local"),
	"lifetime":                    durations,
	"issuer":                      urls,
	"issuerURL":                   urls,
	"audiences":                   texts("foo", "", strings.Repeat("a", 300)),
	"algorithm":                   texts("foo"),
	"domain":                      domains,
	"domains":                     domains,
	"server":                      texts("registry.example.com", "https://registry.example.com", "foo", ""),
	"minKubernetesVersion":        versions,
	"version":                     append(slices.Clone(versions), "1.2.3", "1.2.x", "containerd://1.7.1"),
	"containerRuntimes":           texts("gvisor"),
	"topologyManagerPolicy":       texts("none", "best-effort", "foo"),
	"mountPath":                   texts("/foo", "foo", ""),
}

// Annotations that Gardener's validation reads, with values it takes and others.
var annotations = map[string][]any{
	"gardener.cloud/operation": texts("reconcile", "retry", "maintain", "rotate-credentials-start", "rotate-credentials-complete",
		"rotate-ca-start", "rotate-ca-complete", "rotate-ssh-keypair", "rotate-etcd-encryption-key", "rotate-observability-credentials",
		"rotate-serviceaccount-key-start", "rotate-serviceaccount-key-complete", "rotate-rollout-workers", "rotate-rollout-workers=a",
		"rollout-workers=*", "rollout-workers=a,b", "reconcile;maintain", "rotate-ca-start;rotate-ca-complete", "force-redeploy", "foo", "",
		"renew-kubeconfig", "renew-garden-access-secrets", "renew-workload-identity-tokens", "keepalive", "reconcile;retry", "rotate-ca-start;rotate-ca-start",
		"force-in-place-update", "rotate-etcd-encryption-key-start", "rotate-etcd-encryption-key-complete", "prepare-operating-system-config", "restore", "migrate"),
	"maintenance.gardener.cloud/operation": texts("reconcile", "retry", "rotate-ca-start", "rotate-credentials-start", "maintain", "foo", "",
		"rotate-ca-complete", "rollout-workers=*", "reconcile;maintain", "rotate-ssh-keypair"),
	"confirmation.gardener.cloud/deletion":                                     texts("true", "false", "foo", ""),
	"confirmation.gardener.cloud/force-deletion":                               texts("true", "false", "1", ""),
	"shoot.gardener.cloud/cleanup-extended-apis-finalize-grace-period-seconds": texts("300", "-1", "foo", ""),
	"shoot.gardener.cloud/cloud-config-execution-max-delay-seconds":            texts("0", "300", "1801", "-1", "foo", ""),
	"node-agent.gardener.cloud/reconciliation-delay":                           texts("5m", "foo", "-1s", ""),
	"shoot.gardener.cloud/skip-readiness":                                      texts("", "true"),
	"shoot.gardener.cloud/ignore":                                              texts("true", "foo"),
	"alpha.control-plane.shoot.gardener.cloud/high-availability-vpn":           texts("true", "false", "foo"),
	"alpha.control-plane.scaling.shoot.gardener.cloud/scale-down-disabled":     texts("true", "foo"),
	"authentication.gardener.cloud/issuer":                                     texts("managed", "foo", ""),
	"shoot.gardener.cloud/expiration-timestamp":                                timestamps,
	"shoot.gardener.cloud/tasks":                                               texts("deployInfrastructure", "foo"),
	"seed.gardener.cloud/migration-namespace":                                  texts("foo"),
	"backup.gardener.cloud/created-by":                                         texts("foo"),
	"project.gardener.cloud/skip-stale-check":                                  texts("true", "foo"),
	"seedmanagement.gardener.cloud/force-redeploy":                             texts("true"),
	"networking.gardener.cloud/seed-dns-provider-zone":                         texts("foo"),
	"worker.gardener.cloud/foo":                                                texts("bar"),
	"a_b.example.com/x":                                                        texts("y"),
	"example.com/":                                                             texts("y"),
	"Example.com/X":                                                            texts("y"),
	"foo/bar/baz":                                                              texts("y"),
	strings.Repeat("a", 64):                                                    texts("y"),
	"security.gardener.cloud/pod-security-enforce":                             texts("baseline", "restricted", "privileged", "foo", ""),
	"migration.gardener.cloud/allow-distant-regions":                           texts("true"),
	"shoot.gardener.cloud/disable-istio-tls-termination":                       texts("true", "foo"),
	"operator.gardener.cloud/foo":                                              texts("bar"),
	"authorization.gardener.cloud/extensions-serviceaccount-selector":          texts(`{"matchLabels":{"a":"b"}}`, "foo", ""),
	"service.alpha.kubernetes.io/foo":                                          texts("bar"),
	"reconciliation.osc.node-agent.gardener.cloud/serial":                      texts("true"),
}

// Labels, likewise.
var labels = map[string][]any{
	"project.gardener.cloud/name":              texts("foo", "a b"),
	"shoot.gardener.cloud/status":              texts("healthy"),
	"provider.extensions.gardener.cloud/local": texts("true", "foo bar"),
	"foo":                 texts("bar", "a b", strings.Repeat("a", 64), "-a", "a_", ""),
	"foo bar":             texts("x"),
	"example.com/x":       texts("", "ä"),
	"gardener.cloud/role": texts("garden", "foo"),
	"security.gardener.cloud/workloadidentity-provider": texts("foo"),
}

func texts(of ...string) []any {
	values := make([]any, len(of))
	for at, text := range of {
		values[at] = text
	}
	return values
}

func isWord(text string) bool { return word.MatchString(text) }

// boundaryOf gives a value at a limit of what stands at a place.
func (mutator *Mutator) boundaryOf(site Site) any {
	switch value := site.value().(type) {
	case json.Number:
		number, err := value.Int64()
		if err == nil && mutator.IntN(4) == 0 {
			return json.Number(fmt.Sprint(number + int64(mutator.IntN(3)) - 1))
		}
		if site.shape != nil && site.shape.is("string") && mutator.IntN(2) == 0 {
			return pick(mutator, pick(mutator, [][]any{percentages, quantities}))
		}
		return pick(mutator, numbers)
	case bool:
		return !value
	case string:
		if known := about[site.name()]; known != nil && mutator.IntN(2) == 0 {
			return pick(mutator, known)
		}
		for _, look := range looks {
			if look.pattern.MatchString(value) {
				return pick(mutator, look.values)
			}
		}
	}
	return pick(mutator, names)
}

// valueOf makes a value for a place where there is none: one that such a place has elsewhere, or a made one.
func (mutator *Mutator) valueOf(site Site, depth int) any {
	shape := site.shape
	if shape == nil {
		return pick(mutator, names)
	}
	if seen := mutator.pools.byShape[shape.name]; len(seen) > 0 && mutator.IntN(3) > 0 {
		return clone(pick(mutator, seen))
	}
	switch {
	case len(shape.Enum) > 0 && mutator.IntN(5) > 0:
		return pick(mutator, shape.Enum)
	case shape.Format == "quantity":
		return pick(mutator, quantities)
	case shape.Format == "duration":
		return pick(mutator, durations)
	case shape.Format == "date-time":
		return pick(mutator, timestamps)
	case shape.is("object"):
		return mutator.objectOf(site, depth)
	case shape.is("array"):
		return mutator.listOf(site, depth)
	case shape.is("boolean"):
		return mutator.IntN(2) == 0
	case shape.is("integer"), shape.is("number"):
		if shape.is("string") && mutator.IntN(2) == 0 {
			return pick(mutator, percentages)
		}
		return pick(mutator, numbers)
	default:
		return mutator.textOf(site)
	}
}

func (mutator *Mutator) textOf(site Site) any {
	name := site.name()
	if known := about[name]; known != nil && mutator.IntN(4) > 0 {
		return pick(mutator, known)
	}
	if seen := mutator.pools.byName["scalar "+name]; len(seen) > 0 && mutator.IntN(3) > 0 {
		return clone(pick(mutator, seen))
	}
	for _, suffix := range []struct {
		of     string
		values []any
	}{
		{"eriod", durations}, {"uration", durations}, {"imeout", durations}, {"nterval", durations}, {"elay", durations}, {"Time", durations},
		{"TTL", durations}, {"xpiration", durations}, {"hreshold", numbers}, {"ersion", versions}, {"URL", urls}, {"omain", domains},
		{"CIDR", networks}, {"odes", networks}, {"ods", networks}, {"ervices", networks}, {"chedule", schedules},
	} {
		if strings.HasSuffix(name, suffix.of) && mutator.IntN(5) > 0 {
			return pick(mutator, suffix.values)
		}
	}
	return pick(mutator, names)
}

// Deeper than this, only what is required is made.
const depthLimit = 3

func (mutator *Mutator) objectOf(site Site, depth int) any {
	made := map[string]any{}
	shape := site.shape
	if shape.values != nil && len(shape.Properties) == 0 {
		for range mutator.IntN(2) + 1 {
			key := pick(mutator, keys)
			inner := Site{path: site.path + "." + key, shape: mutator.schema.resolve(shape.values), member: key}
			made[key] = mutator.valueOf(inner, depth+1)
		}
		return made
	}
	for _, member := range slices.Sorted(maps.Keys(shape.Properties)) {
		required := slices.Contains(shape.Required, member)
		optional := depth < depthLimit && mutator.IntN(max(2, len(shape.Properties)/2)) == 0
		inner := joined(site.path, member, shape)
		if isUntouched(inner) || !(required && mutator.IntN(20) > 0 || optional) {
			continue
		}
		made[member] = mutator.valueOf(Site{path: inner, shape: mutator.schema.child(shape, member), member: member}, depth+1)
	}
	return made
}

func (mutator *Mutator) listOf(site Site, depth int) any {
	made := []any{}
	for index := range mutator.IntN(3) {
		inner := Site{path: fmt.Sprintf("%s[%d]", site.path, index), shape: mutator.schema.child(site.shape, "")}
		made = append(made, mutator.valueOf(inner, depth+1))
	}
	return made
}
