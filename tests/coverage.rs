//! `docs/coverage.md` tells of every rule which finding covers it. What the rules say of themselves must stand there.

use std::collections::{BTreeMap, BTreeSet};

use landscape::{check, effect, page};

const PAGE: &str = include_str!("../docs/coverage.md");
/// The same for the rules about changes.
const PAGE_OF_CHANGES: &str = include_str!("../docs/diff.md");

/// Codes of stages before and after the rules: they have no row in a table of rules.
const OF_OTHER_STAGES: [&str; 5] = ["L201", "L203", "L204", "L315", "L650"];

/// The rules about landscapes with the codes that stand beside them.
fn told() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    told_by(PAGE, "## The rules, one by one")
}

/// The rules about changes with the codes that stand beside them.
fn told_of_changes() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    told_by(PAGE_OF_CHANGES, "## The rules about changes, one by one")
}

fn told_by(page: &'static str, heading: &str) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let (_, table) = page.split_once(heading).expect("the page has the table");
    let mut told = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule ")) {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (rule, findings) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let codes = findings.split(", ").filter_map(|finding| finding.split(' ').next());
        let before = told.insert(rule, codes.collect());
        assert_eq!(before, None, "{rule} stands there once");
    }
    told
}

#[test]
fn every_rule_stands_beside_the_findings_it_makes() {
    let mut claimed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in check::rules() {
        for id in rule.upstream {
            claimed.entry(id).or_default().insert(rule.code.id);
        }
    }
    for (rule, codes) in told() {
        let claimed = claimed.remove(rule).unwrap_or_default();
        let more: Vec<_> =
            codes.difference(&claimed).filter(|code| !OF_OTHER_STAGES.contains(code)).collect();
        let missing: Vec<_> = claimed.difference(&codes).collect();
        assert!(missing.is_empty(), "{rule} is covered by {missing:?} too");
        assert!(more.is_empty() || claimed.is_empty(), "{rule} is not covered by {more:?}");
        assert!(!codes.is_empty(), "{rule} is covered by nothing");
    }
    assert_eq!(claimed, BTreeMap::new(), "rules that the page does not know");
}

#[test]
fn every_rule_about_changes_stands_beside_the_findings_it_makes() {
    let mut claimed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in effect::rules() {
        for id in rule.upstream {
            claimed.entry(id).or_default().insert(rule.code.id);
        }
    }
    assert_eq!(told_of_changes(), claimed);
}

#[test]
fn every_finding_that_is_named_has_a_page() {
    for (rule, codes) in told().into_iter().chain(told_of_changes()) {
        for code in codes {
            assert!(page::find(code).is_some(), "{rule}: {code}");
        }
    }
}
