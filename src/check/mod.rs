//! Check: Landscape -> Checked. Every rule on every object, all findings in one run.
//!
//! Rules are data: a table of codes and functions. A rule reads typed views, says what it found, and knows nothing of the
//! other rules. Holding a [`Checked`] is the proof that no rule objected.

mod amount;
mod architecture;
mod cluster;
mod component;
mod configuration;
mod credentials;
mod docket;
mod domain;
mod embedded;
mod extension;
mod family;
mod findings;
mod garden;
mod gardenlet;
mod grant;
mod inherit;
mod issuer_url;
mod label;
mod lifecycle;
mod metadata;
mod name_form;
mod network;
mod object_reference;
mod offer;
mod order;
mod payload;
mod placement;
mod policy;
mod profile;
mod project;
mod quota;
mod reference;
mod registration;
mod repetition;
mod runtime_interface;
mod scheduling;
mod scope;
mod seed;
mod selector;
mod shoot;
mod size;
mod structure;
mod time_window;
mod toleration;
mod transport;
mod truth;

use rayon::prelude::*;

pub use extension::users_of;
pub use family::{FAMILIES, Family};
pub use findings::{Findings, Raised};
pub use lifecycle::{Class, Stage, end_of, moment};
pub use offer::Offer;
pub use scheduling::selects;
pub use scope::{Scope, cloud_profile_of};
pub use selector::matches;
pub use truth::is_true;

use docket::Docket;

use crate::diagnostic::{Code, Diagnostic, Report, Reported};
use crate::kind::{self, GroupKind};
use crate::landscape::{Landscape, Object};
use crate::view::{CloudProfile, Configuration, SeedTemplate, Shoot};

/// A landscape that no rule objects to.
#[derive(Debug)]
pub struct Checked {
    landscape: Landscape,
}

impl Checked {
    /// The landscape.
    pub fn landscape(&self) -> &Landscape {
        &self.landscape
    }
}

/// A rule: what it finds, where upstream enforces it, and how.
pub struct Rule {
    /// The kind of finding it makes.
    pub code: Code,
    /// Its ids in the catalogue of upstream rules.
    pub upstream: &'static [&'static str],
    /// The function and the kind of object it looks at.
    pub judge: Judge,
}

/// A rule's function, by what it looks at.
#[derive(Clone, Copy)]
pub enum Judge {
    /// Every object.
    Object(fn(&Object, &Scope<'_>, &mut Findings)),
    /// Every object of some kinds.
    Kinds(&'static [GroupKind], fn(&Object, &Scope<'_>, &mut Findings)),
    /// Every shoot.
    Shoot(fn(Shoot<'_>, &Scope<'_>, &mut Findings)),
    /// Every shoot, and the template of shoots in a ManagedSeedSet.
    ShootTemplate(fn(Shoot<'_>, &Scope<'_>, &mut Findings)),
    /// Every CloudProfile.
    CloudProfile(fn(CloudProfile<'_>, &Scope<'_>, &mut Findings)),
    /// Every seed, be it an object of its own or what another one registers.
    Seed(fn(SeedTemplate<'_>, &Scope<'_>, &mut Findings)),
    /// Every configuration of these kinds that any object carries for an extension.
    Configuration(&'static [GroupKind], fn(Configuration<'_>, &Scope<'_>, &mut Findings)),
    /// Every configuration that any object carries for an extension.
    AnyConfiguration(fn(Configuration<'_>, &Scope<'_>, &mut Findings)),
    /// The landscape as a whole, once.
    Landscape(fn(&Scope<'_>, &mut Findings)),
}

impl Judge {
    /// The kinds of objects it looks at, where it does not look at all of them.
    fn kinds(self) -> &'static [GroupKind] {
        match self {
            Self::Kinds(kinds, _) => kinds,
            Self::Shoot(_) => &[kind::SHOOT],
            Self::ShootTemplate(_) => &[kind::SHOOT, kind::MANAGED_SEED_SET],
            Self::CloudProfile(_) => &[kind::CLOUD_PROFILE],
            Self::Seed(_) => kind::SEEDS,
            Self::Object(_) | Self::Configuration(..) | Self::AnyConfiguration(_) | Self::Landscape(_) => &[],
        }
    }
}

/// All rules, family by family.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.tables).copied().flatten()
}

/// A landscape that something objects to. It can be looked at, not delivered.
#[derive(Debug)]
pub struct Refused {
    /// The landscape.
    pub landscape: Box<Landscape>,
    reported: Reported,
}

impl From<Refused> for Reported {
    fn from(refused: Refused) -> Self {
        refused.reported
    }
}

/// Judges a landscape; `at` is the day its versions must be valid on.
pub fn check(landscape: Landscape, at: time::Date, report: &mut Report) -> Result<Checked, Refused> {
    report.extend(findings(&landscape, at));
    match report.reported() {
        Ok(()) => Ok(Checked { landscape }),
        Err(reported) => Err(Refused { landscape: Box::new(landscape), reported }),
    }
}

/// All findings of all rules.
fn findings(landscape: &Landscape, at: time::Date) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let schemas = structure::schemas(landscape, &mut found);
    let scope = Scope::new(landscape, at, schemas);
    found.par_extend(landscape.objects.par_iter().flat_map_iter(|object| structure::judge(object, &scope)));
    found.par_extend(
        scope
            .configurations
            .par_iter()
            .flatten_iter()
            .flat_map_iter(|configuration| structure::judge_configuration(*configuration, &scope)),
    );
    found.extend(judge(&scope, rules()));
    found
}

/// What some rules find, by themselves.
pub fn judge(scope: &Scope<'_>, rules: impl Iterator<Item = &'static Rule>) -> Vec<Diagnostic> {
    let docket = Docket::new(rules);
    let objects = scope.landscape.objects.par_iter().zip(&scope.configurations);
    let mut found: Vec<Diagnostic> = objects
        .flat_map_iter(|(object, configurations)| docket.judge(object, configurations, scope))
        .collect();
    found.extend(docket.judge_whole(scope));
    found
}
