//! Pull requests about CloudProfiles.

use super::Case;
use super::history::Edit::{self, Replace, Write};

const AWS: &str = "base/cloudprofiles/aws.yaml";
const OPENSTACK: &str = "demo/cloudprofiles/openstack.yaml";
const LAKE: &str = "demo/shoots/data/lake.yaml";
const CHILD: &str = "demo/cloudprofiles/data.yaml";

const V1_36_2: &str = "    - version: 1.36.2
      lifecycle:
      - classification: preview
      - classification: supported
        startTime: \"2026-09-01T00:00:00Z\"
";
const V1_35_3: &str = "    - version: 1.35.3
      lifecycle:
      - classification: deprecated
      - classification: expired
        startTime: \"2030-01-31T00:00:00Z\"
";
const V1_35_3_EXPIRED: &str = "    - version: 1.35.3
      classification: deprecated
      expirationDate: \"2026-01-31T00:00:00Z\"
";
const V1_34_3: &str = "    - version: 1.34.3
      lifecycle:
      - classification: supported
      - classification: deprecated
        startTime: \"2029-01-13T00:00:00Z\"
      - classification: expired
        startTime: \"2030-01-13T00:00:00Z\"
";
const OLD_IMAGE: &str = "      lifecycle:
      - classification: deprecated
      - classification: expired
        startTime: \"2030-03-31T00:00:00Z\"
      kubeletVersionConstraint";
const OLD_IMAGE_EXPIRED: &str = "      classification: deprecated
      expirationDate: \"2026-03-31T00:00:00Z\"
      kubeletVersionConstraint";
const M4_LARGE: &str = "  - name: m4.large
    cpu: \"2\"
    gpu: \"0\"
    memory: 8Gi
    usable: false
    capabilities:
      architecture:
      - amd64
      hypervisor:
      - xen
";
const NODE_LIMIT: &str = "  limits:
    maxNodesTotal: 200
";

/// A NamespacedCloudProfile with an image and a machine type of its own.
const OWN_IMAGE: &str = "apiVersion: core.gardener.cloud/v1beta1
kind: NamespacedCloudProfile
metadata:
  name: data
  namespace: garden-data
spec:
  parent:
    kind: CloudProfile
    name: aws
  machineImages:
  - name: gardenlinux-data
    updateStrategy: minor
    versions:
    - version: 2150.2.0
      cri:
      - name: containerd
      capabilityFlavors:
      - architecture:
        - amd64
        hypervisor:
        - nitro
  providerConfig:
    apiVersion: aws.provider.extensions.gardener.cloud/v1alpha1
    kind: CloudProfileConfig
    machineImages:
    - name: gardenlinux-data
      versions:
      - version: 2150.2.0
        capabilityFlavors:
        - capabilities:
            architecture:
            - amd64
            hypervisor:
            - nitro
          regions:
          - name: eu-central-1
            ami: ami-00000000000021503
          - name: eu-west-1
            ami: ami-00000000000121503
";

/// An image for the CloudProfile, and where its files lie.
macro_rules! image {
    ($name:literal) => {
        [
            Replace(
                AWS,
                "  machineTypes:\n",
                concat!(
                    "  - name: ",
                    $name,
                    "\n    versions:\n    - version: 2150.2.0\n      cri:\n      - name: containerd\n      capabilityFlavors:\n",
                    "      - architecture:\n        - amd64\n        hypervisor:\n        - nitro\n        - xen\n",
                    "  machineTypes:\n"
                ),
            ),
            Replace(
                AWS,
                "    kind: CloudProfileConfig\n    machineImages:\n",
                concat!(
                    "    kind: CloudProfileConfig\n    machineImages:\n    - name: ",
                    $name,
                    "\n      versions:\n      - version: 2150.2.0\n        capabilityFlavors:\n",
                    "        - capabilities:\n            architecture:\n            - amd64\n            hypervisor:\n",
                    "            - nitro\n            - xen\n          regions:\n",
                    "          - name: eu-central-1\n            ami: ami-00000000000021504\n",
                    "          - name: eu-west-1\n            ami: ami-00000000000121504\n"
                ),
            ),
        ]
    };
}

/// A NamespacedCloudProfile that extends versions.
macro_rules! extending {
    ($spec:literal) => {
        concat!(
            "apiVersion: core.gardener.cloud/v1beta1\nkind: NamespacedCloudProfile\nmetadata:\n  name: data\n",
            "  namespace: garden-data\nspec:\n  parent:\n    kind: CloudProfile\n    name: aws\n",
            $spec
        )
    };
}

const EXTENDS_KUBERNETES: &str = extending!(
    "  kubernetes:\n    versions:\n    - version: 1.35.3\n      expirationDate: \"2029-01-31T00:00:00Z\"\n"
);
const EXTENDS_IMAGE: &str = extending!(
    "  machineImages:\n  - name: gardenlinux\n    versions:\n    - version: 1877.9.0\n      expirationDate: \"2029-03-31T00:00:00Z\"\n"
);
const EXTENDS_NOTHING: &str = extending!("  limits:\n    maxNodesTotal: 200\n");

