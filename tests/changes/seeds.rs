//! Pull requests about seeds.

use super::Case;
use super::history::Edit::{Remove, Replace, Write};

const FRA: &str = "demo/seeds/fra.yaml";
const EU01: &str = "demo/seeds/eu01.yaml";
const M1: &str = "demo/seeds/m1.yaml";
const SHOOT_M1: &str = "demo/shoots/garden/m1.yaml";
const LAKE: &str = "demo/shoots/data/lake.yaml";
const SPARE: &str = "demo/seeds/spare.yaml";

/// A Seed of its own. No landscape should have one, but one that is there should go in peace.
const SEED: &str = "apiVersion: core.gardener.cloud/v1beta1
kind: Seed
metadata:
  name: spare
spec:
  provider:
    type: aws
    region: eu-central-1
    zones:
    - eu-central-1a
    - eu-central-1b
    - eu-central-1c
  networks:
    nodes: 10.40.0.0/16
    pods: 10.41.0.0/16
    services: 10.42.0.0/16
    shootDefaults:
      pods: 10.96.0.0/12
      services: 10.112.0.0/14
  accessRestrictions:
  - name: eu-access-only
  dns:
    provider:
      type: openstack-designate
      credentialsRef:
        apiVersion: v1
        kind: Secret
        name: default-domain
        namespace: garden
    internal:
      type: openstack-designate
      domain: internal.demo.example.org
      credentialsRef:
        apiVersion: v1
        kind: Secret
        name: internal-domain
        namespace: garden
    defaults:
    - type: openstack-designate
      domain: apps.demo.example.org
      credentialsRef:
        apiVersion: v1
        kind: Secret
        name: default-domain
        namespace: garden
  ingress:
    domain: ingress.spare.seeds.demo.example.org
    controller:
      kind: nginx
";

/// A ManagedSeed that an operation is asked of.
const ASKED: &str =
    "  name: m1\n  namespace: garden\n  annotations:\n    gardener.cloud/operation: reconcile\n";
