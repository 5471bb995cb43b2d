//! Pull requests about the pools of a shoot.

use super::super::Case;
use super::super::history::Edit::{self, Replace};
use super::{LARGER, LIVE, OFFICE, SEED, TRAIN};

const BATCH: &str = "demo/shoots/data/batch.yaml";
const GARDEN: &str = "demo/garden.yaml";
const PLAIN: &str = "demo/shoots/shop/plain.yaml";
const OWN: &str = "demo/shoots/garden/own.yaml";

pub(crate) const CASES: &[Case] = &[
    // Nodes that are replaced may skip a minor.
    Case {
        rule: "UP-SH-POOLVER",
        setup: &[],
        told: &[Replace(BATCH, "version: 1.35.4", "version: 1.35.3")],
        says: "L711 spec.provider.workers[1].kubernetes.version",
        twin: &[Replace(BATCH, "version: 1.34.3", "version: 1.36.2")],
    },
    Case {
        rule: "UP-SH-POOLVER",
        setup: &[Replace(
            TRAIN,
            "updateStrategy: ManualInPlaceUpdate\n",
            "updateStrategy: ManualInPlaceUpdate\n      kubernetes: { version: 1.34.3 }\n",
        )],
        told: &[Replace(TRAIN, "kubernetes: { version: 1.34.3 }", "kubernetes: { version: 1.36.2 }")],
        says: "L712 spec.provider.workers[1].kubernetes.version",
        twin: &[Replace(TRAIN, "kubernetes: { version: 1.34.3 }", "kubernetes: { version: 1.35.4 }")],
    },
    Case {
        rule: "UP-SH-WLESS",
        setup: &[Edit::Write(PLAIN, WORKERLESS)],
        told: &[Replace(PLAIN, "    type: openstack\n", WORKERS)],
        says: "L713 spec.provider.workers",
        twin: &[Replace(PLAIN, "purpose: development", "purpose: evaluation")],
    },
    Case {
        rule: "UP-SH-SELF",
        setup: &[],
        told: &[Replace(SEED, "    - name: seed\n", "    - name: seed\n      controlPlane: {}\n")],
        says: "L713 spec.provider.workers",
        twin: &[LARGER],
    },
    Case {
        rule: "UP-SH-CPBKP",
        setup: &[Edit::Write(OWN, SELF_HOSTED)],
        told: &[Replace(OWN, "backup:\n          provider: openstack", "backup:\n          provider: aws")],
        says: "L710 spec.provider.workers[0].controlPlane.backup.provider",
        twin: &[Replace(OWN, "size: 50Gi", "size: 60Gi")],
    },
    Case {
        rule: "UP-SH-INPLACE",
        setup: &[],
        told: &[Replace(TRAIN, "type: n1-medium", "type: c1-large")],
        says: "L714 spec.provider.workers[0].machine.type",
        twin: &[Replace(SEED, "type: c1-large", "type: n1-medium")],
    },
    Case {
        rule: "UP-SH-INPLACE",
        setup: &[],
        told: &[Replace(TRAIN, "updateStrategy: ManualInPlaceUpdate", "updateStrategy: AutoRollingUpdate")],
        says: "L714 spec.provider.workers[1].updateStrategy",
        twin: &[Replace(TRAIN, "maximum: 2\n", "maximum: 3\n")],
    },
    Case {
        rule: "UP-SH-IMGDOWN",
        setup: &[],
        told: &[Replace(TRAIN, SYSTEM_IMAGE, OLDER_SYSTEM_IMAGE)],
        says: "L714 spec.provider.workers[0].machine.image.version",
        twin: &[Replace(TRAIN, "maximum: 2\n", "maximum: 3\n")],
    },
    Case {
        rule: "UP-SH-GATE",
        setup: &[Edit::Remove(TRAIN), Replace(GARDEN, "          InPlaceNodeUpdates: true\n", "")],
        told: &[Replace(OFFICE, "    workers:\n", IN_PLACE)],
        says: "L715 spec.provider.workers[0].updateStrategy",
        twin: &[Replace(LIVE, "minimum: 3", "minimum: 4")],
    },
];

const SYSTEM_IMAGE: &str = "type: n1-medium
        architecture: amd64
        image:
          name: gardenlinux
          version: 2150.2.0";
const OLDER_SYSTEM_IMAGE: &str = "type: n1-medium
        architecture: amd64
        image:
          name: gardenlinux
          version: 1877.9.0";

const IN_PLACE: &str = "    workers:
    - name: steady
      machine:
        type: g1.2
        image: { name: gardenlinux, version: 2150.2.0 }
      minimum: 1
      maximum: 2
      updateStrategy: AutoInPlaceUpdate
      volume: { type: capacity, size: 50Gi }
      zones: [eu01-1]
";

const WORKERS: &str = "    type: openstack
    workers:
    - name: web
      machine:
        type: g1.2
        image: { name: gardenlinux, version: 2150.2.0 }
      minimum: 1
      maximum: 2
      volume: { type: capacity, size: 50Gi }
      zones: [eu01-1]
";

const WORKERLESS: &str = "\
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata:
  name: plain
  namespace: garden-shop
spec:
  cloudProfile:
    kind: CloudProfile
    name: openstack
  region: eu01
  purpose: development
  networking:
    services: 10.112.0.0/14
  kubernetes:
    version: 1.36.2
  provider:
    type: openstack
  maintenance:
    autoUpdate:
      kubernetesVersion: false
";

const SELF_HOSTED: &str = "\
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata:
  name: own
  namespace: garden
spec:
  cloudProfile:
    kind: CloudProfile
    name: openstack
  region: eu01
  purpose: infrastructure
  dns:
    domain: own.example.org
  networking:
    type: calico
    nodes: 10.150.0.0/16
    pods: 10.96.0.0/12
    services: 10.112.0.0/14
  kubernetes:
    version: 1.36.2
  provider:
    type: openstack
    workers:
    - name: control
      controlPlane:
        backup:
          provider: openstack
          credentialsRef:
            apiVersion: v1
            kind: Secret
            name: backup-openstack
            namespace: garden
      machine:
        type: g1.4
        image: { name: gardenlinux, version: 2150.2.0 }
      minimum: 1
      maximum: 1
      volume: { type: capacity, size: 50Gi }
      zones: [eu01-1]
  maintenance:
    autoUpdate:
      kubernetesVersion: false
      machineImageVersion: false
";