/// The lake is made after the NamespacedCloudProfile.
const LAKE_OF_CHILD: Edit = Replace(
    LAKE,
    "    kind: CloudProfile\n    name: aws",
    "    kind: NamespacedCloudProfile\n    name: data",
);

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-CP-K8S",
        setup: &[],
        told: &[Replace(AWS, V1_36_2, "")],
        says: "L743 spec.kubernetes.versions",
        twin: &[Replace(AWS, V1_35_3, "")],
    },
    Case {
        rule: "UP-CP-IMG",
        setup: &[],
        told: &[Replace(AWS, "version: 2150.2.0\n      lifecycle", "version: 2150.3.0\n      lifecycle")],
        says: "L743 spec.machineImages[0].versions",
        twin: &[Replace(AWS, "startTime: \"2030-03-31T00:00:00Z\"", "startTime: \"2029-03-31T00:00:00Z\"")],
    },
    // A pool of the shoot `batch` is behind its control plane.
    Case {
        rule: "UP-CP-K8SPOOL",
        setup: &[],
        told: &[Replace(AWS, V1_34_3, "")],
        says: "L744 spec.kubernetes.versions",
        twin: &[Replace(AWS, V1_35_3, "")],
    },
    Case {
        rule: "UP-CP-MT",
        setup: &[],
        told: &[Replace(AWS, "  - name: m7i.xlarge\n", "  - name: m7i.2xlarge\n")],
        says: "L744 spec.machineTypes",
        twin: &[Replace(AWS, M4_LARGE, "")],
    },
    Case {
        rule: "UP-CP-MT",
        setup: &[],
        told: &[Replace(AWS, "    - name: eu-central-1c\n", "")],
        says: "L744 spec.regions[0].zones",
        twin: &[Replace(AWS, "    - name: eu-west-1c\n", "")],
    },
    Case {
        rule: "UP-CP-LIMADD",
        setup: &[Replace(AWS, NODE_LIMIT, "")],
        told: &[Replace(AWS, "  machineTypes:\n", "  limits:\n    maxNodesTotal: 2\n  machineTypes:\n")],
        says: "L747 spec.limits.maxNodesTotal",
        twin: &[Replace(AWS, "  machineTypes:\n", "  limits:\n    maxNodesTotal: 50\n  machineTypes:\n")],
    },
    Case {
        rule: "UP-CP-LIMDEC",
        setup: &[],
        told: &[Replace(OPENSTACK, "maxNodesTotal: 100", "maxNodesTotal: 99")],
        says: "L748 spec.limits.maxNodesTotal",
        twin: &[Replace(OPENSTACK, "maxNodesTotal: 100", "maxNodesTotal: 101")],
    },
    Case {
        rule: "UP-CP-UNAVAIL",
        setup: &[],
        told: &[Replace(
            AWS,
            V1_35_3,
            "    - version: 1.35.3
      lifecycle:
      - classification: deprecated
        startTime: \"2027-01-31T00:00:00Z\"
      - classification: expired
        startTime: \"2030-01-31T00:00:00Z\"
",
        )],
        says: "L749 spec.kubernetes.versions[3]",
        twin: &[Replace(AWS, "startTime: \"2029-04-14T00:00:00Z\"", "startTime: \"2028-04-14T00:00:00Z\"")],
    },
    Case {
        rule: "UP-CP-IMGADD",
        setup: &[Write(CHILD, OWN_IMAGE)],
        told: &image!("gardenlinux-data"),
        says: "L745 spec.machineImages[1]",
        twin: &image!("gardenlinux-next"),
    },
    Case {
        rule: "UP-CP-CAP",
        setup: &[Write(CHILD, OWN_IMAGE)],
        told: &[Replace(AWS, "    values:\n    - nitro\n", "    values:\n")],
        says: "L746 spec.machineCapabilities[1].values",
        twin: &[Replace(AWS, "    values:\n    - nitro\n", "    values:\n    - kvm\n    - nitro\n")],
    },
    Case {
        rule: "UP-NP-K8S",
        setup: &[
            Replace(AWS, V1_35_3, V1_35_3_EXPIRED),
            Write(CHILD, EXTENDS_KUBERNETES),
            LAKE_OF_CHILD,
            Replace(LAKE, "version: 1.36.2", "version: 1.35.3"),
        ],
        told: &[Write(CHILD, EXTENDS_NOTHING)],
        says: "L743 spec.kubernetes.versions",
        twin: &[Replace(CHILD, "\"2029-01-31T00:00:00Z\"", "\"2028-01-31T00:00:00Z\"")],
    },
    Case {
        rule: "UP-NP-IMG",
        setup: &[
            Replace(AWS, OLD_IMAGE, OLD_IMAGE_EXPIRED),
            Write(CHILD, EXTENDS_IMAGE),
            LAKE_OF_CHILD,
            Replace(LAKE, "version: 1.36.2", "version: 1.35.4"),
            Replace(
                LAKE,
                "        architecture: amd64\n        image:\n          name: gardenlinux\n          version: 2150.2.0",
                "        architecture: amd64\n        image:\n          name: gardenlinux\n          version: 1877.9.0",
            ),
        ],
        told: &[Write(CHILD, EXTENDS_NOTHING)],
        says: "L743 spec.machineImages",
        twin: &[Replace(CHILD, "\"2029-03-31T00:00:00Z\"", "\"2028-03-31T00:00:00Z\"")],
    },
    Case {
        rule: "UP-NP-PAST",
        setup: &[Replace(AWS, V1_35_3, V1_35_3_EXPIRED), Write(CHILD, EXTENDS_KUBERNETES)],
        told: &[Replace(CHILD, "\"2029-01-31T00:00:00Z\"", "\"2026-05-31T00:00:00Z\"")],
        says: "L750 spec.kubernetes.versions[0].expirationDate",
        twin: &[Replace(CHILD, "\"2029-01-31T00:00:00Z\"", "\"2026-12-31T00:00:00Z\"")],
    },
];
