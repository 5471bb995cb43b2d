//! Which rules look at which objects.

use std::collections::HashMap;

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Diagnostic;
use crate::landscape::Object;
use crate::view::{CloudProfile, Configuration, SeedTemplate, Shoot};

/// Which rules look at which objects, so that an object meets only those of its kind.
#[derive(Default)]
pub(super) struct Docket {
    by_kind: HashMap<(&'static str, &'static str), Vec<&'static Rule>>,
    every: Vec<&'static Rule>,
    by_configuration: HashMap<(&'static str, &'static str), Vec<&'static Rule>>,
    whole: Vec<&'static Rule>,
}

impl Docket {
    pub(super) fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
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

    pub(super) fn judge(&self, object: &Object, scope: &Scope<'_>) -> Vec<Diagnostic> {
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
