//! Review -> HTML: one page that needs nothing else, for a browser and the artifacts of a build.
//!
//! The page is markup, not data that a script draws, so that it is whole without one; the script only hides what a filter
//! leaves out. Every text of the input passes the template's escaping, and no browser takes a script or a style from the
//! page but ours: its policy names their hashes.

mod graph;
mod object;
mod topology;
mod value;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;

use self::object::{Effect, Group, Totals};
use self::topology::Picture;
use crate::cli::output::printable::printable;
use crate::diagnostic::Report;
use crate::digest::Digest;
use crate::effect::Impact;
use crate::review::{Review, Revised, Summary};

/// The page and its parts; each includes some of the others by name.
const TEMPLATES: [(&str, &str); 7] = [
    (PAGE, include_str!("page.html.j2")),
    ("chart.html.j2", include_str!("chart.html.j2")),
    ("effect.html.j2", include_str!("effect.html.j2")),
    ("field.html.j2", include_str!("field.html.j2")),
    ("head.html.j2", include_str!("head.html.j2")),
    ("object.html.j2", include_str!("object.html.j2")),
    ("topology.svg.j2", include_str!("topology.svg.j2")),
];
const PAGE: &str = "page.html.j2";
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Objects up to which each is laid out at once, not when it comes into view.
const FEW: usize = 120;
/// Characters of a commit's hash that tell it apart.
const SHORT_HASH: usize = 12;

#[derive(Serialize)]
struct Page {
    policy: String,
    style: String,
    script: &'static str,
    base: Side,
    head: Side,
    impact: &'static str,
    verdict: &'static str,
    summary: Vec<Count>,
    totals: Totals,
    many: bool,
    picture: Option<Picture>,
    groups: Vec<Group>,
    findings: Vec<Effect>,
}

#[derive(Serialize)]
struct Side {
    name: String,
    commit: Option<String>,
}

#[derive(Serialize)]
struct Count {
    name: &'static str,
    count: usize,
}

pub(super) fn render(review: &Review, report: &Report) -> String {
    let numbers = object::numbers(review);
    let picture = Picture::of(review, &numbers);
    let style = match &picture {
        Some(picture) => format!("{STYLE}{}", picture.style()),
        None => STYLE.to_owned(),
    };
    let page = Page {
        policy: policy(&style),
        style,
        script: SCRIPT,
        base: Side::of(&review.base),
        head: Side::of(&review.head),
        impact: review.impact().name(),
        verdict: verdict(review, report),
        summary: counts(&review.summary()),
        totals: Totals::of(review),
        many: review.objects.len() > FEW,
        picture,
        groups: object::groups(review, &numbers, report),
        findings: object::findings(review, report),
    };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).expect("the templates are well-formed");
    }
    let template = environment.get_template(PAGE).expect("just added");
    template.render(Value::from(Serde(page))).expect("the templates fit the page")
}

/// What the page may load: nothing but the script and the style in it, and the empty icon.
fn policy(style: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Digest::of(text).bytes());
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'",
        hash(SCRIPT),
        hash(style)
    )
}

impl Side {
    fn of(side: &Revised) -> Self {
        let short = |commit: &String| printable(commit).chars().take(SHORT_HASH).collect();
        Self { name: value::text(&side.name), commit: side.commit.as_ref().map(short) }
    }
}

/// The worst impact in words.
fn verdict(review: &Review, report: &Report) -> &'static str {
    if report.reported().is_err() {
        return "the new landscape does not compile";
    }
    if review.objects.is_empty() {
        return "no object differs";
    }
    match review.impact() {
        Impact::None => "objects are new; nothing that runs is touched",
        Impact::InPlace => "taken over while everything keeps running",
        Impact::Disruptive => "something is restarted or replaced",
        Impact::Destructive => "something is lost",
        Impact::Rejected => "a server refuses some of it",
    }
}

fn counts(summary: &Summary) -> Vec<Count> {
    let Summary { added, changed, removed, moved, .. } = *summary;
    let counts = [("added", added), ("changed", changed), ("removed", removed), ("moved", moved)];
    let some = counts.into_iter().filter(|(_, count)| *count > 0);
    some.map(|(name, count)| Count { name, count }).collect()
}
