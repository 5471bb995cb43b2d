//! Which rules look at which objects.

use std::collections::HashMap;

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Diagnostic;
use crate::kind::GroupKind;
use crate::landscape::Object;
use crate::view::{CloudProfile, Configuration, SeedTemplate, Shoot, Text};

/// Which rules look at which objects, so that an object meets only those of its kind.
#[derive(Default)]
pub(super) struct Docket {
    by_kind: HashMap<(&'static str, &'static str), Vec<&'static Rule>>,
    every: Vec<&'static Rule>,
    by_configuration: HashMap<(&'static str, &'static str), Vec<&'static Rule>>,
    every_configuration: Vec<&'static Rule>,
    whole: Vec<&'static Rule>,
}

impl Docket {
    pub(super) fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let mut docket = Self::default();
        for rule in rules {
            let index = |index: &mut HashMap<_, Vec<_>>, kinds: &'static [GroupKind]| {
                for kind in kinds {
                    index.entry((kind.group, kind.kind)).or_default().push(rule);
                }
            };
            match rule.judge {
                Judge::Object(_) => docket.every.push(rule),
                Judge::AnyConfiguration(_) => docket.every_configuration.push(rule),
                Judge::Configuration(kinds, _) => index(&mut docket.by_configuration, kinds),
                Judge::Landscape(_) => docket.whole.push(rule),
                judge => index(&mut docket.by_kind, judge.kinds()),
            }
        }
        docket
    }

    /// What the rules find in an object and in what it carries for extensions.
    pub(super) fn judge(
        &self,
        object: &Object,
        configurations: &[Configuration<'_>],
        scope: &Scope<'_>,
    ) -> Vec<Diagnostic> {
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
                Judge::AnyConfiguration(_) | Judge::Configuration(..) | Judge::Landscape(_) => {}
            }
            found.append(&mut findings.found);
        }
        for configuration in configurations {
            self.judge_configuration(*configuration, scope, &mut found);
        }
        found
    }

    fn judge_configuration(
        &self,
        configuration: Configuration<'_>,
        scope: &Scope<'_>,
        found: &mut Vec<Diagnostic>,
    ) {
        let kind = configuration.group().zip(configuration.kind().map(Text::as_str));
        let of_kind = kind.and_then(|kind| self.by_configuration.get(&kind)).into_iter().flatten();
        for rule in self.every_configuration.iter().chain(of_kind) {
            if let Judge::AnyConfiguration(judge) | Judge::Configuration(_, judge) = rule.judge {
                let mut findings = Findings::new(rule.code);
                judge(configuration, scope, &mut findings);
                found.append(&mut findings.found);
            }
        }
    }

    pub(super) fn judge_whole(&self, scope: &Scope<'_>) -> Vec<Diagnostic> {
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
