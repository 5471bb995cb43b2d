//! What a page shows.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use landscape::change::ChangeKind;
use landscape::diagnostic::Report;
use landscape::digest::Digest;
use landscape::effect::Impact;

use super::{complete, object, page, read, review_of, unit};

#[test]
fn an_effect_says_what_why_where_and_what_to_do() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let effects = document.of_class("effect");
    let text = &effects.first().expect("there is one").text;
    for part in [
        "rejected",
        "L710",
        "shoot-field-immutable",
        "spec.region was eu01",
        "why the API server refuses the change",
        "help create another shoot",
        "shoots/live.yaml:2:11",
        "shoots/live.yaml:1:1 it stands here",
    ] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
    assert_eq!(effects.len(), 1);
}

#[test]
fn fields_show_both_values_and_hide_what_is_hidden() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let fields: Vec<&str> = document.of_class("field").iter().map(|field| field.text.trim()).collect();
    let [region, tolerations, password, count, policy] = fields.as_slice() else { panic!("{fields:#?}") };
    assert!(region.ends_with("eu01 → eu02"), "{region}");
    assert!(tolerations.ends_with("- key: a- key: b"), "{tolerations}");
    assert!(password.ends_with("hidden → hidden"), "{password}");
    assert!(count.ends_with("\"1\" → 1"), "a text is not a number: {count}");
    assert!(policy.contains("17 lines as they were"), "{policy}");
    assert!(policy.contains("line 20line 20 more"), "{policy}");
}

#[test]
fn a_page_needs_no_script() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let hidden: Vec<_> =
        document.elements.iter().filter(|one| one.attributes.contains_key("hidden")).collect();
    let filters = document.of_class("filters");
    assert!(filters.iter().all(|filters| filters.attributes.contains_key("hidden")));
    for element in hidden {
        let is_filter = filters.iter().any(|filters| filters.text.contains(&element.text));
        assert!(is_filter || element.has_class("nothing"), "{element:?}");
    }
    let names: Vec<&str> = document.named("h4").iter().map(|name| name.text.as_str()).collect();
    let expected = [
        "Shoot garden-shop/live",
        "Shoot garden-shop/gone",
        "Quota garden-shop/small",
        "Shoot garden-shop/new",
    ];
    assert_eq!(names, expected);
}

#[test]
fn links_lead_somewhere_on_the_page() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let ids: Vec<&str> =
        document.elements.iter().map(|one| one.attribute("id")).filter(|id| !id.is_empty()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "every id is given once: {ids:?}");
    let pointers = document.elements.iter().flat_map(|one| {
        let link = one.attribute("href").strip_prefix('#');
        [link, Some(one.attribute("aria-labelledby"))].into_iter().flatten().filter(|id| !id.is_empty())
    });
    let lost: Vec<&str> = pointers.filter(|id| !unique.contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn the_picture_marks_units() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let boxes: Vec<(String, &str)> = document
        .of_class("box")
        .into_iter()
        .map(|one| (one.attribute("class").to_owned(), one.attribute("aria-label")))
        .collect();
    let class = |unit: &str| {
        let found = boxes.iter().find(|(_, label)| label.starts_with(&format!("{unit}:")));
        found.map_or_else(|| panic!("{unit} is not among {boxes:?}"), |(class, _)| class.as_str())
    };
    assert_eq!(class("shoots-shop"), "box rejected changed");
    assert_eq!(class("shoots-labs"), "box none added");
    assert_eq!(class("shoots-edge"), "box none removed");
    assert_eq!(class("seeds"), "box unchanged");
    let linked: Vec<&str> = document
        .named("a")
        .iter()
        .map(|one| one.attribute("data-unit"))
        .filter(|unit| !unit.is_empty())
        .collect();
    assert_eq!(linked, ["projects", "shoots-shop", "shoots-labs"], "what has objects on the page is a link");
}

