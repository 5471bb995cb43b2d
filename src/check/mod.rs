//! Check: Landscape -> Checked. Every rule on every object, all findings in one run.
//!
//! Rules are data: a table of codes and functions. A rule reads typed views, says what it found, and knows nothing of the
//! other rules. Holding a [`Checked`] is the proof that no rule objected.

mod configuration;
mod credentials;
mod duplicate;
mod embedded;
mod garden;
mod grant;
mod component;
mod domain;
mod extension;
mod amount;
mod gardenlet;
mod inherit;
mod label;
mod lifecycle;
mod metadata;
mod network;
mod offer;
mod order;
mod payload;
mod placement;
mod profile;
mod project;
mod quota;
mod reference;
mod registration;
mod scheduling;
mod scope;
mod seed;
mod structure;
mod toleration;
mod transport;

use std::collections::HashMap;

use rayon::prelude::*;

pub use offer::Offer;
pub use scope::Scope;

use crate::diagnostic::{Code, Diagnostic, Report, Reported};
use crate::kind::{self, GroupKind};
use crate::landscape::{Landscape, Object};
use crate::source::Span;
use crate::syntax::Node;
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
            Self::Object(_) | Self::Configuration(..) | Self::Landscape(_) => &[],
        }
    }
}

/// Rules that belong together.
pub struct Family {
    /// What they are about.
    pub name: &'static str,
    /// Its tables of rules.
    pub tables: &'static [&'static [Rule]],
}

/// All families of rules.
pub static FAMILIES: &[Family] = &[
    Family {
        name: "references",
        tables: &[reference::RULES, reference::binding::RULES, reference::seed::RULES],
    },
    Family { name: "order", tables: &[order::RULES] },
    Family { name: "metadata", tables: &[metadata::RULES, label::RULES] },
    Family {
        name: "projects",
        tables: &[
            project::RULES,
            project::member::RULES,
            project::text::RULES,
            duplicate::RULES,
            grant::RULES,
            toleration::RULES,
        ],
    },
    Family { name: "quotas", tables: &[quota::RULES, quota::usage::RULES] },
    Family {
        name: "credentials",
        tables: &[
            credentials::RULES,
            credentials::identity::RULES,
            credentials::backup::RULES,
            credentials::secret::RULES,
            credentials::kubeconfig::RULES,
        ],
    },
    Family {
        name: "networks",
        tables: &[network::RULES, network::shoot::RULES, network::seed::RULES, network::garden::RULES],
    },
    Family {
        name: "placement",
        tables: &[
            placement::RULES,
            placement::credentials::RULES,
            placement::kubernetes::RULES,
            placement::machine::RULES,
            placement::image::RULES,
            placement::volume::RULES,
        ],
    },
    Family {
        name: "registrations",
        tables: &[
            registration::RULES,
            registration::owner::RULES,
            registration::chart::RULES,
            registration::template::RULES,
            registration::reference::RULES,
        ],
    },
    Family {
        name: "garden",
        tables: &[
            garden::RULES,
            garden::domain::RULES,
            garden::component::RULES,
            garden::admission::RULES,
            garden::operation::RULES,
            garden::dashboard::RULES,
            garden::extension::RULES,
        ],
    },
    Family {
        name: "profiles",
        tables: &[
            profile::version::RULES,
            profile::lifecycle::RULES,
            profile::gate::RULES,
            profile::name::RULES,
            profile::image::RULES,
            profile::machine::RULES,
            profile::capability::RULES,
            profile::label::RULES,
            profile::bastion::RULES,
            profile::overlay::RULES,
            profile::merged::RULES,
            profile::forecast::RULES,
        ],
    },
    Family {
        name: "configurations",
        tables: &[
            configuration::resource::RULES,
            configuration::network::RULES,
            configuration::registry::RULES,
            configuration::flux::RULES,
            configuration::access::RULES,
            configuration::dns::RULES,
            configuration::certificate::RULES,
            configuration::audit::RULES,
            configuration::log::RULES,
            configuration::signature::RULES,
            configuration::filter::RULES,
            configuration::falco::RULES,
            configuration::image_mapping::RULES,
        ],
    },
    Family { name: "scheduling", tables: &[scheduling::RULES, scheduling::placed::RULES] },
    Family { name: "domains", tables: &[domain::RULES] },
    Family { name: "extensions", tables: &[extension::RULES] },
    Family { name: "components", tables: &[component::RULES] },
    Family {
        name: "seeds",
        tables: &[
            seed::RULES,
            seed::domain::RULES,
            seed::extension::RULES,
            seed::setting::RULES,
            seed::backup::RULES,
            seed::managed::RULES,
            seed::metadata::RULES,
        ],
    },
    Family {
        name: "gardenlets",
        tables: &[
            gardenlet::RULES,
            gardenlet::deployment::RULES,
            gardenlet::configuration::RULES,
            gardenlet::connection::RULES,
            gardenlet::exposure::RULES,
            gardenlet::set::RULES,
        ],
    },
    Family { name: "transport", tables: &[transport::RULES] },
];

