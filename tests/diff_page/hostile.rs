//! Texts of strangers stay texts.

use std::sync::Arc;

use landscape::change::ChangeKind;
use landscape::diagnostic::{Code, Diagnostic, Place, Report};
use landscape::effect::{Effect, Impact};
use landscape::kind::{Cluster, Delivery};
use landscape::review::{Review, Reviewed, ReviewedChart, ReviewedPart, ReviewedUnit, Revised, Shown};
use landscape::source::Span;
use serde_json::json;

use super::document::{Document, Element};
use super::{complete, field, identity, page, review_of};

const CODE: Code = Code::warning("L702", "base-does-not-compile");

/// What a text can try to become: markup, the end of where it stands, an entity, a template, an escape of a terminal, a
/// character that cannot be seen.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><style>*{background:url(//x)}</style>",
    "</title><img src=x onerror=alert(1)>",
    "</pre></details></svg><svg onload=alert(1)>",
    "\" autofocus onfocus=\"alert(1)",
    "' onmouseover='alert(1)",
    "<!-- <![CDATA[ ]]> -->",
    "&lt;b&gt;&#60;b&#62;&amp;",
    "{{ 7 * 7 }}{% include 'page.html.j2' %}{# #}",
    "javascript:alert(1)",
    "`<b>`one` two",
    "\u{1b}[31mred\u{1b}[0m\u{0}\u{8}\u{9b}2J\r\u{7f}",
    "\u{202e}txt.exe\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}",
];

/// A review in which everything that can be a text is this one.
fn everywhere(text: &str) -> (Review, Report) {
    let mut report = Report::default();
    let file = report.sources.add(text.to_owned(), Arc::from("a: b\n"));
    let span = Span::new(file, 0, 1);
    let place = Place {
        path: text.to_owned(),
        object: Some(identity(text, text)),
        item: Some(text.to_owned()),
        ..Place::from(span)
    };
    let finding = Diagnostic::new(CODE, text, place).why(text).help(text).related(span, text);
    let several = format!("{text}\n{text}\n\n{text}");
    let values = [json!(text), json!(several), json!({text: [text, {text: text}]}), json!([several, text])];
    let mut fields = Vec::new();
    for value in &values {
        fields.push(field(text, Shown::Absent, Shown::Value(value.clone())));
        fields.push(field(text, Shown::Value(value.clone()), Shown::Absent));
        fields.push(field(text, Shown::Value(value.clone()), Shown::Value(json!("x"))));
    }
    let unit = || Some((text.to_owned(), Delivery::Flux));
    let mut id = identity(text, text);
    id.namespace = Some(text.into());
    id.api_version = text.into();
    let part = ReviewedPart {
        identity: id.clone(),
        change: ChangeKind::Changed,
        fields: vec![field(text, Shown::Value(json!(text)), Shown::Value(json!(several)))],
    };
    let chart = ReviewedChart {
        role: "extension",
        reference: text.to_owned(),
        objects: vec![part],
        failures: vec![text.to_owned()],
    };
    let object = Reviewed {
        cluster: Cluster::Runtime,
        unit: unit(),
        moved_from: unit(),
        identity: id,
        change: ChangeKind::Moved,
        impact: Impact::Rejected,
        fields,
        effects: vec![Effect { impact: Impact::Rejected, finding: finding.clone() }],
        charts: vec![chart],
    };
    report.push(Diagnostic { message: format!("{text} again"), ..finding });
    let side = || Revised { name: text.to_owned(), commit: Some(text.to_owned()) };
    let reviewed = |change| ReviewedUnit {
        name: text.to_owned(),
        cluster: Cluster::Runtime,
        delivery: Delivery::Flux,
        wave: 0,
        depends_on: vec![text.to_owned()],
        objects: 1,
        change,
        impact: Impact::Rejected,
    };
    let units = vec![reviewed(Some(ChangeKind::Changed)), reviewed(None)];
    (Review { base: side(), head: side(), ..review_of(vec![object], units) }, report)
}

/// The names of elements and attributes, which our own texts make; those of the input must make no other.
fn shapes(document: &Document) -> Vec<String> {
    let shape = |element: &Element| {
        let names: Vec<&str> = element.attributes.keys().map(String::as_str).collect();
        format!("{} {}", element.name, names.join(" "))
    };
    let mut shapes: Vec<String> = document.elements.iter().map(shape).collect();
    shapes.sort();
    shapes.dedup();
    shapes
}

#[test]
fn no_text_becomes_markup() {
    let (review, report) = everywhere("plain \"` <");
    let known = shapes(&Document::read(&page(&review, &report)));
    for text in HOSTILE {
        let (review, report) = everywhere(text);
        let document = Document::read(&page(&review, &report));
        let new: Vec<String> = shapes(&document).into_iter().filter(|shape| !known.contains(shape)).collect();
        assert!(new.is_empty(), "{text:?} makes {new:#?}");
        assert!(document.faults.is_empty(), "{text:?}: {:#?}", document.faults);
    }
}

#[test]
fn scripts_and_styles_hold_nothing_of_the_input() {
    let (review, report) = complete();
    let own = Document::read(&page(&review, &report));
    let script =
        |document: &Document| document.named("script").iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    for text in HOSTILE {
        let (review, report) = everywhere(text);
        let document = Document::read(&page(&review, &report));
        assert_eq!(script(&document), script(&own), "{text:?}");
        let style: String = document.named("style").iter().map(|one| one.text.as_str()).collect();
        assert!(!style.contains("//x") && !style.contains("alert"), "{text:?}");
    }
}

#[test]
fn no_attribute_acts() {
    for text in HOSTILE {
        let (review, report) = everywhere(text);
        for element in Document::read(&page(&review, &report)).elements {
            for (name, value) in &element.attributes {
                assert!(
                    !name.starts_with("on") && name != "style" && name != "src",
                    "{text:?}: {name}={value}"
                );
                if name == "href" {
                    assert!(value.starts_with('#') || value == "data:,", "{text:?}: {value}");
                }
            }
        }
    }
}

#[test]
fn a_text_shows_as_it_is_but_for_what_cannot_be_seen() {
    for text in HOSTILE {
        let (review, report) = everywhere(text);
        let page = page(&review, &report);
        let acts = |c: &char| {
            (c.is_control() && *c != '\n')
                || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        };
        let found: Vec<char> = page.chars().filter(acts).collect();
        assert!(found.is_empty(), "{text:?}: {found:?}");
        if text.chars().any(|c| acts(&c)) {
            continue;
        }
        let document = Document::read(&page);
        let headings = document.named("h4");
        assert!(
            headings.iter().all(|heading| heading.text == format!("{text} {text}/{text}")),
            "{headings:?}"
        );
        let values = document.named("ins");
        assert!(values.iter().any(|value| value.text == text), "{text:?}");
    }
}

#[test]
fn long_texts_are_cut() {
    let (review, report) = everywhere(&"<&>\"".repeat(1 << 18));
    let page = page(&review, &report);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(page.contains("more characters"));
}

#[test]
fn many_lines_are_cut() {
    let (mut review, report) = complete();
    let lines = |word: &str| (0..100_000).map(|n| format!("{word} {n}")).collect::<Vec<_>>().join("\n");
    let text = |word: &str| Shown::Value(json!(lines(word)));
    for object in &mut review.objects {
        object.fields = vec![field("data.text", text("old"), text("new"))];
    }
    let page = page(&review, &report);
    assert!(page.len() < 500_000, "{} bytes", page.len());
    assert!(page.contains("199500 more lines"));
}
