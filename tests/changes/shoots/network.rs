//! Pull requests about the networks and the domain of a shoot.

use super::super::Case;
use super::super::history::Edit::{self, Replace};
use super::{LARGER, LIVE, OFFICE, PURPOSE, SEED};

const DUAL: &str = "demo/shoots/data/dual.yaml";
const BATCH: &str = "demo/shoots/data/batch.yaml";
const SIX: &str = "demo/shoots/data/six.yaml";

/// A shoot that names its seed, with a domain of its own.
const OWN_DOMAIN: Edit = Replace(
    SEED,
    "    domain: m1.garden.${{ vars.shootDomain }}\n",
    "    domain: m1.example.org\n    providers:\n    - type: openstack-designate\n      primary: true\n      credentialsRef:\n        \
     apiVersion: v1\n        kind: Secret\n        name: default-domain\n",
);
/// A shoot that does not.
const OWN_DOMAIN_ANYWHERE: Edit = Replace(
    LIVE,
    "    domain: live.shop.${{ vars.shootDomain }}\n",
    "    domain: live.example.org\n    providers:\n    - type: openstack-designate\n      primary: true\n      credentialsRef:\n        \
     apiVersion: v1\n        kind: Secret\n        name: shop-dns\n",
);
const BOTH_FAMILIES: &str = "    type: calico
    ipFamilies:
    - IPv4
    - IPv6
    providerConfig:
      apiVersion: calico.networking.extensions.gardener.cloud/v1alpha1
      kind: NetworkConfig
      overlay:
        enabled: false
";
const OWN_INGRESS: Edit = Replace(
    "demo/seeds/m1.yaml",
    "domain: ingress.m1.garden.${{ vars.shootDomain }}",
    "domain: ingress.m1.example.org",
);
const DOMAIN: &str = "domain: live.shop.${{ vars.shootDomain }}";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SH-NET",
        setup: &[],
        told: &[Replace(LIVE, "pods: 10.96.0.0/12", "pods: 10.160.0.0/12")],
        says: "L710 spec.networking.pods",
        twin: &[
            Replace(LIVE, "nodes: 10.128.0.0/16\n    pods", "nodes: 10.129.0.0/16\n    pods"),
            Replace(LIVE, "workers: 10.128.0.0/16", "workers: 10.129.0.0/16"),
        ],
    },
    // Its seed gives the same range to shoots without any.
    Case {
        rule: "UP-SH-NET",
        setup: &[],
        told: &[Replace(LIVE, "type: calico", "type: cilium")],
        says: "L710 spec.networking.type",
        twin: &[Replace(LIVE, "    services: 10.112.0.0/14\n", "")],
    },
    Case {
        rule: "UP-SH-NODES",
        setup: &[],
        told: &[Replace(SEED, "nodes: 10.28.0.0/16", "nodes: 10.48.0.0/16")],
        says: "L710 spec.networking.nodes",
        twin: &[
            Replace(LIVE, "nodes: 10.128.0.0/16\n    pods", "nodes: 10.129.0.0/16\n    pods"),
            Replace(LIVE, "workers: 10.128.0.0/16", "workers: 10.129.0.0/16"),
        ],
    },
    Case {
        rule: "UP-SH-FAM",
        setup: &[],
        told: &[Replace(SIX, "    - IPv6\n", "    - IPv4\n")],
        says: "L710 spec.networking.ipFamilies",
        twin: &[Replace(BATCH, "    type: calico\n", BOTH_FAMILIES)],
    },
    Case {
        rule: "UP-SH-MASK",
        setup: &[],
        told: &[Replace(DUAL, "nodeCIDRMaskSize: 24", "nodeCIDRMaskSize: 25")],
        says: "L710 spec.kubernetes.kubeControllerManager.nodeCIDRMaskSize",
        twin: &[PURPOSE],
    },
    // What is filled in may be written down.
    Case {
        rule: "UP-SH-MASK",
        setup: &[],
        told: &[Replace(
            OFFICE,
            "    version: 1.36.2\n",
            "    version: 1.36.2\n    kubeControllerManager: { nodeCIDRMaskSize: 23 }\n",
        )],
        says: "L710 spec.kubernetes.kubeControllerManager.nodeCIDRMaskSize",
        twin: &[Replace(
            OFFICE,
            "    version: 1.36.2\n",
            "    version: 1.36.2\n    kubeControllerManager: { nodeCIDRMaskSize: 24 }\n",
        )],
    },
    Case {
        rule: "UP-SH-DNS",
        setup: &[],
        told: &[Replace(LIVE, DOMAIN, "domain: live.example.org")],
        says: "L710 spec.dns.domain",
        twin: &[Replace(LIVE, "  dns:\n    domain: live.shop.${{ vars.shootDomain }}\n", "")],
    },
    Case {
        rule: "UP-SH-DNS",
        setup: &[OWN_DOMAIN, OWN_INGRESS],
        told: &[Replace(SEED, "- type: openstack-designate", "- type: aws-route53")],
        says: "L710 spec.dns.providers",
        twin: &[LARGER],
    },
    Case {
        rule: "UP-SH-DNS",
        setup: &[OWN_DOMAIN_ANYWHERE],
        told: &[Replace(LIVE, "- type: openstack-designate", "- type: aws-route53")],
        says: "L717 spec.dns.providers",
        twin: &[PURPOSE],
    },
];
