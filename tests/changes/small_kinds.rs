//! Pull requests about projects, bindings, quotas and the like.

use super::Case;
use super::history::Edit::{Replace, Write};

const SHOP: &str = "demo/projects/shop.yaml";
const EDGE: &str = "demo/projects/edge.yaml";
const IDENTITY: &str = "demo/resources/backup-aws.yaml";
const CLASS: &str = "demo/resources/exposureclass.yaml";
const REGISTRATION: &str = "base/registrations/provider-metal.yaml";
const CHILD: &str = "demo/cloudprofiles/shop.yaml";
const NEW: &str = "demo/resources/new.yaml";

const NAMESPACED: &str = "apiVersion: core.gardener.cloud/v1beta1
kind: NamespacedCloudProfile
metadata:
  name: shop
  namespace: garden-shop
spec:
  parent:
    kind: CloudProfile
    name: openstack
  limits:
    maxNodesTotal: 120
";
const SECRET_BINDING: &str = "apiVersion: core.gardener.cloud/v1beta1
kind: SecretBinding
metadata:
  name: old
  namespace: garden-shop
provider:
  type: openstack
secretRef:
  name: openstack
  namespace: garden-shop
";
const BUCKET: &str = "apiVersion: core.gardener.cloud/v1beta1
kind: BackupBucket
metadata:
  name: archive
spec:
  provider:
    type: openstack
    region: eu01
  seedName: eu01
  credentialsRef:
    apiVersion: v1
    kind: Secret
    name: backup-openstack
    namespace: garden
";
const INTERNAL_SECRET: &str = "apiVersion: core.gardener.cloud/v1beta1
kind: InternalSecret
metadata:
  name: kept
  namespace: garden-shop
type: Opaque
immutable: true
";
const SET: &str = "apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: ManagedSeedSet
metadata:
  name: more
  namespace: garden
spec:
  replicas: 0
  selector:
    matchLabels:
      of: more
  template:
    metadata:
      labels:
        of: more
    spec:
      gardenlet:
        config:
          apiVersion: gardenlet.config.gardener.cloud/v1alpha1
          kind: GardenletConfiguration
          seedConfig:
            metadata:
              labels:
                of: more
            spec:
              dns:
                internal:
                  type: openstack-designate
                  domain: internal.demo.example.org
                  credentialsRef:
                    apiVersion: v1
                    kind: Secret
                    name: internal-domain
                    namespace: garden
  shootTemplate:
    metadata:
      labels:
        of: more
    spec:
      cloudProfile:
        kind: CloudProfile
        name: metal
      credentialsBindingName: metal
      region: dc1
      networking:
        type: calico
      kubernetes:
        version: 1.36.2
        verticalPodAutoscaler:
          enabled: true
      provider:
        type: metal
        workers:
        - name: seed
          machine:
            type: c1-large
            architecture: amd64
            image:
              name: gardenlinux
              version: 2150.2.0
          cri:
            name: containerd
          minimum: 3
          maximum: 6
          maxSurge: 1
          maxUnavailable: 0
