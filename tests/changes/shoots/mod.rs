//! Pull requests about shoots.

pub(crate) mod cluster;
pub(crate) mod network;
pub(crate) mod pool;
pub(crate) mod removal;
pub(crate) mod seat;

use super::Case;
use super::history::Edit::{self, Replace};

pub(crate) const LIVE: &str = "demo/shoots/shop/live.yaml";
/// A shoot with nothing out of the ordinary.
pub(crate) const OFFICE: &str = "demo/shoots/shop/office.yaml";
/// A shoot of which two pools are updated in place.
pub(crate) const TRAIN: &str = "demo/shoots/data/train.yaml";
/// A shoot that names its seed, and is one itself.
pub(crate) const SEED: &str = "demo/shoots/garden/m1.yaml";

/// What no rule minds.
pub(crate) const PURPOSE: Edit = Replace(LIVE, "purpose: production", "purpose: evaluation");
pub(crate) const LARGER: Edit = Replace(SEED, "minimum: 3", "minimum: 4");

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SH-REGION",
        setup: &[],
        told: &[Replace(LIVE, "region: eu01", "region: eu02")],
        says: "L710 spec.region",
        twin: &[PURPOSE],
    },
    Case {
        rule: "UP-SH-PROVIDER",
        setup: &[],
        told: &[Replace(LIVE, "  provider:\n    type: openstack", "  provider:\n    type: aws")],
        says: "L710 spec.provider.type",
        twin: &[Replace(LIVE, "minimum: 3", "minimum: 4")],
    },
    Case {
        rule: "UP-SH-K8S-DOWN",
        setup: &[],
        told: &[Replace(LIVE, "version: 1.36.2", "version: 1.35.4")],
        says: "L711 spec.kubernetes.version",
        twin: &[PURPOSE],
    },
    // Of a version without its patch, Gardener chooses the latest.
    Case {
        rule: "UP-SH-K8S-DOWN",
        setup: &[],
        told: &[Replace(LIVE, "version: 1.36.2", "version: \"1.35\"")],
        says: "L711 spec.kubernetes.version",
        twin: &[Replace(LIVE, "version: 1.36.2", "version: \"1.36\"")],
    },
    Case {
        rule: "UP-SH-K8S-SKIP",
        setup: &[Replace(LIVE, "version: 1.36.2", "version: 1.34.3")],
        told: &[Replace(LIVE, "version: 1.34.3", "version: 1.36.2")],
        says: "L712 spec.kubernetes.version",
        twin: &[Replace(LIVE, "version: 1.34.3", "version: 1.35.4")],
    },
    Case {
        rule: "UP-SH-CB",
        setup: &[],
        told: &[Replace(LIVE, "  credentialsBindingName: openstack\n", "")],
        says: "L710 spec.credentialsBindingName",
        twin: &[PURPOSE],
    },
    Case {
        rule: "UP-SH-CB",
        setup: &[],
        told: &[Replace(LIVE, "credentialsBindingName: openstack", "credentialsBindingName: \"\"")],
        says: "L710 spec.credentialsBindingName",
        twin: &[PURPOSE],
    },
    Case {
        rule: "UP-SH-SB",
        setup: &[],
        told: &[Replace(
            LIVE,
            "credentialsBindingName: openstack\n",
            "credentialsBindingName: openstack\n  secretBindingName: openstack\n",
        )],
        says: "L710 spec.secretBindingName",
        twin: &[PURPOSE],
    },
    // From a SecretBinding to a CredentialsBinding, of the same Secret alone.
    Case {
        rule: "UP-SH-SB",
        setup: &[
            Edit::Write("demo/projects/bindings.yaml", BINDINGS),
            Replace(LIVE, "credentialsBindingName: openstack", "secretBindingName: openstack"),
        ],
        told: &[Replace(LIVE, "secretBindingName: openstack", "credentialsBindingName: other")],
        says: "L710 spec.credentialsBindingName",
        twin: &[Replace(LIVE, "secretBindingName: openstack", "credentialsBindingName: openstack")],
    },
    Case {
        rule: "UP-SH-CPROFILE",
        setup: &[Edit::Write("demo/cloudprofiles/shop.yaml", PROFILE)],
        told: &[Replace(
            OFFICE,
            "    kind: CloudProfile\n    name: openstack",
            "    kind: CloudProfile\n    name: aws",
        )],
        says: "L723 spec.cloudProfile.name",
        twin: &[Replace(
            OFFICE,
            "    kind: CloudProfile\n    name: openstack",
            "    kind: NamespacedCloudProfile\n    name: shop",
        )],
    },
    Case {
        rule: "UP-SH-DELETING",
        setup: &[IN_DELETION],
        told: &[Replace(OFFICE, "minimum: 2", "minimum: 3")],
        says: "L729 spec",
        twin: &[Replace(OFFICE, "  annotations:\n", "  annotations:\n    shop.example.org/note: going\n")],
    },
    Case {
        rule: "UP-SH-DELETING",
        setup: &[IN_DELETION, FORCED],
        told: &[Replace(OFFICE, "    confirmation.gardener.cloud/force-deletion: \"true\"\n", "")],
        says: "L729 metadata.annotations[confirmation.gardener.cloud/force-deletion]",
        twin: &[Edit::Remove(OFFICE)],
    },
];

const IN_DELETION: Edit = Replace(
    OFFICE,
    "  namespace: garden-shop\n",
    "  namespace: garden-shop\n  deletionTimestamp: \"2026-11-20T10:00:00Z\"\n  annotations:\n    \
     confirmation.gardener.cloud/deletion: \"true\"\n",
);
const FORCED: Edit = Replace(
    OFFICE,
    "    confirmation.gardener.cloud/deletion: \"true\"\n",
    "    confirmation.gardener.cloud/deletion: \"true\"\n    confirmation.gardener.cloud/force-deletion: \"true\"\n",
);

const BINDINGS: &str = "\
apiVersion: core.gardener.cloud/v1beta1
kind: SecretBinding
metadata: { name: openstack, namespace: garden-shop }
provider: { type: openstack }
secretRef: { name: openstack, namespace: garden-shop }
---
apiVersion: security.gardener.cloud/v1alpha1
kind: CredentialsBinding
metadata: { name: other, namespace: garden-shop }
provider: { type: openstack }
credentialsRef: { apiVersion: v1, kind: Secret, name: openstack, namespace: garden-edge }
";

const PROFILE: &str = "\
apiVersion: core.gardener.cloud/v1beta1
kind: NamespacedCloudProfile
metadata: { name: shop, namespace: garden-shop }
spec:
  parent: { kind: CloudProfile, name: openstack }
";
