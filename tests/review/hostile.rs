//! Nothing that comes out of a landscape acts instead of being seen: not in the terminal, the comment, the annotations, or
//! the reports that programs read.

use std::sync::Arc;

use landscape::change::ChangeKind;
use landscape::cli::output::review::render;
use landscape::cli::output::{Format, Style};
use landscape::diagnostic::{Diagnostic, Place, Report};
use landscape::effect::{Effect, Impact};
use landscape::identity::Identity;
use landscape::kind::Delivery;
use landscape::review::{Review, Reviewed, ReviewedChart, ReviewedField, ReviewedPart};
use landscape::source::Span;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use super::markdown::LIMIT;
use super::{REGION, ZONE, object, review, shown, side, write};

/// What a text can try.
const TRICKS: [&str; 22] = [
    "@team @org/team please",
    "#123 GH-123 org/repo#1 !45 ~label %milestone",
    "https://example.org www.example.org mail@example.org",
    "[click](https://example.org) ![image](https://example.org/i.png)",
    "[ref]: https://example.org",
    "`code` ``more`` ```` ```` `",
    "```\n@team\n```",
    "~~~\n@team",
    "</details></summary></code><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!-- landscape-diff demo -->",
    "--> <b>bold</b> <!--",
    "\n\n# heading @team\n\n- item\n\n> quote",
    "| a | @team | b |\n| - | - | - |",
    "\\| \\` \\\\",
    "*emphasis* _more_ **strong** ~~gone~~",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]8;;https://example.org\u{7}link\u{9b}2J",
    "\r\n::error file=x::forged\n::set-output name=a::b\n##[error]x",
    "\u{202e}reversed\u{2066}\u{200b}\u{feff}",
    "]]> & &amp; &#64;team &lt;b&gt;",
    "\u{0}\u{7f}\u{fffe}",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef 0123456789",
    "/close\n/approve",
];

/// A review whose every text is this one.
fn told(trick: &str) -> (Review, Report) {
    let mut report = Report::default();
    let id = report.sources.add(trick.to_owned(), Arc::from("text"));
    let identity = Identity {
        api_version: trick.into(),
        kind: trick.into(),
        namespace: Some(trick.into()),
        name: trick.into(),
    };
    let place = Place {
        span: Some(Span::new(id, 0, 4)),
        object: Some(identity.clone()),
        path: trick.to_owned(),
        item: Some(trick.to_owned()),
        ..Place::default()
    };
    let finding = |code, message: String| {
        Diagnostic::new(code, message, place.clone())
            .related(Span::new(id, 0, 4), trick)
            .why(trick)
            .help(format!("write `{trick}`"))
    };
    let field = |before: Value, after: Value| ReviewedField {
        path: trick.to_owned(),
        named: trick.to_owned(),
        before: shown(before),
        after: shown(after),
    };
    let changed = |change, impact| {
        let mut changed: Reviewed = object("x", change, impact);
        changed.identity = identity.clone();
        changed.unit = Some((trick.to_owned(), Delivery::Flux));
        changed
    };
    let mut rejected = changed(ChangeKind::Changed, Impact::Rejected);
    let message = format!("the name `{trick}` is not {trick}");
    rejected.effects.push(Effect { impact: Impact::Rejected, finding: finding(REGION, message) });
    rejected.fields = vec![
        field(json!(trick), json!("plain")),
        field(json!("plain"), json!({trick: trick, "list": [trick]})),
        field(json!([trick]), json!(format!("{trick}\n{trick}\nmore"))),
        field(json!(trick.repeat(20)), Value::Null),
    ];
    rejected.charts = vec![ReviewedChart {
        role: "extension",
        reference: trick.to_owned(),
        objects: [ChangeKind::Changed, ChangeKind::Added]
            .map(|change| ReviewedPart {
                identity: identity.clone(),
                change,
                fields: vec![field(json!(trick), json!("plain"))],
            })
            .into(),
        failures: vec![trick.to_owned()],
    }];
    let mut moved = changed(ChangeKind::Moved, Impact::InPlace);
    moved.moved_from = Some((trick.to_owned(), Delivery::Bundle));
    report.push(finding(ZONE, trick.to_owned()));
    let mut review = review(vec![rejected, moved, changed(ChangeKind::Added, Impact::None)]);
    review.landscape = Some(trick.to_owned());
    review.base = side(trick, None);
    review.head = side(trick, None);
    (review, report)
}

