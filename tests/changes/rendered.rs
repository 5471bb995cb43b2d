//! Trees that `landscape render` made are compared by what they deliver, bundles opened.

use landscape::change::Noise;
use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::{Comparison, Compiler, Target};
use landscape::review::{Review, Revised};
use landscape::workspace::Memory;

use super::history::{Edit, HISTORY, Tree, edited};

fn at() -> time::Date {
    time::Date::from_calendar_date(2026, time::Month::November, 21).expect("a date")
}

/// What the demo landscape renders to, after some edits.
fn rendered(edits: &[Edit]) -> Memory {
    let tree: Tree = edited(&HISTORY.tip, edits);
    let path = |name: &str| RelPath::parse(name).expect("a plain path");
    let files = Memory(tree.into_iter().map(|(name, bytes)| (path(&name), bytes)).collect());
    let mut report = Report::default();
    let rendered = Compiler::new(&files, at()).render(&path("demo"), &mut report).expect("the demo compiles");
    Memory(rendered.files.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect())
}

fn review(base: &Memory, head: &Memory) -> Review {
    let compilers = [Compiler::new(base, at()), Compiler::new(head, at())];
    let [base, head] = compilers.each_ref().map(|compiler| Comparison {
        compiler,
        target: Target::Rendered(RelPath::root()),
        name: Revised { name: "tree".to_owned(), commit: None },
    });
    let mut report = Report::default();
    let review = head.with_base(&base, Noise::Hidden, &mut report).expect("the tree can be read");
    assert!(report.reported().is_ok(), "{:#?}", report.findings());
    review
}

#[test]
fn what_is_in_a_bundle_is_told_and_its_wrapping_is_not() {
    let base = rendered(&[]);
    let limit =
        Edit::Replace("demo/cloudprofiles/openstack.yaml", "maxNodesTotal: 100", "maxNodesTotal: 120");
    let machine = Edit::Replace("demo/shoots/shop/live.yaml", "type: g1.4", "type: g1.8");
    let told: Vec<String> = review(&base, &rendered(&[limit, machine]))
        .objects
        .iter()
        .map(|object| {
            let fields: Vec<&str> = object.fields.iter().map(|field| field.path.as_str()).collect();
            format!("{} {} {}", object.unit_name(), object.identity, fields.join(" "))
        })
        .collect();
    let shoot = "shoots-shop Shoot garden-shop/live spec.provider.workers[0].machine.type";
    assert_eq!(told, [shoot, "cloud-profiles CloudProfile openstack spec.limits.maxNodesTotal"]);
}

#[test]
fn the_same_tree_shows_no_difference() {
    let tree = rendered(&[]);
    assert!(review(&tree, &tree).objects.is_empty());
}
