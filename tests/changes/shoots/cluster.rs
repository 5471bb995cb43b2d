//! Pull requests about settings of the cluster.

use super::super::Case;
use super::super::history::Edit::Replace;
use super::{LIVE, PURPOSE, TRAIN};

const NODE_LOCAL_DNS: &str = "  systemComponents: { nodeLocalDNS: { enabled: true } }\n  maintenance:\n";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SH-ENC",
        setup: &[],
        told: &[
            Replace(LIVE, "        - payments.shop.example.org\n", ""),
            Replace(LIVE, "type: aesgcm", "type: aescbc"),
        ],
        says: "L721 spec.kubernetes.kubeAPIServer.encryptionConfig.provider.type",
        twin: &[Replace(LIVE, "        - payments.shop.example.org\n", "")],
    },
    Case {
        rule: "UP-SH-ENC",
        setup: &[Replace(
            LIVE,
            "  purpose: production\n",
            "  purpose: production\n  hibernation: { enabled: true }\n",
        )],
        told: &[Replace(LIVE, "        - payments.shop.example.org\n", "")],
        says: "L721 spec.kubernetes.kubeAPIServer.encryptionConfig.resources",
        twin: &[
            Replace(LIVE, "hibernation: { enabled: true }", "hibernation: { enabled: false }"),
            Replace(LIVE, "        - payments.shop.example.org\n", ""),
        ],
    },
    Case {
        rule: "UP-SH-NLDNS",
        setup: &[Replace(
            TRAIN,
            "    version: 1.36.2\n",
            "    version: 1.36.2\n    kubeProxy: { mode: IPVS }\n",
        )],
        told: &[Replace(TRAIN, "  maintenance:\n", NODE_LOCAL_DNS)],
        says: "L722 spec.systemComponents.nodeLocalDNS",
        twin: &[Replace(LIVE, "  maintenance:\n", NODE_LOCAL_DNS)],
    },
    Case {
        rule: "UP-SH-ISSUER",
        setup: &[Replace(
            LIVE,
            "  namespace: garden-shop\n",
            "  namespace: garden-shop\n  annotations: { authentication.gardener.cloud/issuer: managed }\n",
        )],
        told: &[Replace(LIVE, "  annotations: { authentication.gardener.cloud/issuer: managed }\n", "")],
        says: "L710 metadata.annotations[authentication.gardener.cloud/issuer]",
        twin: &[PURPOSE],
    },
];
