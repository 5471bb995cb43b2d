//! Compares the compiler's verdict on objects with Gardener's own.
//!
//! Reads the lines that `oracle judge` writes, puts each object to the compiler, and tells where the two differ: whether
//! the object is accepted, and if not, at which fields. Warnings and notes of ours do not count.
#![expect(
    clippy::disallowed_methods,
    reason = "a program of the tests: it reads its arguments and its files, and the day if none is given"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use landscape::diagnostic::{Report, Severity};
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;
use rayon::prelude::*;
use serde::Deserialize;
use time::macros::format_description;

#[path = "agreement/spelling.rs"]
mod spelling;

/// Samples shown of each group of disagreements.
const SAMPLES: usize = 6;

/// One line of the oracle.
#[derive(Deserialize)]
struct Judged {
    id: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    mutation: String,
    text: String,
    accepts: bool,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    errors: Vec<Fault>,
    /// What may be told as well: faults of the stages after the one that refused, and fields that the server fills in.
    #[serde(default)]
    later: Vec<Fault>,
    /// Whether the later stages could not be asked.
    #[serde(default)]
    cut: bool,
}

/// One error of Gardener's.
#[derive(Deserialize)]
struct Fault {
    #[serde(rename = "type")]
    kind: String,
    field: String,
    detail: String,
}

/// One error of ours.
struct Finding {
    code: &'static str,
    path: String,
    message: String,
}

/// What comparing one object came to.
#[derive(Default)]
struct Comparison {
    verdicts_agree: bool,
    /// Nothing where the fields cannot be compared.
    paths_agree: Option<bool>,
    panicked: bool,
    differences: Vec<Difference>,
}

/// A field that one side names and the other does not.
struct Difference {
    direction: Direction,
    field: String,
    what: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    Missed,
    Extra,
    Panic,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Extra => "extra",
            Self::Panic => "panic",
        }
    }
}

/// The figures of one kind.
#[derive(Default)]
struct Figures {
    objects: usize,
    refused: usize,
    agreed: usize,
    compared: usize,
    same_fields: usize,
    panics: usize,
}

impl Figures {
    fn add(&mut self, judged: &Judged, comparison: &Comparison) {
        self.objects += 1;
        self.refused += usize::from(!judged.accepts);
        self.agreed += usize::from(comparison.verdicts_agree);
        self.compared += usize::from(comparison.paths_agree.is_some());
        self.same_fields += usize::from(comparison.paths_agree == Some(true));
        self.panics += usize::from(comparison.panicked);
    }

    fn sum(&mut self, other: &Self) {
        self.objects += other.objects;
        self.refused += other.refused;
        self.agreed += other.agreed;
        self.compared += other.compared;
        self.same_fields += other.same_fields;
        self.panics += other.panics;
    }
}

/// Differences of the same kind of object, direction and field.
#[derive(Default)]
struct Group {
    count: usize,
    verdicts: usize,
    samples: Vec<String>,
}

struct Options {
    at: time::Date,
    report: Option<String>,
    markdown: Option<String>,
    accept: f64,
    fields: f64,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // The message is all there is to say; a closed output changes nothing.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

fn options() -> Result<(Options, Vec<String>), String> {
    let today = time::OffsetDateTime::from(std::time::SystemTime::now()).date();
    let mut options = Options { at: today, report: None, markdown: None, accept: 0.0, fields: 0.0 };
    let mut files = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let number = |text: String| text.parse::<f64>().map_err(|error| format!("{text}: {error}"));
        match word.as_str() {
            "--at" => {
                let text = value()?;
                options.at = time::Date::parse(&text, format_description!("[year]-[month]-[day]"))
                    .map_err(|error| format!("{text}: {error}"))?;
            }
            "--report" => options.report = Some(value()?),
            "--markdown" => options.markdown = Some(value()?),
            "--accept-floor" => options.accept = number(value()?)?,
            "--field-floor" => options.fields = number(value()?)?,
            _ if word.starts_with('-') => {
                return Err(format!(
                    "usage: agreement [--at DAY] [--report FILE] [--markdown FILE] [--accept-floor PERCENT] \
                     [--field-floor PERCENT] VERDICTS…; no option {word}"
                ));
            }
            _ => files.push(word),
        }
    }
    Ok((options, files))
}

fn run() -> Result<bool, String> {
    let (options, files) = options()?;
    let mut lines = Vec::new();
    for name in &files {
        let file = std::fs::File::open(name).map_err(|error| format!("{name}: {error}"))?;
        for line in io::BufReader::new(file).lines() {
            lines.push(line.map_err(|error| format!("{name}: {error}"))?);
        }
    }
    let judged: Vec<Judged> = lines
        .par_iter()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line:.80}")))
        .collect::<Result<_, _>>()?;
    // A panic is counted and told in the report; its message on standard error would be one of thousands.
    panic::set_hook(Box::new(|_| {}));
    let comparisons: Vec<Comparison> =
        judged.par_iter().map(|judged| compare(judged, ours(&judged.text, options.at))).collect();
    let _ = panic::take_hook();

    let mut by_kind: BTreeMap<&str, Figures> = BTreeMap::new();
    let mut unjudged = 0;
    for (judged, comparison) in judged.iter().zip(&comparisons) {
        if is_judged(judged) {
            by_kind.entry(&judged.kind).or_default().add(judged, comparison);
        } else {
            unjudged += 1;
        }
    }
    let mut all = Figures::default();
    by_kind.values().for_each(|figures| all.sum(figures));
    let table = table(&by_kind, &all);
    let mut output = io::stdout().lock();
    let told = write!(output, "{table}")
        .and_then(|()| writeln!(output, "\n{unjudged} not judged: no verdict of Gardener's"));
    told.map_err(|error| error.to_string())?;
    let write = |name: &Option<String>, text: &str| match name {
        Some(name) => std::fs::write(name, text).map_err(|error| format!("{name}: {error}")),
        None => Ok(()),
    };
    write(&options.report, &report(&judged, &comparisons))?;
    write(&options.markdown, &table)?;
    Ok(percent(all.agreed, all.objects) >= options.accept
        && percent(all.same_fields, all.compared) >= options.fields
        && all.panics == 0)
}