const SELF_HOSTED: &str =
    "  name: spare\n  labels:\n    seed.gardener.cloud/self-hosted-shoot-cluster: \"true\"\n";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SD-NET",
        setup: &[],
        told: &[Replace(FRA, "pods: 10.25.0.0/16", "pods: 10.27.0.0/16")],
        says: "L731 spec.config.seedConfig.spec.networks.pods",
        twin: &[Replace(FRA, "pods: 10.96.0.0/12", "pods: 10.192.0.0/12")],
    },
    Case {
        rule: "UP-GL",
        setup: &[],
        told: &[Replace(FRA, "services: 10.26.0.0/16", "services: 10.27.0.0/16")],
        says: "L731 spec.config.seedConfig.spec.networks.services",
        twin: &[Replace(FRA, "services: 10.112.0.0/14", "services: 10.116.0.0/14")],
    },
    Case {
        rule: "UP-SD-ING",
        setup: &[],
        told: &[Replace(FRA, "domain: ingress.fra.seeds", "domain: ingress.frankfurt.seeds")],
        says: "L731 spec.config.seedConfig.spec.ingress.domain",
        twin: &[Replace(FRA, "minimumSize: 20Gi", "minimumSize: 10Gi")],
    },
    Case {
        rule: "UP-SD-BKP",
        setup: &[],
        told: &[Replace(
            FRA,
            "          provider: aws\n          region: eu-central-1\n",
            "          provider: aws\n          region: eu-west-1\n",
        )],
        says: "L731 spec.config.seedConfig.spec.backup.region",
        twin: &[Replace(FRA, "shoots: \"200\"", "shoots: \"220\"")],
    },
    Case {
        rule: "UP-SD-DNSDEF",
        setup: &[],
        told: &[Replace(
            FRA,
            "          defaults:
          - type: openstack-designate
            domain: ${{ vars.shootDomain }}
            credentialsRef:
              apiVersion: v1
              kind: Secret
              name: default-domain
              namespace: garden
",
            "",
        )],
        says: "L731 spec.config.seedConfig.spec.dns.defaults",
        twin: &[Replace(FRA, "concurrentSyncs: 20", "concurrentSyncs: 30")],
    },
    // The control plane of `garden/m1` is in this seed.
    Case {
        rule: "UP-SD-DNSDEF",
        setup: &[],
        told: &[Replace(EU01, "domain: ${{ vars.shootDomain }}", "domain: shoots.${{ vars.domain }}")],
        says: "L733 spec.config.seedConfig.spec.dns.defaults",
        twin: &[Replace(EU01, "minimumSize: 20Gi", "minimumSize: 10Gi")],
    },
    Case {
        rule: "UP-SD-ZONES",
        setup: &[],
        told: &[Replace(EU01, "          - eu01-3\n", "")],
        says: "L733 spec.config.seedConfig.spec.provider.zones",
        twin: &[Replace(EU01, "          - eu01-3\n", "          - eu01-3\n          - eu01-4\n")],
    },
    Case {
        rule: "UP-SD-INTDOM",
        setup: &[],
        told: &[Replace(EU01, "domain: internal.${{ vars.domain }}", "domain: inner.${{ vars.domain }}")],
        says: "L733 spec.config.seedConfig.spec.dns.internal.domain",
        // Nobody is known to live in this one.
        twin: &[Replace(FRA, "domain: internal.${{ vars.domain }}", "domain: inner.${{ vars.domain }}")],
    },
    Case {
        rule: "UP-SD-DEL",
        setup: &[Write(SPARE, SEED), Replace(LAKE, "  purpose:", "  seedName: spare\n  purpose:")],
        told: &[Remove(SPARE)],
        says: "L734 metadata.name",
        twin: &[Remove(SPARE), Remove(LAKE)],
    },
    Case {
        rule: "L732",
        setup: &[Replace(M1, "  name: m1\n  namespace: garden\n", ASKED)],
        told: &[Replace(M1, "operation: reconcile", "operation: renew-kubeconfig")],
        says: "L732 metadata.annotations[gardener.cloud/operation]",
        twin: &[Replace(M1, ASKED, "  name: m1\n  namespace: garden\n")],
    },
    Case {
        rule: "L730",
        setup: &[Write(SPARE, SEED), Replace(SPARE, "  name: spare\n", SELF_HOSTED)],
        told: &[Replace(SPARE, SELF_HOSTED, "  name: spare\n")],
        says: "L730 metadata.labels[seed.gardener.cloud/self-hosted-shoot-cluster]",
        twin: &[Remove(SPARE)],
    },
    Case {
        rule: "UP-MS-ZONES",
        setup: &[
            Replace(
                SHOOT_M1,
                "      maxUnavailable: 0\n",
                "      maxUnavailable: 0\n      zones:\n      - dc1-a\n      - dc1-b\n",
            ),
            Replace(
                M1,
                "            region: dc1\n",
                "            region: dc1\n            zones:\n            - dc1-a\n",
            ),
        ],
        told: &[Replace(M1, "            - dc1-a\n", "            - dc1-a\n            - dc1-c\n")],
        says: "L735 spec.gardenlet.config.seedConfig.spec.provider.zones",
        twin: &[Replace(M1, "            - dc1-a\n", "            - dc1-a\n            - dc1-b\n")],
    },
    Case {
        rule: "UP-MS",
        setup: &[],
        told: &[Replace(M1, "mergeWithParent: true", "mergeWithParent: false")],
        says: "L730 spec.gardenlet.mergeWithParent",
        // The value is that of one that is left out.
        twin: &[Replace(M1, "    mergeWithParent: true\n", "")],
    },
    Case {
        rule: "UP-MS",
        setup: &[],
        told: &[Replace(M1, "            provider: openstack\n", "            provider: aws\n")],
        says: "L731 spec.gardenlet.config.seedConfig.spec.backup.provider",
        // The range is taken from the shoot.
        twin: &[Replace(M1, "            services: 10.30.0.0/16\n", "")],
    },
];
