//! Review -> a comment for a pull request, made by a template, never longer than a comment may be.
//!
//! GitHub says that a comment has at most 65,536 characters, and means UTF-16 code units, code points or something larger
//! in one place or another; as many bytes are below all of them. What does not fit is left out by rank: the lightest impact first,
//! and of one impact the largest objects.

use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, ErrorKind, Template};

use super::comment;
use super::cut::cut;
use super::facts::{Finding, Frame, ObjectFacts};
use super::told;
use crate::diagnostic::{Code, Diagnostic, Place, Report, Severity};
use crate::effect::Impact;
use crate::landscape;
use crate::review::{Review, Reviewed};
use crate::source::{FileId, Span};

const TEMPLATE_FAULTY: Code = Code::error("L660", "template-faulty");

/// The template of everybody who has none.
const DEFAULT: &str = include_str!("comment.md.j2");
/// Bytes of a comment.
const LIMIT: usize = 65_536;
/// Bytes of what stands before and behind what the template makes.
const AROUND: usize = 1_500;
/// Objects that a template may see; no comment has room for more.
const OBJECTS: usize = 3_000;
/// Effects that are told in words, and the bytes of them, so that there is room for what differs.
const EFFECTS: usize = 60;
const EFFECT_BYTES: usize = 24_000;
/// Findings that are no effects.
const FINDINGS: usize = 20;
/// Steps of a template.
const FUEL: u64 = 20_000_000;
/// Filters that would let a text through as it is.
const UNSAFE_FILTERS: [&str; 3] = ["e", "escape", "safe"];

/// The comment of the default template.
pub(super) fn render(review: &Review, report: &Report) -> String {
    let environment = environment();
    let template = environment.template_from_named_str("comment.md.j2", DEFAULT);
    let template = template.expect("the template is tested");
    Comment::of(review, report).render(&template).expect("the template names what there is")
}

/// The comment of a template of the user's, whose text is among the sources.
pub(super) fn render_template(
    review: &Review,
    report: &Report,
    file: FileId,
) -> Result<String, Box<Diagnostic>> {
    let environment = environment();
    let source = report.sources.text(file);
    let name = report.sources.name(file);
    let rendered = environment
        .template_from_named_str(name, source)
        .and_then(|template| Comment::of(review, report).render(&template));
    rendered.map_err(|error| Box::new(fault(&error, file, report)))
}

fn fault(error: &minijinja::Error, file: FileId, report: &Report) -> Diagnostic {
    let line = error.line().and_then(|line| report.sources.line(file, line));
    let span = error.range().map(|range| Span::new(file, range.start, range.end)).or(line);
    let place = span.map_or_else(|| Place::file(report.sources.name(file)), Place::from);
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    let help = match error.kind() {
        ErrorKind::OutOfFuel => "let it do less: a template has twenty million steps",
        ErrorKind::UndefinedError => "docs/diff.md lists what a template sees; `is defined` asks before",
        ErrorKind::UnknownFilter => "docs/diff.md lists the filters; none lets a text through as it is",
        _ => "the language is that of Jinja, without files and macros",
    };
    Diagnostic::new(
        TEMPLATE_FAULTY,
        format!("the template cannot be followed: {}{detail}", error.kind()),
        place,
    )
    .why("no comment was made")
    .help(help)
}

/// What templates may use. Every text they write becomes code, unless a filter has made something else of it.
fn environment() -> Environment<'static> {
    let mut environment = landscape::template_environment();
    environment.set_fuel(Some(FUEL));
    let lines =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(lines.expect("the signs are those of Jinja"));
    for name in UNSAFE_FILTERS {
        environment.remove_filter(name);
    }
    environment.add_filter("code", |text: &Value| safe(comment::code(&plain(text))));
    environment.add_filter("html", |text: &Value| safe(comment::html(&plain(text))));
    environment.add_filter("prose", |text: &Value| safe(comment::prose(&plain(text))));
    environment.add_filter("fence", |text: &Value, language: Option<&str>| {
        safe(comment::fence(&plain(text), language.unwrap_or_default()))
    });
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(|out, _, value| {
        let text = match value.kind() {
            ValueKind::Undefined | ValueKind::None => return Ok(()),
            ValueKind::Bool | ValueKind::Number => value.to_string(),
            ValueKind::String if value.is_safe() => plain(value),
            _ => comment::code(&plain(value)),
        };
        out.write_str(&text).map_err(|_| minijinja::Error::from(ErrorKind::WriteFailure))
    });
    environment
}

fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// All that a comment may tell.
struct Comment<'a> {
    review: &'a Review,
    frame: Frame<'a>,
    effects: Vec<Value>,
    findings: Vec<Value>,
    /// In the order of the review, each with its rank.
    objects: Vec<(usize, Value)>,
    /// How many effects there are.
    all_effects: usize,
    /// How many errors stand beyond the findings.
    more_errors: usize,
}

impl<'a> Comment<'a> {
    fn of(review: &'a Review, report: &'a Report) -> Self {
        let heavy = review
            .objects
            .iter()
            .flat_map(|object| object.effects.iter().map(move |effect| (object, effect)));
        let mut heavy: Vec<_> = heavy.filter(|(_, effect)| effect.impact >= Impact::Disruptive).collect();
        heavy.sort_by_key(|(_, effect)| std::cmp::Reverse(effect.impact));
        let mut bytes = 0;
        let shown = heavy.iter().take(EFFECTS).take_while(|(object, effect)| {
            let finding = &effect.finding;
            let texts = [Some(&finding.message), finding.why.as_ref(), finding.help.as_ref()];
            bytes += texts.into_iter().flatten().map(|text| text.len().min(1_000)).sum::<usize>();
            bytes += object.identity.name.len().min(300) + 200;
            bytes <= EFFECT_BYTES
        });
        let effects = shown
            .map(|(object, effect)| {
                value(Finding::of(&effect.finding, Some(effect.impact), object, review, report))
            })
            .collect();
        let others = told::other_findings(review, report);
        let is_error = |finding: &&&Diagnostic| finding.code.severity == Severity::Error;
        let more_errors = others.iter().skip(FINDINGS).filter(is_error).count();
        let findings = others.into_iter().take(FINDINGS);
        Self {
            review,
            frame: Frame::of(review),
            effects,
            findings: findings.map(|finding| value(Finding::alone(finding, None, review, report))).collect(),
            objects: ranked(review, report),
            all_effects: heavy.len(),
            more_errors,
        }
    }

    /// As much as fits.
    fn render(&self, template: &Template<'_, '_>) -> Result<String, minijinja::Error> {
        let (effects, objects, made) = self.fitted(template)?;
        let left = self.left_out(effects, objects, !made.fits);
        let made = cut(&made.text, LIMIT - AROUND);
        Ok(format!("{}\n{}\n{left}", marker(self.review.landscape.as_deref()), made.trim_end()))
    }

    /// The numbers of effects and objects that fit, and what is made of them; of none, it may still be too long.
    fn fitted(&self, template: &Template<'_, '_>) -> Result<(usize, usize, Attempt), minijinja::Error> {
        let (mut effects, objects) = (self.effects.len(), self.objects.len());
        let whole = self.attempt(template, effects, objects)?;
        if whole.fits {
            return Ok((effects, objects, whole));
        }
        loop {
            let bare = self.attempt(template, effects, 0)?;
            if bare.fits {
                let (objects, made) = self.most_objects(template, effects, objects, bare)?;
                return Ok((effects, objects, made));
            }
            if effects == 0 {
                return Ok((0, 0, bare));
            }
            effects /= 2;
        }
    }

