//! What the admission of the extensions of clouds refuses, at the fields of the user.

use super::{Fixture, Mode};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["configurations"];

const AWS: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  networking:
    nodes: 10.250.0.0/16
    pods: 10.1.0.0/16
    services: 10.2.0.0/16
  provider:
    type: aws
    infrastructureConfig:
      apiVersion: aws.provider.extensions.gardener.cloud/v1alpha1
      kind: InfrastructureConfig
      networks:
        vpc: { cidr: 10.250.0.0/16 }
        zones:
        - { name: a, workers: 10.250.0.0/19, public: 10.250.32.0/20, internal: 10.250.48.0/20 }
        - { name: b, workers: 10.250.64.0/19, public: 10.250.96.0/20, internal: 10.250.112.0/20 }
    workers:
    - name: main
      zones: [a]
      volume: { type: gp3, size: 50Gi }
      dataVolumes: [{ name: data, type: io1, size: 5Gi }]
      providerConfig:
        apiVersion: aws.provider.extensions.gardener.cloud/v1alpha1
        kind: WorkerConfig
        volume: { iops: 3000 }
        dataVolumes: [{ name: data, iops: 100 }]
";

#[test]
fn aws() {
    let shoot = Fixture::new(ABOUT, Mode::Part, AWS);
    let networks = |rest: &str| format!("L943 spec.provider.infrastructureConfig.networks.{rest}");
    let overlap = |rest: &str| format!("L944 spec.provider.infrastructureConfig.networks.{rest}");
    let pool = |rest: &str| format!("L946 spec.provider.workers[0].providerConfig.{rest}");
    shoot.accepts(&[("{ cidr: 10.250.0.0/16 }", "{ id: vpc-1a2b }")]);
    shoot.finds(&[&networks("vpc.id")], &[("{ cidr: 10.250.0.0/16 }", "{ id: mine }")]);
    shoot.finds(&[&networks("vpc.cidr")], &[("{ cidr: 10.250.0.0/16 }", "{ cidr: 10.250.0.3/16 }")]);
    shoot.finds(&[&networks("zones[1].workers")], &[("10.250.64.0/19", "10.250.64.0")]);
    shoot.finds(&[&overlap("zones[1].workers")], &[("10.250.64.0/19", "10.250.0.0/20")]);
    shoot.finds(&[&overlap("zones[1].workers")], &[("10.250.64.0/19", "10.1.0.0/20")]);
    shoot.finds(&["L944 spec.networking.nodes"], &[("nodes: 10.250.0.0/16", "nodes: 10.0.0.0/8")]);
    shoot.finds(&["L948 spec.provider.workers[0].zones[0]"], &[("zones: [a]", "zones: [c]")]);
    shoot.finds(&[&pool("volume.iops")], &[("iops: 3000", "iops: 0")]);
    shoot.finds(&[&pool("dataVolumes[0].iops")], &[("name: data, iops: 100", "name: data")]);
    shoot.finds(&["L947 spec.provider.workers[0].volume.size"], &[(", size: 50Gi", "")]);
}

const GCP: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  networking: { nodes: 10.250.0.0/16, pods: 10.1.0.0/16 }
  provider:
    type: gcp
    infrastructureConfig:
      apiVersion: gcp.provider.extensions.gardener.cloud/v1alpha1
      kind: InfrastructureConfig
      networks: { workers: 10.250.0.0/16, internal: 10.251.0.0/16, mtu: 1460 }
    controlPlaneConfig:
      apiVersion: gcp.provider.extensions.gardener.cloud/v1alpha1
      kind: ControlPlaneConfig
      zone: a
    workers:
    - name: main
      zones: [a]
      volume: { type: pd-ssd, size: 50Gi }
      providerConfig:
        apiVersion: gcp.provider.extensions.gardener.cloud/v1alpha1
        kind: WorkerConfig
        gpu: { acceleratorType: nvidia-tesla-p100, count: 1 }
";

