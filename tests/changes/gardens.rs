//! Pull requests about the Garden.

use super::Case;
use super::history::Edit::Replace;

const GARDEN: &str = "demo/garden.yaml";
const INGRESS: &str = "      - name: ingress.runtime.${{ vars.domain }}\n        provider: primary\n";
const API: &str = "      - name: garden.${{ vars.domain }}\n        provider: primary\n";
const ENCRYPTION: &str = "          - configmaps\n          provider:\n            type: secretbox\n";
const DISCOVERY: &str = "      gardenerDiscoveryServer:\n        domain:\n          name: discovery.${{ vars.domain }}\n          provider: primary\n";
const AVAILABILITY: &str = "    controlPlane:\n      highAvailability: {}\n";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-GA-ING",
        setup: &[],
        told: &[Replace(GARDEN, "ingress.runtime.", "ingress.first.")],
        says: "L736 spec.runtimeCluster.ingress.domains[0]",
        twin: &[Replace(
            GARDEN,
            INGRESS,
            "      - name: ingress.runtime.${{ vars.domain }}\n        provider: primary\n      - name: ingress.second.${{ vars.domain }}\n        provider: primary\n",
        )],
    },
    Case {
        rule: "UP-GA-DNS",
        setup: &[],
        told: &[Replace(GARDEN, "- name: garden.", "- name: api.")],
        says: "L736 spec.virtualCluster.dns.domains[0].name",
        twin: &[Replace(
            GARDEN,
            API,
            "      - name: garden.${{ vars.domain }}\n        provider: primary\n      - name: api.${{ vars.domain }}\n        provider: primary\n",
        )],
    },
    Case {
        rule: "UP-GA-RTNET",
        setup: &[],
        told: &[Replace(GARDEN, "- 10.21.0.0/16", "- 10.31.0.0/16")],
        says: "L737 spec.runtimeCluster.networking.pods[0]",
        twin: &[Replace(GARDEN, "- 10.21.0.0/16\n", "- 10.21.0.0/16\n      - 10.31.0.0/16\n")],
    },
    Case {
        rule: "UP-GA-SVC",
        setup: &[],
        told: &[Replace(GARDEN, "- 10.23.0.0/16", "- 10.33.0.0/16")],
        says: "L737 spec.virtualCluster.networking.services[0]",
        twin: &[Replace(GARDEN, "- 10.23.0.0/16\n", "- 10.23.0.0/16\n      - 2001:db8:23::/112\n")],
    },
    Case {
        rule: "UP-GA-RTFAM",
        setup: &[],
        told: &[Replace(GARDEN, "      - IPv4\n", "      - IPv4\n      - IPv6\n")],
        says: "L742 spec.runtimeCluster.networking.ipFamilies",
        twin: &[Replace(GARDEN, "      ipFamilies:\n      - IPv4\n", "")],
    },
    Case {
        rule: "UP-GA-CID",
        setup: &[],
        told: &[Replace(GARDEN, "clusterIdentity: demo", "clusterIdentity: other")],
        says: "L736 spec.virtualCluster.gardener.clusterIdentity",
        twin: &[Replace(GARDEN, "name: dashboard.", "name: console.")],
    },
    Case {
        rule: "UP-GA-BKP",
        setup: &[],
        told: &[Replace(GARDEN, "          bucketName: demo-garden-etcd\n", "")],
        says: "L736 spec.virtualCluster.etcd.main.backup.bucketName",
        // The rule of the CRD compares two regions, not one with none.
        twin: &[Replace(GARDEN, "          region: eu01\n          bucketName", "          bucketName")],
    },
    Case {
        rule: "UP-GA-HA",
        setup: &[],
        told: &[Replace(GARDEN, AVAILABILITY, "")],
        says: "L736 spec.virtualCluster.controlPlane.highAvailability",
        twin: &[Replace(GARDEN, "capacity: 20Gi", "capacity: 30Gi")],
    },
    Case {
        rule: "UP-GA-DISC",
        setup: &[],
        told: &[Replace(GARDEN, DISCOVERY, "")],
        says: "L736 spec.virtualCluster.gardener.gardenerDiscoveryServer",
        twin: &[Replace(GARDEN, "name: dashboard.", "name: console.")],
    },
    Case {
        rule: "UP-GA-DISC",
        setup: &[Replace(GARDEN, DISCOVERY, "      gardenerDiscoveryServer: {}\n")],
        told: &[Replace(GARDEN, "      gardenerDiscoveryServer: {}\n", DISCOVERY)],
        says: "L736 spec.virtualCluster.gardener.gardenerDiscoveryServer.domain",
        // The name is that of a server without one.
        twin: &[Replace(
            GARDEN,
            "      gardenerDiscoveryServer: {}\n",
            "      gardenerDiscoveryServer:\n        domain:\n          name: discovery.ingress.runtime.${{ vars.domain }}\n          provider: primary\n",
        )],
    },
    Case {
        rule: "UP-GA-K8S",
        setup: &[],
        told: &[Replace(GARDEN, "version: 1.35.4", "version: 1.34.3")],
        says: "L740 spec.virtualCluster.kubernetes.version",
        twin: &[Replace(GARDEN, "version: 1.35.4", "version: 1.36.2")],
    },
    Case {
        rule: "UP-GA-ENC",
        setup: &[],
        told: &[Replace(
            GARDEN,
            ENCRYPTION,
            "          - configmaps\n          - events\n          provider:\n            type: aescbc\n",
        )],
        says: "L741 spec.virtualCluster.kubernetes.kubeAPIServer.encryptionConfig.provider.type",
        twin: &[Replace(
            GARDEN,
            ENCRYPTION,
            "          - configmaps\n          - events\n          provider:\n            type: secretbox\n",
        )],
    },
];