    /// The largest number of objects that fits, where none at all does.
    fn most_objects(
        &self,
        template: &Template<'_, '_>,
        effects: usize,
        too_many: usize,
        none: Attempt,
    ) -> Result<(usize, Attempt), minijinja::Error> {
        let (mut fitting, mut best, mut too_many) = (0, none, too_many);
        while too_many - fitting > 1 {
            let middle = usize::midpoint(fitting, too_many);
            let attempt = self.attempt(template, effects, middle)?;
            if attempt.fits {
                (fitting, best) = (middle, attempt);
            } else {
                too_many = middle;
            }
        }
        Ok((fitting, best))
    }

    /// What the template makes of so many effects and objects.
    fn attempt(
        &self,
        template: &Template<'_, '_>,
        effects: usize,
        objects: usize,
    ) -> Result<Attempt, minijinja::Error> {
        let shown = self.objects.iter().filter(|(rank, _)| *rank < objects);
        let frame = Value::from(Serde(self.frame.clone()));
        let review = minijinja::context! {
            effects => self.effects.iter().take(effects).cloned().collect::<Vec<_>>(),
            findings => self.findings.clone(),
            objects => shown.map(|(_, object)| object.clone()).collect::<Vec<_>>(),
            ..frame
        };
        let mut written = Written::default();
        let rendered = template.render_captured_to(minijinja::context! { review }, &mut written);
        let fits = !written.full;
        match rendered {
            Err(error) if fits => return Err(error),
            _ => {}
        }
        let text = String::from_utf8_lossy(&written.bytes).into_owned();
        Ok(Attempt { text, fits })
    }

    /// What is not in the comment, and where it is; nothing when all is there.
    fn left_out(&self, effects: usize, objects: usize, is_cut: bool) -> String {
        let count = |count: usize, noun: &str| {
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {noun}{plural}"))
        };
        let left: Vec<String> = [
            count(self.review.objects.len() - objects, "object"),
            count(self.all_effects - effects, "effect"),
            count(self.more_errors, "error"),
            is_cut.then(|| "the end of what the template makes".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if left.is_empty() {
            return String::new();
        }
        let base = comment::code(&self.review.base.name);
        format!(
            "\n---\nA comment has no room for {}. All of it is in what `landscape diff` prints when the base is {base}, and \
             in the page of `--save html=FILE`.\n",
            left.join(" and ")
        )
    }
}

/// What a template made, as far as it is no longer than a comment.
struct Attempt {
    text: String,
    fits: bool,
}

/// The bytes of a comment; a template that goes on writing is stopped.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    full: bool,
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > LIMIT - AROUND {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The objects in the order of the review, each with its rank: how early it is shown when there is little room.
fn ranked(review: &Review, report: &Report) -> Vec<(usize, Value)> {
    let mut first: Vec<(usize, &Reviewed)> = review.objects.iter().enumerate().collect();
    first.sort_by_key(|(_, object)| {
        (std::cmp::Reverse(object.impact), object.fields.len() + object.effects.len())
    });
    first.truncate(OBJECTS);
    let mut weighed: Vec<_> = first
        .into_iter()
        .map(|(index, object)| {
            let facts = ObjectFacts::of(object, review, report);
            (std::cmp::Reverse(object.impact), facts.size(), index, facts)
        })
        .collect();
    weighed.sort_by_key(|(impact, size, index, _)| (*impact, *size, *index));
    let mut objects: Vec<(usize, usize, Value)> = weighed
        .into_iter()
        .enumerate()
        .map(|(rank, (_, _, index, facts))| (index, rank, value(facts)))
        .collect();
    objects.sort_by_key(|(index, ..)| *index);
    objects.into_iter().map(|(_, rank, value)| (rank, value)).collect()
}

fn value(facts: impl serde::Serialize) -> Value {
    Value::from(Serde(facts))
}

/// The line by which a program finds the comment again, whatever the template is.
fn marker(landscape: Option<&str>) -> String {
    let name: String = landscape
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
        .take(100)
        .collect();
    let parts: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    let name = parts.join("-");
    if name.is_empty() {
        "<!-- landscape-diff -->".to_owned()
    } else {
        format!("<!-- landscape-diff {name} -->")
    }
}
