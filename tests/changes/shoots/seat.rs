//! Pull requests about where the control plane of a shoot lives.

use super::super::Case;
use super::super::history::Edit::{self, Replace};
use super::{LARGER, LIVE, OFFICE, PURPOSE, SEED};

const MANAGED_SEED: &str = "demo/seeds/m1.yaml";
const FRA: &str = "demo/seeds/fra.yaml";
const GARDEN: &str = "demo/garden.yaml";

/// The seed in Frankfurt is of another provider.
const TO_FRA: [Edit; 2] = [
    Replace(SEED, "seedName: eu01", "seedName: fra"),
    Replace(SEED, "    providerTypes:\n    - openstack\n", "    providerTypes:\n    - aws\n"),
];
const LIVE_MIGRATION: Edit = Replace(
    SEED,
    "  namespace: garden\n",
    "  namespace: garden\n  annotations:\n    migration.gardener.cloud/live-migrate: \"true\"\n",
);
const NODE: &str = "  controlPlane:\n    highAvailability:\n      failureTolerance:\n        type: node\n  kubernetes:\n    version: 1.36.2\n";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SH-SCHED",
        setup: &[],
        told: &[Replace(LIVE, "  region: eu01\n", "  region: eu01\n  schedulerName: own-scheduler\n")],
        says: "L710 spec.schedulerName",
        twin: &[Replace(LIVE, "  region: eu01\n", "  region: eu01\n  schedulerName: default-scheduler\n")],
    },
    Case { rule: "UP-SH-SEED", setup: &[], told: &TO_FRA, says: "L718 spec.seedName", twin: &[LARGER] },
    Case {
        rule: "UP-SH-SEED",
        setup: &[],
        told: &[Replace(LIVE, "  region: eu01\n", "  region: eu01\n  seedName: eu01\n")],
        says: "L717 spec.seedName",
        twin: &[PURPOSE],
    },
    Case {
        rule: "UP-SH-SEEDSEL",
        setup: &[],
        told: &[Replace(SEED, "    providerTypes:\n    - openstack\n", "    providerTypes:\n    - aws\n")],
        says: "L720 spec.seedSelector.providerTypes",
        twin: &[Replace(
            SEED,
            "    providerTypes:\n    - openstack\n",
            "    providerTypes:\n    - aws\n    - openstack\n",
        )],
    },
    Case {
        rule: "UP-SH-SEEDSEL",
        setup: &[],
        told: &[Replace(SEED, "  seedSelector:\n    providerTypes:\n    - openstack\n", "")],
        says: "L720 spec.seedSelector",
        twin: &[LARGER],
    },
    Case {
        rule: "UP-SH-SEEDSEL",
        setup: &[],
        told: &[Replace(
            LIVE,
            "  region: eu01\n",
            "  region: eu01\n  seedSelector: { providerTypes: [openstack] }\n",
        )],
        says: "L717 spec.seedSelector",
        twin: &[PURPOSE],
    },
    // The twin is refused as an update, and possible as a migration.
    Case {
        rule: "UP-SH-RESCHED",
        setup: &[],
        told: &[
            Replace(SEED, "seedName: eu01", "seedName: fra"),
            Replace(
                FRA,
                "            domain: internal.${{ vars.domain }}",
                "            domain: internal.example.org",
            ),
        ],
        says: "L719 spec.seedName",
        twin: &TO_FRA,
    },
    Case {
        rule: "UP-SH-LIVE",
        setup: &[],
        told: &[LIVE_MIGRATION],
        says: "L719 metadata.annotations[migration.gardener.cloud/live-migrate]",
        twin: &[
            LIVE_MIGRATION,
            Replace(
                GARDEN,
                "InPlaceNodeUpdates: true",
                "InPlaceNodeUpdates: true\n          LiveControlPlaneMigration: true",
            ),
        ],
    },
    Case {
        rule: "UP-SH-HA",
        setup: &[],
        told: &[Replace(SEED, "type: zone", "type: node")],
        says: "L716 spec.controlPlane.highAvailability.failureTolerance.type",
        twin: &[Replace(OFFICE, "  kubernetes:\n    version: 1.36.2\n", NODE)],
    },
    Case {
        rule: "UP-SH-HA",
        setup: &[Replace(
            OFFICE,
            "  purpose: production\n",
            "  purpose: production\n  hibernation: { enabled: true }\n",
        )],
        told: &[Replace(OFFICE, "  kubernetes:\n    version: 1.36.2\n", NODE)],
        says: "L716 spec.controlPlane.highAvailability.failureTolerance.type",
        twin: &[
            Replace(OFFICE, "hibernation: { enabled: true }", "hibernation: { enabled: false }"),
            Replace(OFFICE, "  kubernetes:\n    version: 1.36.2\n", NODE),
        ],
    },
    Case {
        rule: "UP-SH-HA",
        setup: &[],
        told: &[Replace(LIVE, "        type: zone\n", "        type: node\n")],
        says: "L717 spec.controlPlane.highAvailability.failureTolerance.type",
        twin: &[PURPOSE],
    },
    Case {
        rule: "UP-SH-CPZ",
        setup: &[Replace(
            OFFICE,
            "  region: eu01\n",
            "  region: eu01\n  controlPlane: { zones: [eu01-1] }\n",
        )],
        told: &[Replace(OFFICE, "zones: [eu01-1]", "zones: [eu01-2]")],
        says: "L716 spec.controlPlane.zones",
        twin: &[Replace(OFFICE, "  controlPlane: { zones: [eu01-1] }\n", "")],
    },
    Case {
        rule: "UP-SH-ZONEMS",
        setup: &[
            Replace(SEED, "      minimum: 3\n", "      zones: [dc1-a]\n      minimum: 3\n"),
            Replace(
                MANAGED_SEED,
                "            region: dc1\n",
                "            region: dc1\n            zones: [dc1-a]\n",
            ),
        ],
        told: &[Replace(SEED, "      zones: [dc1-a]\n", "")],
        says: "L728 spec.providers.workers",
        twin: &[LARGER],
    },
];