/// Each trick, and all at once, and one of a megabyte.
fn tricks() -> Vec<String> {
    let all = TRICKS.join(" ");
    let long = format!("{} @team `", "x`@team ".repeat(1 << 17));
    TRICKS.iter().map(|trick| (*trick).to_owned()).chain([all.clone(), TRICKS.join("\n"), long]).collect()
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[test]
fn no_text_drives_the_terminal() {
    for trick in tricks() {
        let (review, report) = told(&trick);
        for verbose in [false, true] {
            let style = Style { verbose, ..Style::default() };
            let text = render(&review, &report, Format::Human, &style);
            let acts = text.chars().find(|c| *c != '\n' && is_invisible(*c));
            assert_eq!(acts, None, "{trick:.80}");
            let heads = text.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).count();
            assert_eq!(heads, 4, "a text begins no line of ours: {trick:.80}\n{text:.3000}");
        }
    }
}

#[test]
fn colour_comes_from_us_alone() {
    let style = Style { color: true, ..Style::default() };
    for trick in tricks() {
        let (review, report) = told(&trick);
        let text = render(&review, &report, Format::Human, &style);
        for escape in text.split('\u{1b}').skip(1) {
            let (parameters, _) = escape.split_once('m').expect("an escape for colour ends");
            let numbers = parameters.strip_prefix('[').expect("an escape for colour");
            assert!(numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{parameters:.40}");
        }
    }
}

/// What a comment is made of, apart from code.
#[derive(Default)]
struct Parts {
    text: String,
    html: Vec<String>,
    headings: Vec<String>,
    faults: Vec<String>,
}

impl Parts {
    fn of(comment: &str) -> Self {
        let mut parts = Self::default();
        let (mut in_code, mut in_heading) = (false, false);
        for event in Parser::new_ext(
            comment,
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM,
        ) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    in_code = true;
                    if &*info != "diff" {
                        parts.faults.push(format!("a block of {info}"));
                    }
                }
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Start(Tag::Heading { .. }) => {
                    in_heading = true;
                    parts.headings.push(String::new());
                }
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::Text(text) if !in_code => {
                    parts.text.push_str(&text);
                    if let (true, Some(heading)) = (in_heading, parts.headings.last_mut()) {
                        heading.push_str(&text);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => parts.html.push(html.trim().to_owned()),
                Event::Start(
                    tag @ (Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::Emphasis
                    | Tag::Strikethrough
                    | Tag::BlockQuote(_)
                    | Tag::CodeBlock(_)
                    | Tag::FootnoteDefinition(_)),
                ) => parts.faults.push(format!("{tag:?}")),
                _ => {}
            }
        }
        parts
    }
}

/// HTML without the code in it, whose text can hold no tag.
fn without_code(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<code>") {
        let (code, after) = after.split_once("</code>").unwrap_or((after, ""));
        out.push_str(before);
        if code.contains(['<', '>']) {
            out.push_str(code);
        }
        rest = after;
    }
    out + rest
}

fn assert_harmless(trick: &str, comment: &str) {
    assert!(comment.len() <= LIMIT, "{} bytes: {trick:.80}", comment.len());
    let parts = Parts::of(comment);
    assert_eq!(parts.faults, [""; 0], "{trick:.80}\n{comment:.6000}");
    for sign in ["@", "#", "!", "://", "www.", "<", "[", "](", "~", "%", "GH-", "deadbeef", "&", "::"] {
        assert!(!parts.text.contains(sign), "`{sign}` outside of code: {trick:.80}\n{:.3000}", parts.text);
    }
    let acts = comment.chars().find(|c| *c != '\n' && is_invisible(*c));
    assert_eq!(acts, None, "{trick:.80}");
    let mut open = 0;
    for (index, html) in parts.html.iter().enumerate() {
        match without_code(html).trim() {
            "<details><summary>   </summary>" => open += 1,
            "</details>" => open -= 1,
            "" => {}
            marker if index == 0 && marker.starts_with("<!-- landscape-diff") && marker.ends_with("-->") => {}
            other => panic!("`{other:.200}` is no HTML of ours: {trick:.80}\n{comment:.6000}"),
        }
        assert!((0..=1).contains(&open), "details are not nested: {trick:.80}");
    }
    assert_eq!(open, 0, "{trick:.80}");
    let ours = [
        "Landscape : the worst impact is ",
        "What does not compile",
        "What it does to what is running",
        "Object by object",
        "Added, removed or moved as a whole",
    ];
    assert!(
        ours.starts_with(&parts.headings.iter().map(|heading| &**heading).collect::<Vec<_>>()),
        "{:?}",
        parts.headings
    );
}