/// All rules, family by family.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.tables).copied().flatten()
}

/// Judges a landscape; `at` is the day its versions must be valid on.
pub fn check(landscape: Landscape, at: time::Date, report: &mut Report) -> Result<Checked, Reported> {
    report.extend(findings(&landscape, at));
    report.reported()?;
    Ok(Checked { landscape })
}

/// All findings of all rules.
fn findings(landscape: &Landscape, at: time::Date) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let schemas = structure::schemas(landscape, &mut found);
    let scope = Scope::new(landscape, at, schemas);
    found.par_extend(landscape.objects.par_iter().flat_map_iter(|object| {
        let mut found = structure::judge(object, &scope);
        found.extend(structure::judge_configurations(object, &scope));
        found
    }));
    found.extend(judge(&scope, rules()));
    found
}

/// What some rules find, by themselves.
pub fn judge(scope: &Scope<'_>, rules: impl Iterator<Item = &'static Rule>) -> Vec<Diagnostic> {
    let docket = Docket::new(rules);
    let mut found: Vec<Diagnostic> =
        scope.landscape.objects.par_iter().flat_map_iter(|object| docket.judge(object, scope)).collect();
    found.extend(docket.judge_whole(scope));
    found
}

/// Which rules look at which objects, so that an object meets only those of its kind.
#[derive(Default)]
struct Docket {
    by_kind: HashMap<(&'static str, &'static str), Vec<&'static Rule>>,
    every: Vec<&'static Rule>,
    by_configuration: HashMap<(&'static str, &'static str), Vec<&'static Rule>>,
    whole: Vec<&'static Rule>,
}

impl Docket {
    fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let mut docket = Self::default();
        for rule in rules {
            let (index, kinds) = match rule.judge {
                Judge::Object(_) => {
                    docket.every.push(rule);
                    continue;
                }
                Judge::Landscape(_) => {
                    docket.whole.push(rule);
                    continue;
                }
                Judge::Configuration(kinds, _) => (&mut docket.by_configuration, kinds),
                judge => (&mut docket.by_kind, judge.kinds()),
            };
            for kind in kinds {
                index.entry((kind.group, kind.kind)).or_default().push(rule);
            }
        }
        docket
    }

    fn judge(&self, object: &Object, scope: &Scope<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let identity = &object.identity;
        let of_kind = self.by_kind.get(&(identity.group(), &*identity.kind)).into_iter().flatten();
        for rule in self.every.iter().chain(of_kind) {
            let mut findings = Findings::new(rule.code);
            match rule.judge {
                Judge::Object(judge) | Judge::Kinds(_, judge) => judge(object, scope, &mut findings),
                Judge::Shoot(judge) => judge(Shoot::of(object), scope, &mut findings),
                Judge::ShootTemplate(judge) => {
                    if let Some(shoot) = Shoot::in_object(object) {
                        judge(shoot, scope, &mut findings);
                    }
                }
                Judge::CloudProfile(judge) => judge(CloudProfile::of(object), scope, &mut findings),
                Judge::Seed(judge) => {
                    if let Some(seed) = SeedTemplate::in_object(object) {
                        judge(seed, scope, &mut findings);
                    }
                }
                Judge::Configuration(..) | Judge::Landscape(_) => {}
            }
            found.append(&mut findings.found);
        }
        if !self.by_configuration.is_empty() {
            for configuration in Configuration::in_object(object) {
                self.judge_configuration(configuration, scope, &mut found);
            }
        }
        found
    }

    fn judge_configuration(
        &self,
        configuration: Configuration<'_>,
        scope: &Scope<'_>,
        found: &mut Vec<Diagnostic>,
    ) {
        let (Some(group), Some(kind)) = (configuration.group(), configuration.kind()) else {
            return;
        };
        for rule in self.by_configuration.get(&(group, kind.as_str())).into_iter().flatten() {
            if let Judge::Configuration(_, judge) = rule.judge {
                let mut findings = Findings::new(rule.code);
                judge(configuration, scope, &mut findings);
                found.append(&mut findings.found);
            }
        }
    }

    fn judge_whole(&self, scope: &Scope<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for rule in &self.whole {
            if let Judge::Landscape(judge) = rule.judge {
                let mut findings = Findings::new(rule.code);
                judge(scope, &mut findings);
                found.append(&mut findings.found);
            }
        }
        found
    }
}

