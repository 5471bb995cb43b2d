//! Pull requests about shoots.

use super::Case;
use super::history::Edit::Replace;

const LIVE: &str = "demo/shoots/shop/live.yaml";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SH-CB",
        setup: &[],
        told: &[Replace(LIVE, "  credentialsBindingName: openstack\n", "")],
        says: "L710 spec.credentialsBindingName",
        twin: &[Replace(LIVE, "purpose: production", "purpose: evaluation")],
    },
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
    Case {
        rule: "UP-SH-REGION",
        setup: &[],
        told: &[Replace(LIVE, "region: eu01", "region: eu02")],
        says: "L710 spec.region",
        twin: &[Replace(LIVE, "purpose: production", "purpose: evaluation")],
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
        twin: &[Replace(LIVE, "purpose: production", "purpose: evaluation")],
    },
    Case {
        rule: "UP-SH-K8S-SKIP",
        setup: &[Replace(LIVE, "version: 1.36.2", "version: 1.34.3")],
        told: &[Replace(LIVE, "version: 1.34.3", "version: 1.36.2")],
        says: "L712 spec.kubernetes.version",
        twin: &[Replace(LIVE, "version: 1.34.3", "version: 1.35.4")],
    },
];
