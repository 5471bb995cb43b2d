//! Pull requests that remove shoots, projects and managed seeds.

use super::super::Case;
use super::super::history::Edit::{self, Remove, Replace};
use super::{OFFICE, PURPOSE, SEED};

const CATALOG: &str = "demo/shoots/shop/catalog.yaml";
const SHOP: &str = "demo/projects/shop.yaml";
const NAMESPACE: &str = "  namespace: garden-shop\n";
const CONFIRMED: &str =
    "  namespace: garden-shop\n  annotations: { confirmation.gardener.cloud/deletion: \"true\" }\n";

/// Two people have to agree on the end of some shoots.
const TWO_PEOPLE: [Edit; 3] = [
    Replace(SHOP, "  description: Web shop\n", APPROVAL),
    Replace(
        OFFICE,
        NAMESPACE,
        "  namespace: garden-shop\n  labels: { shop.example.org/kept: \"yes\" }\n  \
         annotations: { confirmation.gardener.cloud/deletion: \"true\" }\n",
    ),
    Replace(CATALOG, NAMESPACE, CONFIRMED),
];
const APPROVAL: &str = "  description: Web shop
  dualApprovalForDeletion:
  - resource: shoots
    selector:
      matchLabels:
        shop.example.org/kept: \"yes\"
";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-SH-DEL",
        setup: &[],
        told: &[Remove(OFFICE)],
        says: "L724 metadata.name",
        twin: &[Replace(OFFICE, NAMESPACE, CONFIRMED)],
    },
    // A new name is a new shoot.
    Case {
        rule: "UP-SH-DEL",
        setup: &[],
        told: &[Replace(OFFICE, "  name: office\n", "  name: bureau\n")],
        says: "L724 metadata.name",
        twin: &[PURPOSE],
    },
    Case {
        rule: "UP-SH-DEL",
        setup: &[Replace(OFFICE, NAMESPACE, CONFIRMED)],
        told: &[Remove(OFFICE)],
        says: "L726 metadata.name",
        twin: &[Replace(OFFICE, CONFIRMED, NAMESPACE)],
    },
    Case {
        rule: "UP-SH-DEL",
        setup: &[],
        told: &[Remove(SEED)],
        says: "L725 metadata.name",
        twin: &[Remove(OFFICE)],
    },
    Case {
        rule: "UP-SH-DEL",
        setup: &TWO_PEOPLE,
        told: &[Remove(OFFICE)],
        says: "L727 metadata.name",
        twin: &[Remove(CATALOG)],
    },
];
