//! What a review says of units.

use landscape::change::ChangeKind;
use landscape::effect::Impact;
use landscape::review::{Review, ReviewedUnit};

use super::history::{Edit, HISTORY, edited};

const EDGE: &[Edit] =
    &[Edit::Remove("demo/shoots/edge/branches.yaml"), Edit::Remove("demo/shoots/edge/branches.csv")];

fn unit<'a>(review: &'a Review, name: &str) -> &'a ReviewedUnit {
    let found = review.units.iter().find(|unit| unit.name == name);
    found.unwrap_or_else(|| panic!("there is no unit {name}"))
}

#[test]
fn a_unit_whose_last_object_goes_is_gone() {
    let (review, _) = HISTORY.pull_request(&[], EDGE);
    let edge = unit(&review, "shoots-edge");
    assert_eq!((edge.change, edge.impact, edge.wave), (Some(ChangeKind::Removed), Impact::Rejected, 7));
    assert_eq!(edge.depends_on, ["project-bindings", "seeds"]);
    assert_eq!(review.units.last().map(|unit| unit.name.as_str()), Some("shoots-edge"));
}

#[test]
fn a_unit_with_the_first_of_its_objects_is_new() {
    let head = HISTORY.head();
    let without = edited(&HISTORY.tip, EDGE);
    let without = HISTORY.commit(Some(head), &without, "Prepare");
    let (review, _) = HISTORY.review(without, head);
    let edge = unit(&review, "shoots-edge");
    assert_eq!((edge.change, edge.impact, edge.objects), (Some(ChangeKind::Added), Impact::None, 4));
    // The root has a new Kustomization.
    assert_eq!(unit(&review, "landscape").change, Some(ChangeKind::Changed));
    assert_eq!(unit(&review, "shoots-shop").change, None);
}

#[test]
fn a_unit_is_as_bad_as_the_worst_of_its_objects() {
    let live = Edit::Replace("demo/shoots/shop/live.yaml", "version: 1.36.2", "version: 1.35.4");
    let (review, _) = HISTORY.pull_request(&[], &[live]);
    let differing: Vec<_> = review.units.iter().filter(|unit| unit.change.is_some()).collect();
    let told: Vec<_> = differing.iter().map(|unit| (unit.name.as_str(), unit.impact)).collect();
    assert_eq!(told, [("shoots-shop", Impact::Rejected)]);
}

#[test]
fn units_stand_behind_those_they_depend_on() {
    let (review, _) = HISTORY.pull_request(&[], EDGE);
    for one in &review.units {
        let deepest = one.depends_on.iter().map(|name| unit(&review, name).wave + 1).max();
        assert_eq!(one.wave, deepest.unwrap_or_default(), "{}", one.name);
    }
}
