//! A lock and what a landscape refers to: what is not locked, what is locked otherwise, what is locked in vain.

use super::{Lock, Locked};
use crate::diagnostic::{Code, Diagnostic};
use crate::inventory::{Inventory, Item, Kind, Use, incomplete};
use crate::source::Span;

const NOT_LOCKED: Code = Code::warning("L705", "reference-not-locked");
const LOCK_INCOMPLETE: Code = Code::error("L706", "lock-incomplete");
const UNUSED_ENTRY: Code = Code::note("L707", "lock-entry-unused");
const OTHER_DIGEST: Code = Code::error("L708", "digest-not-the-locked-one");
const OTHER_VALUES: Code = Code::warning("L709", "chart-locked-with-other-values");

/// What to make of a reference that nothing holds to a digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// A warning.
    #[default]
    Warn,
    /// An error: the lock must be complete.
    Locked,
}

/// Compares a lock with what a landscape refers to.
pub fn judge(lock: &Lock, inventory: &Inventory, strictness: Strictness) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for item in inventory.items.iter().filter(|item| !item.is_own) {
        let locked = lock.get(item.kind, &item.reference);
        findings.extend(contradictions_of(item, locked));
    }
    let free =
        inventory.items.iter().filter(|item| !item.is_own && lock.get(item.kind, &item.reference).is_none());
    findings.extend(not_locked(free, strictness));
    findings.extend(unused(lock, inventory));
    findings.extend(stale(lock, inventory, strictness));
    for (reference, locked) in &lock.charts {
        if locked.contents.as_ref().is_some_and(|contents| !contents.complete) {
            let message = format!("the images of the chart `{reference}` are not all known");
            findings.push(incomplete(message, locked.span.unwrap_or_default()));
        }
    }
    findings
}

/// Charts that are not locked with the images that they have with the values they get.
fn stale(lock: &Lock, inventory: &Inventory, strictness: Strictness) -> Vec<Diagnostic> {
    let code = match strictness {
        Strictness::Warn => OTHER_VALUES,
        Strictness::Locked => LOCK_INCOMPLETE,
    };
    let installed = inventory.installed();
    let locked = installed
        .iter()
        .filter_map(|(reference, chart)| Some((reference, chart.values, lock.get(Kind::Chart, reference)?)));
    let stale = locked.filter(|(_, values, locked)| {
        locked.contents.as_ref().is_none_or(|contents| contents.values != *values)
    });
    let finding = |(reference, _, locked): (_, _, &Locked)| {
        let message = format!("`{reference}` was locked without the values that it gets");
        Diagnostic::new(code, message, locked.span.unwrap_or_default())
            .why("the chart may have images that are not locked")
            .help("run `landscape lock`")
    };
    stale.map(finding).collect()
}

/// All references whose digest is not the one that their tag is locked to.
pub(super) fn contradictions<'a>(
    lock: &'a Lock,
    inventory: &'a Inventory,
) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let items = inventory.items.iter().filter(|item| !item.is_own);
    items.flat_map(|item| contradictions_of(item, lock.get(item.kind, &item.reference)))
}

/// Within a landscape a tag has one digest.
fn contradictions_of(item: &Item, locked: Option<&Locked>) -> impl Iterator<Item = Diagnostic> {
    let first = item.uses.iter().find(|used| used.digest.is_some());
    let digest = locked.map(|locked| locked.digest).or(item.digest);
    let span = locked.map_or_else(|| first.and_then(|used| used.place.span), |locked| locked.span);
    let others = item.uses.iter().filter(move |used| used.digest.is_some() && used.digest != digest);
    let is_locked = locked.is_some();
    others.map(move |used| contradiction(item, used, span, is_locked))
}

fn contradiction(item: &Item, used: &Use, span: Option<Span>, is_locked: bool) -> Diagnostic {
    let at = used.inside.as_ref().map_or_else(|| "here".to_owned(), |inside| format!("in {inside}"));
    let message = format!("`{}` has another digest {at}", item.reference);
    let (label, help) = if is_locked {
        let help = format!("remove the digest {at}, or run `landscape lock --update {}`", item.reference);
        ("locked to this one", help)
    } else {
        ("named with this one", "name one digest, or two tags".to_owned())
    };
    let finding = Diagnostic::new(OTHER_DIGEST, message, used.place.clone())
        .why("a tag that leads to two things makes it a matter of chance which of them runs")
        .help(help);
    match span {
        Some(span) => finding.related(span, label),
        None => finding,
    }
}

/// References that may lead to something else tomorrow: an error for each where none may, else one warning for all, as one
/// command mends them.
fn not_locked<'a>(items: impl Iterator<Item = &'a Item>, strictness: Strictness) -> Vec<Diagnostic> {
    let free = |used: &&Use| used.digest.is_none();
    let free: Vec<(&Item, &Use)> =
        items.filter_map(|item| Some((item, item.uses.iter().find(free)?))).collect();
    match (strictness, &*free) {
        (_, []) => Vec::new(),
        (Strictness::Locked, all) => {
            let each = all.iter().map(|(item, used)| not_locked_at(LOCK_INCOMPLETE, item, used, ""));
            each.collect()
        }
        (Strictness::Warn, [(item, used), others @ ..]) => {
            let more = match others.len() {
                0 => String::new(),
                1 => ", and one more reference".to_owned(),
                count => format!(", and {count} more references"),
            };
            vec![not_locked_at(NOT_LOCKED, item, used, &more)]
        }
    }
}

fn not_locked_at(code: Code, item: &Item, used: &Use, more: &str) -> Diagnostic {
    let why = match item.kind {
        Kind::Chart => {
            "whoever pulls a chart checks nothing but the digest in its reference; a tag can be moved at any time"
        }
        Kind::Image => {
            "a tag can be moved at any time, and what runs changes without a change of the landscape"
        }
    };
    let message = format!("the {} `{}` is held to no digest{more}", item.kind.name(), item.reference);
    Diagnostic::new(code, message, used.place.clone())
        .why(why)
        .help("run `landscape lock`, or name the digest; `landscape images` lists all references")
}

/// Entries that nothing refers to, neither the landscape nor a chart of it.
fn unused<'a>(lock: &'a Lock, inventory: &'a Inventory) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let used = lock.needed(inventory);
    lock.iter().filter(move |(kind, reference, _)| !used.contains(&(*kind, *reference))).map(
        |(kind, reference, locked)| {
            let message = format!("nothing refers to the {} `{reference}`", kind.name());
            Diagnostic::new(UNUSED_ENTRY, message, locked.span.unwrap_or_default())
                .help("run `landscape lock`, which drops it")
        },
    )
}