#[test]
fn gcp() {
    let shoot = Fixture::new(ABOUT, Mode::Part, GCP);
    let networks = |rest: &str| format!("L943 spec.provider.infrastructureConfig.networks.{rest}");
    let internal = "L944 spec.provider.infrastructureConfig.networks.internal";
    shoot.finds(&[internal], &[("10.251.0.0/16", "10.250.1.0/24")]);
    shoot.finds(&[internal], &[("10.251.0.0/16", "10.1.2.0/24")]);
    shoot.finds(&[&networks("workers")], &[("workers: 10.250.0.0/16, ", "")]);
    shoot.finds(&[&networks("mtu")], &[("1460", "9000")]);
    shoot.finds(&[&networks("vpc.cloudRouter")], &[("mtu: 1460", "vpc: { name: mine }")]);
    shoot.finds(&["L945 spec.provider.controlPlaneConfig.zone"], &[("zone: a", "zone: b")]);
    shoot.finds(&["L946 spec.provider.workers[0].providerConfig.gpu.count"], &[("count: 1", "count: 0")]);
    shoot.finds(&["L947 spec.provider.workers[0].volume.type"], &[("pd-ssd", "SCRATCH")]);
}

const AZURE: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  networking: { nodes: 10.250.0.0/16 }
  provider:
    type: azure
    infrastructureConfig:
      apiVersion: azure.provider.extensions.gardener.cloud/v1alpha1
      kind: InfrastructureConfig
      zoned: true
      networks:
        vnet: { cidr: 10.250.0.0/16 }
        zones:
        - { name: 1, cidr: 10.250.0.0/24 }
        - { name: 2, cidr: 10.250.1.0/24 }
    workers:
    - name: main
      zones: ['1']
      volume: { type: Standard_LRS, size: 50Gi }
";

#[test]
fn azure() {
    let shoot = Fixture::new(ABOUT, Mode::Part, AZURE);
    let networks = |rest: &str| format!("L943 spec.provider.infrastructureConfig.networks.{rest}");
    shoot.accepts(&[]);
    shoot.finds(&[&networks("zones[1].name")], &[("name: 2", "name: 1")]);
    shoot.finds(&[&networks("vnet.cidr")], &[("vnet: { cidr: 10.250.0.0/16 }", "vnet: {}")]);
    shoot.finds(&[&networks("vnet")], &[("{ cidr: 10.250.0.0/16 }", "{ name: mine }")]);
    shoot.finds(
        &["L944 spec.provider.infrastructureConfig.networks.zones[1].cidr"],
        &[("10.250.1.0/24", "10.250.0.0/25")],
    );
    shoot.finds(&["L948 spec.provider.workers[0].zones[0]"], &[("['1']", "['3']")]);
}

const OPENSTACK: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  cloudProfile: { name: one }
  region: north
  networking: { nodes: 10.250.0.0/16 }
  provider:
    type: openstack
    infrastructureConfig:
      apiVersion: openstack.provider.extensions.gardener.cloud/v1alpha1
      kind: InfrastructureConfig
      floatingPoolName: public-1
      networks: { workers: 10.250.0.0/16 }
    controlPlaneConfig:
      apiVersion: openstack.provider.extensions.gardener.cloud/v1alpha1
      kind: ControlPlaneConfig
      loadBalancerProvider: amphora
    workers:
    - { name: main, zones: [a] }
---
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: { name: one }
spec:
  type: openstack
  regions: [{ name: north }, { name: south }]
  providerConfig:
    apiVersion: openstack.provider.extensions.gardener.cloud/v1alpha1
    kind: CloudProfileConfig
    keystoneURL: https://keystone.example.org
    machineImages: [{ name: gardenlinux, versions: [{ version: 1.0.0, image: gardenlinux }] }]
    constraints:
      floatingPools: [{ name: public-* }]
      loadBalancerProviders: [{ name: amphora }, { name: ovn, region: south }]
";

#[test]
fn openstack() {
    let shoot = Fixture::new(ABOUT, Mode::Part, OPENSTACK);
    shoot.finds(
        &["L949 spec.provider.infrastructureConfig.floatingPoolName"],
        &[("floatingPoolName: public-1", "floatingPoolName: private")],
    );
    let provider = "L945 spec.provider.controlPlaneConfig.loadBalancerProvider";
    shoot.finds(&[provider], &[("loadBalancerProvider: amphora", "loadBalancerProvider: ovn")]);
    shoot.finds(&[provider], &[("region: north", "region: south")]);
    shoot.finds(
        &["L942 spec.providerConfig.keystoneURL"],
        &[("    keystoneURL: https://keystone.example.org\n", "")],
    );
}