";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-NP-PARENT",
        setup: &[Write(CHILD, NAMESPACED)],
        told: &[Replace(CHILD, "name: openstack", "name: aws")],
        says: "L730 spec.parent",
        twin: &[Replace(CHILD, "maxNodesTotal: 120", "maxNodesTotal: 110")],
    },
    Case {
        rule: "UP-PJ",
        setup: &[],
        told: &[Replace(
            SHOP,
            "  owner:\n    apiGroup: rbac.authorization.k8s.io\n    kind: User\n    name: owner@shop.example.org\n",
            "",
        )],
        says: "L730 spec.owner",
        twin: &[Replace(SHOP, "description: Web shop", "description: Web shop and stalls")],
    },
    Case {
        rule: "UP-QU",
        setup: &[],
        told: &[Replace(
            EDGE,
            "    apiVersion: core.gardener.cloud/v1beta1\n    kind: Project\n",
            "    apiVersion: v1\n    kind: Secret\n",
        )],
        says: "L730 spec.scope",
        twin: &[Replace(EDGE, "cpu: \"64\"", "cpu: \"96\"")],
    },
    Case {
        rule: "UP-SB",
        setup: &[Write(NEW, SECRET_BINDING)],
        told: &[Replace(NEW, "secretRef:\n  name: openstack", "secretRef:\n  name: flux-git")],
        says: "L730 secretRef",
        // The namespace is that of the binding where none is written.
        twin: &[Replace(NEW, "  name: openstack\n  namespace: garden-shop\n", "  name: openstack\n")],
    },
    Case {
        rule: "UP-CB",
        setup: &[],
        told: &[Replace(EDGE, "quotas:\n- name: branches\n  namespace: garden-edge\n", "")],
        says: "L730 quotas",
        twin: &[Replace(
            EDGE,
            "quotas:\n- name: branches\n  namespace: garden-edge\n",
            "quotas:\n- name: branches\n",
        )],
    },
    Case {
        rule: "UP-WI",
        setup: &[],
        told: &[Replace(IDENTITY, "    type: aws\n", "    type: gcp\n")],
        says: "L730 spec.targetSystem.type",
        twin: &[Replace(IDENTITY, "  - aws-backup\n", "  - aws-backup\n  - aws-restore\n")],
    },
    Case {
        rule: "UP-EC",
        setup: &[],
        told: &[Replace(CLASS, "handler: internal", "handler: private")],
        says: "L730 handler",
        twin: &[Replace(CLASS, "  name: internal\n", "  name: internal\n  labels:\n    team: network\n")],
    },
    Case {
        rule: "UP-BB",
        setup: &[Write(NEW, BUCKET)],
        told: &[Replace(NEW, "region: eu01", "region: eu02")],
        says: "L730 spec.provider",
        twin: &[Replace(NEW, "  name: archive\n", "  name: archive\n  labels:\n    team: backup\n")],
    },
    Case {
        rule: "UP-CR",
        setup: &[],
        told: &[Replace(REGISTRATION, "kind: Worker\n", "kind: Worker\n    primary: false\n")],
        says: "L730 spec.resources[2].primary",
        // The value is that of one that is left out.
        twin: &[Replace(REGISTRATION, "kind: Worker\n", "kind: Worker\n    primary: true\n")],
    },
    Case {
        rule: "UP-IS",
        setup: &[Write(NEW, INTERNAL_SECRET)],
        told: &[Replace(NEW, "type: Opaque", "type: example.org/token")],
        says: "L730 type",
        // The server keeps the type.
        twin: &[Replace(NEW, "type: Opaque\n", "")],
    },
    Case {
        rule: "UP-IS",
        // None is a type too, and stays.
        setup: &[Write(NEW, INTERNAL_SECRET), Replace(NEW, "type: Opaque\n", "")],
        told: &[Replace(NEW, "kind: InternalSecret\n", "kind: InternalSecret\ntype: Opaque\n")],
        says: "L730 type",
        twin: &[Replace(NEW, "kind: InternalSecret\n", "kind: InternalSecret\ntype: ''\n")],
    },
    Case {
        rule: "UP-IS",
        setup: &[Write(NEW, INTERNAL_SECRET)],
        told: &[Replace(NEW, "immutable: true\n", "")],
        says: "L730 immutable",
        twin: &[Replace(NEW, "  name: kept\n", "  name: kept\n  labels:\n    team: shop\n")],
    },
    Case {
        rule: "UP-MT",
        setup: &[Write(NEW, SET)],
        told: &[Replace(NEW, "  replicas: 0\n", "  replicas: 0\n  revisionHistoryLimit: 5\n")],
        says: "L730 spec.revisionHistoryLimit",
        twin: &[Replace(NEW, "  replicas: 0\n", "  replicas: 0\n  revisionHistoryLimit: 10\n")],
    },
    Case {
        rule: "UP-MT",
        setup: &[Write(NEW, SET)],
        told: &[Replace(
            NEW,
            "    spec:\n      gardenlet:\n",
            "    spec:\n      shoot:\n        name: m1\n      gardenlet:\n",
        )],
        says: "L730 spec.template.spec.shoot",
        twin: &[Replace(NEW, "  replicas: 0\n", "  replicas: 1\n")],
    },
];
