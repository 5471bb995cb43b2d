//! Protects the rules that repeat Gardener's admission plugins and webhooks: each fires on its fault, at the field it is
//! about, and is silent on what is admitted.

#[path = "../manifests/mod.rs"]
mod manifests;

mod credentials;
mod policies;
mod quotas;

/// The rules under test; the objects are too short for others to be content.
const CODES: [&str; 7] = ["L362", "L366", "L367", "L369", "L382", "L383", "L384"];

/// The findings on some objects, each as `code name path: message`.
fn findings(objects: &str) -> Vec<String> {
    let report = manifests::check(&[("objects.yaml", objects)], false);
    let told = report.findings().into_iter().filter(|finding| CODES.contains(&finding.code.id));
    told.map(|finding| {
        let name = finding.place.object.as_ref().map_or("", |object| &object.name);
        format!("{} {name} {}: {}", finding.code.id, finding.place.path, finding.message)
    })
    .collect()
}

/// Each finding begins as expected, and there is no other.
fn assert_found(objects: &str, changes: &[(&str, &str)], expected: &[&str]) {
    let found = findings(&manifests::changed(&[objects], changes).concat());
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, other)| one.starts_with(other));
    assert!(fits, "after {changes:?}\nexpected {expected:#?}\nfound {found:#?}");
}