#[test]
fn no_text_acts_in_a_comment() {
    for trick in tricks() {
        let (review, report) = told(&trick);
        assert_harmless(&trick, &write(&review, &report, Format::Markdown));
    }
}

#[test]
fn no_text_acts_in_a_comment_that_is_cut() {
    for trick in tricks() {
        let (review, report) = told(&trick);
        let one = || told(&trick).0.objects;
        let mut objects: Vec<Reviewed> =
            (0..if trick.len() > 10_000 { 0 } else { 100 }).flat_map(|_| one()).collect();
        objects.extend(one());
        let comment = write(&Review { objects, ..review }, &report, Format::Markdown);
        assert_harmless(&trick, &comment);
    }
}

#[test]
fn no_text_is_a_command_of_a_runner() {
    for trick in tricks() {
        let (review, report) = told(&trick);
        let text = write(&review, &report, Format::Github);
        assert_eq!(text.lines().count(), 2, "a line an effect or a finding: {trick:.80}");
        assert!(
            text.lines().all(|line| line.starts_with("::error ") && line.len() < 64 << 10),
            "{trick:.80}"
        );
        assert!(!text.chars().any(|c| c != '\n' && is_invisible(c)), "{trick:.80}");
        for line in text.lines() {
            let (properties, _) = line.trim_start_matches("::").split_once("::").expect("a command");
            let names: Vec<&str> = properties.split(',').filter_map(|one| one.split('=').next()).collect();
            let ours = ["error file", "line", "endLine", "col", "endColumn", "title"];
            assert!(names == ours || names == ["error title"], "{names:?}: {trick:.80}");
        }
    }
}

#[test]
fn no_text_is_a_tag_of_a_test_report() {
    for trick in tricks() {
        let (review, report) = told(&trick);
        let text = write(&review, &report, Format::Junit);
        assert!(!text.chars().any(|c| c != '\n' && is_invisible(c)), "{trick:.80}");
        assert!(!text.contains("]]>"), "{trick:.80}");
        let tags: Vec<&str> =
            text.split('<').skip(1).filter_map(|rest| rest.split([' ', '>']).next()).collect();
        let known = ["?xml", "testsuites", "testsuite", "testcase", "failure", "system-out"];
        for tag in &tags {
            assert!(known.contains(&tag.trim_start_matches('/')), "<{tag}: {trick:.80}");
        }
        assert_eq!(tags.iter().filter(|tag| **tag == "testcase").count(), 4, "{trick:.80}");
        let closed = text.matches('>').count();
        assert_eq!(closed, tags.len(), "every `>` ends a tag: {trick:.80}");
    }
}

#[test]
fn programs_read_every_text_as_it_is() {
    for trick in tricks() {
        let (review, report) = told(&trick);
        let document: Value = serde_json::from_str(&write(&review, &report, Format::Json)).expect("JSON");
        let at = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
        assert_eq!(at("/objects/0/name"), Some(&*trick));
        assert_eq!(at("/objects/0/fields/0/before"), Some(&*trick));
        assert_eq!(document.pointer("/objects").and_then(Value::as_array).map(Vec::len), Some(3));
        let log: Value = serde_json::from_str(&write(&review, &report, Format::Sarif)).expect("JSON");
        let results = log.pointer("/runs/0/results").and_then(Value::as_array).expect("results");
        assert_eq!(results.len(), 2, "{trick:.80}");
        for result in results {
            let message = result.pointer("/message/text").and_then(Value::as_str).expect("a message");
            assert!(!message.contains("]("), "a link: {trick:.80}");
        }
    }
}
