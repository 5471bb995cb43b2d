//! Pull requests that Gardener takes over: what it does about them.

use super::Case;
use super::history::Edit::{self, Remove, Replace, Write};

const LIVE: &str = "demo/shoots/shop/live.yaml";
const DEV: &str = "demo/shoots/shop/dev.yaml";
const TRAIN: &str = "demo/shoots/data/train.yaml";
const DUAL: &str = "demo/shoots/data/dual.yaml";
const PROFILE: &str = "base/cloudprofiles/openstack.yaml";

/// A change that does nothing but what it says.
const MORE_NODES: &[Edit] = &[Replace(LIVE, "minimum: 3", "minimum: 4")];
const OTHER_PURPOSE: &[Edit] = &[Replace(DEV, "purpose: development", "purpose: evaluation")];

const RESOURCE: &str = "
apiVersion: resources.gardener.cloud/v1alpha1
kind: ManagedResource
metadata:
  name: extras
  namespace: garden
  annotations: { landscape.gardener.cloud/cluster: runtime }
spec:
  secretRefs: [{ name: extras }]
";

const RULES: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: rules, namespace: garden-shop }
data: { a: b }
";
const RULES_BY_FLUX: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: rules, namespace: garden-shop, annotations: { landscape.gardener.cloud/delivery: flux } }
data: { a: b }
";
const RULES_KEPT: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: kept, namespace: garden-shop, annotations: { resources.gardener.cloud/keep-object: \"true\" } }
data: { a: b }
";
const RULES_KEPT_BY_FLUX: &str = "
apiVersion: v1
kind: ConfigMap
metadata:
  name: kept
  namespace: garden-shop
  annotations: { resources.gardener.cloud/keep-object: \"true\", landscape.gardener.cloud/delivery: flux }
data: { a: b }
";

const NAMESPACE: &str = "
apiVersion: v1
kind: Namespace
metadata: { name: extras }
";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "L760",
        setup: &[],
        told: &[Replace(LIVE, "type: g1.4", "type: g1.8")],
        says: "L760 spec.provider.workers[0].machine.type",
        twin: &[Replace(
            LIVE,
            "      maximum: 12\n      maxSurge: 1",
            "      maximum: 12\n      maxSurge: 2",
        )],
    },
    Case {
        rule: "L760",
        setup: &[],
        told: &[Replace(DEV, "version: 1.35.4", "version: 1.36.2")],
        says: "L760 spec.kubernetes.version",
        twin: OTHER_PURPOSE,
    },
    Case {
        rule: "L761",
        setup: &[],
        told: &[Replace(
            TRAIN,
            "version: 1.36.2\n",
            "version: 1.36.2\n    kubelet: { cpuManagerPolicy: static }\n",
        )],
        says: "L761 spec.kubernetes.kubelet.cpuManagerPolicy",
        twin: &[Replace(TRAIN, "maximum: 2", "maximum: 3")],
    },
    Case {
        rule: "L762",
        setup: &[],
        told: &[Replace(LIVE, "name: search\n", "name: find\n")],
        says: "L762 spec.provider.workers",
        twin: MORE_NODES,
    },
    Case {
        rule: "L763",
        setup: &[],
        told: &[Replace(LIVE, "      - eu01-2\n      - eu01-3\n", "      - eu01-2\n")],
        says: "L763 spec.provider.workers[0].zones",
        twin: MORE_NODES,
    },
    Case {
        rule: "L764",
        setup: &[],
        told: &[Replace(LIVE, "maximum: 12", "maximum: 10")],
        says: "L764 spec.provider.workers[0].maximum",
        twin: &[Replace(LIVE, "maximum: 12", "maximum: 13")],
    },
    Case {
        rule: "L765",
        setup: &[],
        told: &[Replace(
            LIVE,
            "      - eu01-3\n",
            "      - eu01-3\n      dataVolumes:\n      - { name: cache, type: performance, size: 20Gi }\n",
        )],
        says: "L765 spec.provider.workers[0].dataVolumes",
        twin: MORE_NODES,
    },
    Case {
        rule: "L766",
        setup: &[Replace(
            PROFILE,
            "    - version: 1.35.4\n",
            "    - version: 1.35.5\n    - version: 1.35.4\n",
        )],
        told: &[Replace(DEV, "version: 1.35.4", "version: 1.35.5")],
        says: "L766 spec.kubernetes.version",
        twin: OTHER_PURPOSE,
    },
    Case {
        rule: "L767",
        setup: &[],
        told: &[Replace(
            LIVE,
            "    kubeAPIServer:\n",
            "    kubeAPIServer:\n      requests: { maxNonMutatingInflight: 500 }\n",
        )],
        says: "L767 spec.kubernetes.kubeAPIServer",
        twin: MORE_NODES,
    },
    Case {
        rule: "L768",
        setup: &[],
        told: &[Replace(DEV, "version: 1.35.4", "version: 1.36.2")],
        says: "L768 spec.kubernetes.version",
        twin: OTHER_PURPOSE,
    },
    Case {
        rule: "L769",
        setup: &[],
        told: &[Replace(DEV, "  hibernation:\n", "  hibernation:\n    enabled: true\n")],
        says: "L769 spec.hibernation.enabled",
        twin: &[Replace(DEV, "start: 0 18 * * *", "start: 0 19 * * *")],
    },
    Case {
        rule: "L770",
        setup: &[Replace(DEV, "  hibernation:\n", "  hibernation:\n    enabled: true\n")],
        told: &[Replace(DEV, "enabled: true", "enabled: false")],
        says: "L770 spec.hibernation.enabled",
        twin: &[Replace(DEV, "start: 0 18 * * *", "start: 0 19 * * *")],
    },
    Case {
        rule: "L771",
        setup: &[],
        told: &[Replace(
            DEV,
            "  purpose: development\n",
            "  purpose: development\n  controlPlane: { highAvailability: { failureTolerance: { type: node } } }\n",
        )],
        says: "L771 spec.controlPlane.highAvailability.failureTolerance.type",
        twin: OTHER_PURPOSE,
    },
    Case {
        rule: "L772",
        setup: &[],
        told: &[Replace(
            LIVE,
            "metadata:\n",
            "metadata:\n  annotations: { gardener.cloud/operation: \"rollout-workers=web\" }\n",
        )],
        says: "L772 metadata.annotations[gardener.cloud/operation]",
        twin: &[Replace(
            LIVE,
            "metadata:\n",
            "metadata:\n  annotations: { gardener.cloud/operation: reconcile }\n",
        )],
    },
    Case {
        rule: "L773",
        setup: &[],
        told: &[Replace(
            LIVE,
            "metadata:\n",
            "metadata:\n  annotations: { maintenance.gardener.cloud/operation: rotate-ssh-keypair }\n",
        )],
        says: "L773 metadata.annotations[maintenance.gardener.cloud/operation]",
        twin: &[Replace(LIVE, "metadata:\n", "metadata:\n  annotations: { example.org/operation: none }\n")],
    },
    Case {
        rule: "L774",
        setup: &[],
        told: &[Replace(LIVE, "  - type: shoot-dns-service\n", "")],
        says: "L774 spec.extensions",
        twin: &[Replace(LIVE, "203.0.113.0/25", "203.0.113.0/26")],
    },
    Case {
        rule: "L775",
        setup: &[],
        told: &[Replace(DUAL, "    - IPv4\n    - IPv6\n", "    - IPv4\n")],
        says: "L775 spec.networking.ipFamilies",
        twin: &[Replace(DUAL, "purpose: production", "purpose: evaluation")],
    },
    Case {
        rule: "L780",
        setup: &[],
        told: &[Replace("demo/cloudprofiles/openstack.yaml", "maxNodesTotal: 100", "maxNodesTotal: 120")],
        says: "L780 metadata.name",
        twin: MORE_NODES,
    },
    Case {
        rule: "L781",
        setup: &[],
        told: &[Replace(PROFILE, "2030-04-14", "2029-10-14")],
        says: "L781 spec.kubernetes.versions[2].lifecycle[2].startTime",
        twin: &[Replace(PROFILE, "2030-04-14", "2030-10-14")],
    },
    Case {
        rule: "L782",
        setup: &[],
        told: &[Replace("base/landscape.yaml", "gardener/operator:v1.148.4", "gardener/operator:v1.148.5")],
        says: "L782 spec.ref",
        twin: &[Replace("base/landscape.yaml", "replicaCount: 2", "replicaCount: 3")],
    },
    Case {
        rule: "L783",
        setup: &[],
        told: &[Replace("demo/charts/usage-meter/values.yaml", "cpu: 10m", "cpu: 20m")],
        says: "L783 spec.deployment.extension.helm",
        twin: MORE_NODES,
    },
    Case {
        rule: "L784",
        setup: &[],
        told: &[Replace(
            "demo/seeds/eu01.yaml",
            "gardener/gardenlet:v1.148.4",
            "gardener/gardenlet:v1.148.5",
        )],
        says: "L784 spec.deployment.helm",
        twin: &[Replace("demo/seeds/eu01.yaml", "concurrentSyncs: 20", "concurrentSyncs: 25")],
    },
    Case {
        rule: "L785",
        setup: &[Write("demo/resources/extras.yaml", NAMESPACE)],
        told: &[Remove("demo/resources/extras.yaml")],
        says: "L785 metadata.name",
        twin: &[Replace("demo/resources/extras.yaml", "name: extras", "name: extras, labels: { a: b }")],
    },
    Case {
        rule: "L786",
        setup: &[],
        told: &[Remove("demo/garden.yaml"), Replace("demo/landscape.yaml", "  - garden.yaml\n", "")],
        says: "L786 metadata.name",
        twin: MORE_NODES,
    },
    Case {
        rule: "UP-MR-CLASS",
        setup: &[Write("demo/resources/extras.yaml", RESOURCE)],
        told: &[Replace("demo/resources/extras.yaml", "spec:\n", "spec:\n  class: seed\n")],
        says: "L787 spec.class",
        twin: &[Replace("demo/resources/extras.yaml", "spec:\n", "spec:\n  class: resources\n")],
    },
    Case {
        rule: "UP-MR-MOVE",
        setup: &[Write("demo/resources/extras.yaml", RULES), Write("demo/resources/kept.yaml", RULES_KEPT)],
        told: &[Write("demo/resources/extras.yaml", RULES_BY_FLUX)],
        says: "L788 metadata.name",
        twin: &[Write("demo/resources/kept.yaml", RULES_KEPT_BY_FLUX)],
    },
    Case {
        rule: "UP-MR-MOVE",
        setup: &[],
        told: &[Replace(
            "demo/projects/shop.yaml",
            "kind: Project\nmetadata:\n",
            "kind: Project\nmetadata:\n  annotations: { landscape.gardener.cloud/delivery: bundle, resources.gardener.cloud/ignore: \"true\" }\n",
        )],
        says: "L789 metadata.name",
        twin: &[Replace("demo/projects/shop.yaml", "description: Web shop", "description: The shop")],
    },
];
