//! Fields that hold one of some words, where no schema says so.

use super::{CONFIGURING, Owner, dotted, parts, values};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, help_with_others};
use crate::landscape::Object;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L523", "choice-invalid"),
    upstream: &["SH-CA", "SH-APISRV", "SH-ENC-PROV", "SH-KPROXY", "GA-KAS"],
    judge: Judge::Kinds(CONFIGURING, invalid),
}];

/// A field that holds one of some words.
pub(super) struct Choice {
    path: &'static [&'static str],
    words: &'static [&'static str],
    open: Open,
}

/// What the schemas leave open about a choice.
#[derive(Clone, Copy)]
enum Open {
    /// Its words, several of them with commas between.
    Words,
    /// Its words, in a Garden.
    WordsOfGarden,
    /// That a pool takes an unknown word over from its shoot.
    Inheritance,
    /// Whether it is there at all, in a template; in a shoot, a default is filled in.
    PresenceInTemplate,
}

impl Choice {
    pub(super) const fn list(path: &'static [&'static str], words: &'static [&'static str]) -> Self {
        Self { path, words, open: Open::Words }
    }

    pub(super) const fn of_garden(path: &'static [&'static str], words: &'static [&'static str]) -> Self {
        Self { path, words, open: Open::WordsOfGarden }
    }

    pub(super) const fn inherited(path: &'static [&'static str], words: &'static [&'static str]) -> Self {
        Self { path, words, open: Open::Inheritance }
    }

    pub(super) const fn in_template(path: &'static [&'static str], words: &'static [&'static str]) -> Self {
        Self { path, words, open: Open::PresenceInTemplate }
    }

    /// The first word that is none of those it takes.
    fn unknown<'a>(&self, text: &'a str) -> Option<&'a str> {
        let is_unknown = |word: &&str| !self.words.contains(word);
        match self.open {
            Open::Words => text.split(',').find(is_unknown),
            Open::WordsOfGarden | Open::Inheritance => Some(text).filter(is_unknown),
            Open::PresenceInTemplate => None,
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateClusterAutoscaler, ValidateKubeAPIServer, validateEncryptionConfig,
/// validateKubeProxy.
fn invalid(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for choice in part.component.choices {
            let name = part.component.name;
            match choice.open {
                Open::WordsOfGarden if part.owner != Owner::Garden => continue,
                Open::Inheritance if part.pool.is_none() => continue,
                Open::PresenceInTemplate
                    if part.owner == Owner::Template && part.node.at(choice.path).is_none() =>
                {
                    let field = dotted(choice.path);
                    part.missing(findings, &field, format!("{name} is configured without its `{field}`"))
                        .why("Gardener fills it in for a shoot, and not for the template of one")
                        .help(help_with_others(choice.words.iter().copied()));
                }
                _ => {}
            }
            values(part.node, choice.path, &mut |node| {
                if let Some(word) = node.as_str().and_then(|text| choice.unknown(text)) {
                    let message = format!("`{word}` is no `{}` of {name}", dotted(choice.path));
                    part.at(findings, node, message)
                        .why(format!("{name} knows a few words for it, and does not start with another one"))
                        .help(help_with_names(word, choice.words.iter().copied()));
                }
            });
        }
    });
}
