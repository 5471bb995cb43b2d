//! What Gardener refuses to change about a seed, be it a Seed or what another object registers as one.

pub(super) mod operation;
pub(super) mod used;
pub(super) mod zone;

use super::immutable::{Field, Keeps};
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::view::SeedTemplate;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L731", "seed-field-immutable"),
    impact: Impact::Rejected,
    upstream: &["UP-SD-NET", "UP-SD-ING", "UP-SD-BKP", "UP-SD-DNSDEF", "UP-GL", "UP-MS", "UP-MT"],
    judge: Judge::Seed(immutable),
}];

const BACKUP: &[&str] = &["spec", "backup"];

/// What a ManagedSeed takes from its shoot when it is left out.
const OF_SHOOT: [Field; 5] = [
    Field::new(Keeps::OnceSet, &["spec", "networks", "nodes"], "the range of the nodes"),
    Field::new(Keeps::Always, &["spec", "networks", "pods"], "the range of the pods"),
    Field::new(Keeps::Always, &["spec", "networks", "services"], "the range of the services"),
    Field::new(Keeps::Always, &["domain"], "the domain of the ingress").within(&["spec", "ingress"]),
    Field::new(Keeps::Always, &["provider"], "the provider of the backups").within(BACKUP),
];

/// What every seed says itself.
const OWN: [Field; 3] = [
    Field::new(Keeps::Always, &["region"], "the region of the backups").within(BACKUP),
    Field::new(Keeps::Present, BACKUP, "the place of the backups"),
    Field::new(Keeps::Present, &["spec", "dns", "defaults"], "the list of default domains"),
];

const FAMILIES: Field =
    Field::new(Keeps::Always, &["spec", "networks", "ipFamilies"], "the list of address families");

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpecUpdate and validateSeedNetworksUpdate, for templates too:
/// pkg/api/config/gardenlet/v1alpha1/validation/validation.go, ValidateGardenletConfigurationUpdate;
/// plugin/pkg/managedseed/validator/admission.go, admitSeedSpec.
fn immutable(seeds: Both<SeedTemplate<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let is = |kind: kind::GroupKind| seeds.after.object.identity.is(kind.group, kind.kind);
    let filled = is(kind::MANAGED_SEED);
    let of_shoot = OF_SHOOT.map(|field| if filled { field.kept(Keeps::Written) } else { field });
    // Only a Seed of its own gets the default: a template is kept as it is written.
    let families = if is(kind::SEED) { FAMILIES.or("[\"IPv4\"]") } else { FAMILIES };
    let object: Both<&Object> = seeds.map(|seed| seed.object);
    for field in of_shoot.iter().chain(&OWN).chain([&families]) {
        if let Some(raised) = field.judge(object, seeds.map(SeedTemplate::node), findings) {
            raised
                .why("control planes and backups are where the seed said they would be; Gardener's API server refuses the change")
                .help("keep the value, and add a seed of another name where it shall be another one");
        }
    }
}
