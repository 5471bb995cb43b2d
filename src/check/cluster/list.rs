//! Lists in which nothing may stand twice.

use super::{CONFIGURING, Part, encryption, item, parts};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::release::group_resource;
use crate::syntax::Node;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L518", "listed-twice"),
    upstream: &["SH-APISRV", "SH-ENC", "SH-CA", "GA-KAS"],
    judge: Judge::Kinds(CONFIGURING, twice),
}];

/// Lists of texts.
const LISTS: [&[&str]; 4] = [&["apiAudiences"], &["startupTaints"], &["statusTaints"], &["ignoreTaints"]];

/// Upstream: pkg/api/core/validation/shoot.go, validateAPIAudiences, validateClusterAutoscalerTaints,
/// ValidateKubeAPIServer, validateEncryptionConfig.
fn twice(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for list in LISTS.iter().filter_map(|path| part.node.at(path)) {
            let items = list.items().iter().filter_map(|node| Some((node, item(node)?)));
            repeated(part, items, |text| text, findings);
        }
        issuers(part, findings);
        let encryptable =
            encryption::resources(part).filter(|(_, text)| encryption::objection(text, scope).is_none());
        repeated(part, encryptable, group_resource, findings);
    });
}

/// Finds what has been listed before, as far as its key goes.
fn repeated<'a, K: PartialEq>(
    part: Part<'a>,
    items: impl Iterator<Item = (&'a Node, &'a str)>,
    key: impl Fn(&'a str) -> K,
    findings: &mut Findings,
) {
    let mut seen: Vec<(&Node, K)> = Vec::new();
    for (node, text) in items {
        let key = key(text);
        match seen.iter().find(|(_, before)| *before == key) {
            Some((first, _)) => {
                part.at(findings, node, format!("`{text}` is listed twice"))
                    .related(first, "it is listed here first")
                    .why("Gardener refuses a list that says something twice")
                    .help("remove one of them");
            }
            None => seen.push((node, key)),
        }
    }
}

fn issuers(part: Part<'_>, findings: &mut Findings) {
    let Some(config) = part.node.get("serviceAccountConfig") else {
        return;
    };
    let issuer = config.get("issuer");
    let is_issuer = |node: &Node| issuer.is_some_and(|issuer| issuer.as_str().is_some() && issuer == node);
    let accepted = config.get("acceptedIssuers").map(Node::items).unwrap_or_default();
    for node in accepted.iter().filter(|node| is_issuer(node)) {
        let text = node.as_str().unwrap_or_default();
        let raised = part
            .at(findings, node, format!("`{text}` is the issuer itself"))
            .why("the issuer is always accepted")
            .help("remove it: the list is of others whose tokens are accepted too");
        if let Some(issuer) = issuer {
            raised.related(issuer, "the issuer is set here");
        }
    }
    let others = accepted.iter().filter(|node| !is_issuer(node));
    repeated(part, others.filter_map(|node| Some((node, item(node)?))), |text| text, findings);
}
