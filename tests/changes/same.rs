//! What is written otherwise and means the same shows no difference.

use super::history::{Edit, HISTORY};

const LIVE: &str = "demo/shoots/shop/live.yaml";

fn assert_same(edits: &[Edit]) {
    let (review, _) = HISTORY.pull_request(&[], edits);
    let told: Vec<_> = review.objects.iter().map(|object| (&object.identity, &object.fields)).collect();
    assert!(told.is_empty(), "{told:#?}");
}

fn text(path: &str) -> String {
    let bytes = HISTORY.tip.get(path).expect("the demo has the file").clone();
    String::from_utf8(bytes).expect("manifests are UTF-8")
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[test]
fn a_renamed_file_changes_nothing() {
    let moved = Edit::Write("demo/shoots/renamed/other.yaml", leaked(text(LIVE)));
    assert_same(&[Edit::Remove(LIVE), moved]);
}

#[test]
fn comments_change_nothing() {
    let commented = text(LIVE).replace("spec:\n", "# What is asked for.\nspec: # all of it\n");
    assert_same(&[Edit::Write(LIVE, leaked(commented))]);
}

#[test]
fn indentation_and_quotes_change_nothing() {
    let mut wider = String::new();
    for line in text(LIVE).lines() {
        let rest = line.trim_start();
        wider.push_str(&" ".repeat(2 * (line.len() - rest.len())));
        wider.push_str(rest);
        wider.push('\n');
    }
    assert_same(&[Edit::Write(LIVE, leaked(wider.replace("name: live", "\"name\": 'live'")))]);
}

#[test]
fn the_order_of_pools_and_of_keys_changes_nothing() {
    let live = text(LIVE);
    let at = |mark: &str| live.find(mark).expect("the shoot has it");
    let (web, search, end) = (at("    - name: web\n"), at("    - name: search\n"), at("  maintenance:\n"));
    let part = |from: usize, to: usize| live.get(from..to).expect("in this order");
    let turned = [part(0, web), part(search, end), part(web, search), part(end, live.len())].concat();
    let turned = turned.replace(
        "metadata:\n  name: live\n  namespace: garden-shop\n",
        "metadata:\n  namespace: garden-shop\n  name: live\n",
    );
    assert_ne!(turned, live);
    assert_same(&[Edit::Write(LIVE, leaked(turned))]);
}