/// A panic of Gardener's own is no verdict.
fn is_judged(judged: &Judged) -> bool {
    judged.accepts || !matches!(judged.stage.as_str(), "panic" | "unsupported")
}

/// The errors of the compiler, or nothing when it panics.
fn ours(text: &str, at: time::Date) -> Option<Vec<Finding>> {
    panic::catch_unwind(AssertUnwindSafe(|| {
        let workspace = Memory::new([("object.json", text)]);
        let compiler = Compiler::new(&workspace, at);
        let path = RelPath::parse("object.json").expect("a plain name");
        let mut report = Report::default();
        // What was found stands in the report, whether or not the check went through.
        let _ = compiler.check_loose(&[path], false, &mut report);
        let errors = report.findings().into_iter().filter(|finding| finding.code.severity == Severity::Error);
        errors
            .map(|finding| Finding {
                code: finding.code.id,
                path: finding.place.path.clone(),
                message: finding.message.clone(),
            })
            .collect()
    }))
    .ok()
}

fn compare(judged: &Judged, ours: Option<Vec<Finding>>) -> Comparison {
    let Some(ours) = ours else {
        let panic = Difference { direction: Direction::Panic, field: String::new(), what: String::new() };
        return Comparison { panicked: true, differences: vec![panic], ..Comparison::default() };
    };
    // Each side's spelling of the fields, with an error that names it.
    let our_fields: BTreeMap<String, &Finding> =
        ours.iter().map(|finding| (spelling::of_ours(&judged.kind, &finding.path), finding)).collect();
    let spelled = |faults: &'_ [Fault]| -> BTreeMap<String, String> {
        let spelled = |fault: &Fault| {
            let what = format!("{} {}", fault.kind, fault.detail);
            (spelling::of_theirs(&judged.kind, &fault.field), what)
        };
        faults.iter().map(spelled).collect()
    };
    let (their_fields, later) = (spelled(&judged.errors), spelled(&judged.later));
    let certain = our_fields.keys().any(|field| !later.contains_key(field));
    let verdicts_agree = if judged.accepts { !certain } else { !ours.is_empty() };
    let named = judged.errors.iter().all(|fault| !fault.field.is_empty() && fault.kind != "type");
    let mut differences = Vec::new();
    if named || !verdicts_agree {
        for (field, what) in &their_fields {
            if !our_fields.contains_key(field) {
                differences.push(Difference {
                    direction: Direction::Missed,
                    field: field.clone(),
                    what: what.clone(),
                });
            }
        }
        for (field, finding) in &our_fields {
            if !their_fields.contains_key(field) && !judged.cut && !later.contains_key(field) {
                let what = format!("{} {}", finding.code, finding.message);
                differences.push(Difference { direction: Direction::Extra, field: field.clone(), what });
            }
        }
    }
    let comparable = named && !judged.accepts && verdicts_agree;
    Comparison {
        verdicts_agree,
        paths_agree: comparable.then_some(differences.is_empty()),
        panicked: false,
        differences,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// The figures as a table of Markdown.
fn table(by_kind: &BTreeMap<&str, Figures>, all: &Figures) -> String {
    let mut text = "| kind | objects | refused | same verdict | same fields | panics |\n\
                    |---|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for (kind, figures) in by_kind.iter().map(|(kind, figures)| (*kind, figures)).chain([("all", all)]) {
        let _ = writeln!(
            text,
            "| {kind} | {} | {} | {:.2} % | {:.2} % | {} |",
            figures.objects,
            figures.refused,
            percent(figures.agreed, figures.objects),
            percent(figures.same_fields, figures.compared),
            figures.panics
        );
    }
    text
}

/// Every disagreement, in groups, the largest first.
fn report(judged: &[Judged], comparisons: &[Comparison]) -> String {
    let mut groups: BTreeMap<(&str, Direction, String), Group> = BTreeMap::new();
    for (judged, comparison) in judged.iter().zip(comparisons).filter(|(judged, _)| is_judged(judged)) {
        let mut told = BTreeSet::new();
        for difference in &comparison.differences {
            let pattern = spelling::pattern(&difference.field);
            if !told.insert((difference.direction, pattern.clone())) {
                continue;
            }
            let group = groups.entry((&judged.kind, difference.direction, pattern)).or_default();
            group.count += 1;
            group.verdicts += usize::from(!comparison.verdicts_agree);
            if group.samples.len() < SAMPLES {
                group.samples.push(format!(
                    "{} | {} | {} {:.160}",
                    judged.id, judged.mutation, difference.field, difference.what
                ));
            }
        }
    }
    let mut ordered: Vec<_> = groups.into_iter().collect();
    ordered.sort_by_key(|(_, group)| std::cmp::Reverse((group.count, group.verdicts)));
    let mut text = String::new();
    for ((kind, direction, pattern), group) in ordered {
        let _ = writeln!(
            text,
            "{} {kind} {pattern}: {} ({} of them change the verdict)",
            direction.name(),
            group.count,
            group.verdicts
        );
        for sample in group.samples {
            let _ = writeln!(text, "    {sample}");
        }
    }
    text
}
