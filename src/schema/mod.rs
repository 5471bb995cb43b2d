//! Schemas: object -> the faults of its structure.
//!
//! Unknown fields, missing fields and wrong types are found here, against what the API server of the chosen Gardener
//! version, Flux and Kubernetes read. What a value means is the business of the rules.

mod fault;
mod history;
mod import;
mod overrides;
mod pack;
mod reduce;
mod reference;
mod tree;

pub use fault::{Fault, MALFORMED_VALUE, MISSING_FIELD, UNKNOWN_FIELD, VALUE_NOT_ALLOWED, WRONG_TYPE};
pub use import::{Source, UNUSABLE_SCHEMA_SOURCE, import};
pub use reference::reference;

use serde_json::Value;

use crate::syntax::Node;
use pack::Pack;
use tree::Item;

/// The Gardener minors with a pack, oldest first.
static GARDENER: [(&str, Pack); 3] = [
    ("1.148", Pack::new(include_str!("../../schemas/gardener-v1.148.json"))),
    ("1.149", Pack::new(include_str!("../../schemas/gardener-v1.149.json"))),
    ("1.150", Pack::new(include_str!("../../schemas/gardener-v1.150.json"))),
];

/// What does not depend on the Gardener version.
static COMMON: [Pack; 5] = [
    Pack::new(include_str!("../../schemas/landscape.json")),
    Pack::new(include_str!("../../schemas/extensions.json")),
    Pack::new(include_str!("../../schemas/flux-v2.9.json")),
    Pack::new(include_str!("../../schemas/kubernetes-v1.36.json")),
    Pack::new(include_str!("../../schemas/kubernetes-configurations.json")),
];

/// The schemas of every kind a landscape carries, for one Gardener minor.
#[derive(Clone, Copy)]
pub struct Schemas {
    minor: &'static str,
    gardener: &'static Pack,
}

/// What a validation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No pack has a schema of this kind.
    NoSchema,
    /// Every fault of the object, in the order of the file; none means that its structure is sound.
    Checked(Vec<Fault>),
}

impl Schemas {
    /// The schemas of a Gardener version, `v1.148.4`, `1.148.4` or `v1.150.0-dev`; nothing when its minor has no pack.
    pub fn for_gardener(version: &str) -> Option<Self> {
        let version = version.strip_prefix('v').unwrap_or(version);
        let mut numbers = version.split(['.', '-', '+']);
        let (major, minor) = (numbers.next()?, numbers.next()?);
        GARDENER
            .iter()
            .find(|(supported, _)| supported.split_once('.') == Some((major, minor)))
            .map(|(minor, gardener)| Self { minor, gardener })
    }

    /// The schemas of the newest Gardener minor, for objects of no particular landscape.
    pub fn newest() -> Self {
        let [.., (minor, gardener)] = &GARDENER;
        Self { minor, gardener }
    }

    /// The Gardener minor: `1.150`.
    pub fn minor(self) -> &'static str {
        self.minor
    }

    /// The Gardener minors with a pack, oldest first: `1.148`, `1.149` …
    pub fn supported() -> Vec<&'static str> {
        GARDENER.iter().map(|(minor, _)| *minor).collect()
    }

    /// Checks the structure of an object.
    pub fn validate(&self, root: &Node, api_version: &str, kind: &str) -> Verdict {
        let full = format!("{api_version}/{kind}");
        let Some((pack, validator)) =
            self.packs().find_map(|pack| pack.validator(&full).map(|validator| (pack, validator)))
        else {
            return Verdict::NoSchema;
        };
        if validator.is_valid(Item::Node(root)) {
            return Verdict::Checked(Vec::new());
        }
        let mut faults: Vec<Fault> = validator
            .iter_errors(Item::Node(root))
            .flat_map(|error| fault::faults(&error, root, pack))
            .collect();
        faults.sort_by(|one, other| one.order().cmp(&other.order()));
        faults.dedup();
        Verdict::Checked(faults)
    }

    /// The self-contained JSON Schema of a kind.
    pub fn document(&self, api_version: &str, kind: &str) -> Option<Value> {
        let full = format!("{api_version}/{kind}");
        self.packs().find_map(|pack| pack.document(&full))
    }

    /// Every kind with a schema as its apiVersion and its name, in alphabetical order.
    pub fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        let mut kinds: Vec<_> = self.all_kinds().collect();
        kinds.sort_unstable();
        kinds
    }

    /// The same in no order.
    pub fn all_kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.packs().flat_map(Pack::kinds).filter_map(|full| full.rsplit_once('/'))
    }

    /// The kinds of a bare name, as `Shoot`, whatever its case: apiVersion and name.
    pub fn named(&self, kind: &str) -> Vec<(&'static str, &'static str)> {
        let mut kinds = self.kinds();
        kinds.retain(|(_, known)| known.eq_ignore_ascii_case(kind));
        kinds
    }

    /// The apiVersions in which a kind of a group has a schema; the group of core Kubernetes is empty.
    pub fn versions_of(&self, group: &str, kind: &str) -> Vec<&'static str> {
        let group_of =
            |api_version: &'static str| api_version.rsplit_once('/').map_or("", |(group, _)| group);
        self.kinds()
            .into_iter()
            .filter(|(api_version, known)| *known == kind && group_of(api_version) == group)
            .map(|(api_version, _)| api_version)
            .collect()
    }

    fn packs(self) -> impl Iterator<Item = &'static Pack> + use<> {
        std::iter::once(self.gardener).chain(&COMMON)
    }
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Schemas").finish_non_exhaustive()
    }
}