#[test]
fn a_line_passes_a_wave_in_a_lane_of_its_own() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let from_first = |line: &&&super::document::Element| line.attribute("data-from") == "0";
    let lines: Vec<String> = document
        .named("path")
        .iter()
        .filter(from_first)
        .map(|line| line.attribute("data-to").to_owned())
        .collect();
    assert_eq!(lines, ["1", "2", "4", "4"], "to both neighbours, and in two parts to the unit behind them");
}

#[test]
fn unchanged_units_share_a_box_where_there_are_many() {
    let mut review = review_of(Vec::new(), Vec::new());
    review.units = (0..30).map(|n| unit(&format!("unit-{n}"), 0, &[], None, Impact::None)).collect();
    review.units.push(unit("other", 0, &[], Some(ChangeKind::Changed), Impact::None));
    let document = read(&review, &Report::default());
    let boxes: Vec<String> = document.of_class("label").iter().map(|label| label.text.clone()).collect();
    assert_eq!(boxes, ["30 unchanged", "other"]);
}

#[test]
fn a_wave_with_many_changes_gets_several_columns() {
    let mut review = review_of(Vec::new(), Vec::new());
    let changed = Some(ChangeKind::Changed);
    review.units = (0..100).map(|n| unit(&format!("unit-{n}"), 0, &[], changed, Impact::InPlace)).collect();
    let document = read(&review, &Report::default());
    let rectangles = document.named("rect");
    let corners: Vec<(&str, &str)> = rectangles
        .iter()
        .filter(|one| !one.has_class("stripe"))
        .map(|one| (one.attribute("x"), one.attribute("y")))
        .collect();
    let columns: BTreeSet<&str> = corners.iter().map(|(x, _)| *x).collect();
    let places: BTreeSet<&(&str, &str)> = corners.iter().collect();
    assert_eq!((columns.len(), places.len()), (8, 100));
}

#[test]
fn the_policy_allows_the_script_and_the_style_of_the_page_alone() {
    let (review, report) = complete();
    let document = read(&review, &report);
    let policies: Vec<&str> = document
        .named("meta")
        .into_iter()
        .filter(|meta| meta.attribute("http-equiv") == "Content-Security-Policy")
        .map(|meta| meta.attribute("content"))
        .collect();
    let [policy] = policies.as_slice() else { panic!("{policies:?}") };
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for (directive, name) in [("script-src", "script"), ("style-src", "style")] {
        let elements = document.named(name);
        let [element] = elements.as_slice() else { panic!("there is one {name}") };
        let hash = STANDARD.encode(Digest::of(&element.text).bytes());
        assert!(policy.contains(&format!("; {directive} 'sha256-{hash}';")), "{policy}");
    }
}

#[test]
fn a_page_is_well_formed_and_the_same_every_time() {
    let (review, report) = complete();
    let document = read(&review, &report);
    assert!(document.faults.is_empty(), "{:#?}", document.faults);
    assert_eq!(page(&review, &report), page(&review, &report));
}

#[test]
fn nothing_that_differs_is_a_page_too() {
    let review = review_of(Vec::new(), Vec::new());
    let document = read(&review, &Report::default());
    let nothing = document.of_class("nothing");
    assert!(nothing.iter().all(|nothing| nothing.text == "No object differs."), "{nothing:?}");
    assert!(document.of_class("filters").is_empty());
    assert!(document.named("svg").is_empty());
}

#[test]
fn a_page_grows_with_its_objects_and_no_faster() {
    let size = |count: usize| {
        let shoot = |n: usize| {
            let name = format!("shoot-{n:05}");
            object(&format!("shoots-{}", n % 20), "Shoot", &name, ChangeKind::Changed, Impact::InPlace)
        };
        let objects = (0..count).map(shoot).collect();
        let review = review_of(objects, Vec::new());
        page(&review, &Report::default()).len()
    };
    let [none, one, two] = [0, 500, 1000].map(size);
    assert!(two - none < (one - none) * 21 / 10, "{none} {one} {two}");
}
