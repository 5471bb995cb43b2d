//! Secrets: kubeconfigs, the internal domain, and the size of objects.

use super::assert_found;

const SECRETS: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: v1
kind: Secret
metadata: { name: cluster, namespace: garden-dev } # where
stringData:
  kubeconfig: |
    apiVersion: v1
    kind: Config
    users: [{ name: ada, user: { token: secret, auth-provider: { name: oidc } } }]
---
apiVersion: v1
kind: Secret
metadata:
  name: domain
  namespace: garden
  labels: { role: internal-domain, gardener.cloud/role: internal-domain }
  annotations: { dns.gardener.cloud/domain: internal.example.org, dns.gardener.cloud/provider: acme }
";

#[test]
fn a_kubeconfig_of_a_project_runs_and_reads_nothing() {
    assert_found(SECRETS, &[], &[]);
    for user in ["exec: { command: login }", "exec: {}", "tokenFile: /token", "as: root", "client-key: /key"]
    {
        let change = ("token: secret, auth-provider: { name: oidc }", user);
        assert_found(SECRETS, &[change], &["L382 cluster stringData.kubeconfig: the user `ada`"]);
        let elsewhere = ("namespace: garden-dev } # where", "namespace: garden }");
        assert_found(SECRETS, &[change, elsewhere], &[]);
    }
    let provider = ("auth-provider: { name: oidc }", "auth-provider: { name: oidc, config: { id: a } }");
    assert_found(SECRETS, &[provider], &["L382 cluster stringData.kubeconfig: the user `ada`"]);
    assert_found(
        SECRETS,
        &[("    kind: Config\n", "    kind: [\n")],
        &["L382 cluster stringData.kubeconfig: "],
    );
}

#[test]
fn there_is_one_internal_domain() {
    let without = (", dns.gardener.cloud/provider: acme", "");
    assert_found(SECRETS, &[without], &["L382 domain metadata.annotations[dns.gardener.cloud/provider]: "]);
    let second = "
---
apiVersion: v1
kind: Secret
metadata: { name: other, namespace: garden, labels: { gardener.cloud/role: internal-domain } }
";
    assert_found(&format!("{SECRETS}{second}"), &[], &["L382 other metadata.name: a second internal domain"]);
}

#[test]
fn the_garden_limits_objects_and_their_number() {
    const LIMITS: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: { name: garden }
spec:
  virtualCluster:
    gardener:
      gardenerAdmissionController:
        resourceAdmissionConfiguration:
          operationMode: block
          # subjects
          limits:
          - { apiGroups: [core.gardener.cloud], apiVersions: ['*'], resources: [projects], size: 1k, count: 2 }
          - { apiGroups: [''], apiVersions: [v1], resources: [configmaps], size: '120' }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: ops }
spec: { namespace: garden-ops }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: a, namespace: garden-dev }
data: { a: a }
";
    assert_found(LIMITS, &[], &[]);
    let long = ("data: { a: a }", "data: { a: a long text that is longer than the rest }");
    assert_found(LIMITS, &[long], &["L362 a : 1"]);
    assert_found(LIMITS, &[long, ("operationMode: block", "operationMode: log")], &[]);
    assert_found(LIMITS, &[long, ("# subjects", "unrestrictedSubjects: [{ kind: User, name: flux }]")], &[]);
    assert_found(LIMITS, &[("count: 2", "count: 1")], &["L362 ops : more than 1"]);
}