/// The findings of one rule.
pub struct Findings {
    code: Code,
    found: Vec<Diagnostic>,
}

impl Findings {
    fn new(code: Code) -> Self {
        Self { code, found: Vec::new() }
    }

    /// A finding at a value of an object.
    pub fn at(&mut self, object: &Object, node: &Node, message: impl Into<String>) -> Raised<'_> {
        self.raise(Diagnostic::new(self.code, message, object.place(node)))
    }

    /// A finding for a value that is missing from `parent`; `field` is the path from there.
    pub fn missing(
        &mut self,
        object: &Object,
        parent: &Node,
        field: &str,
        message: impl Into<String>,
    ) -> Raised<'_> {
        self.raise(Diagnostic::new(self.code, message, object.place_of_missing(parent, field)))
    }

    /// A finding at a value of an object that one of its fields shows best: that one is underlined.
    pub fn about(
        &mut self,
        object: &Object,
        node: &Node,
        shown: &Node,
        message: impl Into<String>,
    ) -> Raised<'_> {
        let path = object.root.path_to(node).unwrap_or_default();
        self.named(object, shown, path, message)
    }

    /// A finding at a field of `parent` as a whole: its key is underlined, not the lines of its value.
    pub fn at_field(
        &mut self,
        object: &Object,
        parent: &Node,
        field: &str,
        message: impl Into<String>,
    ) -> Raised<'_> {
        let mut place = object.place_of_missing(parent, field);
        let entry = parent.as_mapping().and_then(|mapping| mapping.entry(field));
        if let Some(entry) = entry {
            place.span = Some(entry.key.span);
        }
        self.raise(Diagnostic::new(self.code, message, place))
    }

    /// A finding about an object as a whole: its name is underlined.
    pub fn at_object(&mut self, object: &Object, message: impl Into<String>) -> Raised<'_> {
        self.raise(Diagnostic::new(self.code, message, object.place_of_name()))
    }

    /// A finding at a value whose path, as upstream names it, is another than the way to it.
    pub fn named(
        &mut self,
        object: &Object,
        node: &Node,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Raised<'_> {
        self.raise(Diagnostic::new(self.code, message, object.place_at(node, path.into())))
    }

    /// A finding for a text or a mapping that `root` must have at a path and has not, or that is empty.
    ///
    /// Nothing is found where a value of a wrong type stands in the way: that is the fault then.
    pub fn absent(
        &mut self,
        object: &Object,
        root: &Node,
        path: &[&str],
        message: impl Into<String>,
    ) -> Option<Raised<'_>> {
        let mut node = root;
        let mut rest = path;
        while let Some((name, behind)) = rest.split_first() {
            let Some(next) = node.get(name) else {
                node.as_mapping()?;
                return Some(self.missing(object, node, &rest.join("."), message));
            };
            (node, rest) = (next, behind);
        }
        (node.as_str() == Some("")).then(|| self.at(object, node, message))
    }

    fn raise(&mut self, diagnostic: Diagnostic) -> Raised<'_> {
        self.found.push(diagnostic);
        Raised(self.found.last_mut().expect("pushed just now"))
    }
}

/// A finding that was raised just now, to say more about it.
pub struct Raised<'a>(&'a mut Diagnostic);

#[expect(
    clippy::return_self_not_must_use,
    reason = "the finding is kept whether or not more is said about it"
)]
impl Raised<'_> {
    /// Says how to mend it.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Says why it matters.
    pub fn why(self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    /// Adds a place, often in another file, that explains it.
    pub fn related(self, node: &Node, text: impl Into<String>) -> Self {
        self.related_span(node.span, text)
    }

    /// Adds a place that explains it.
    pub fn related_span(self, span: Span, text: impl Into<String>) -> Self {
        self.0.related.push(crate::diagnostic::Label { span, text: text.into() });
        self
    }
}
