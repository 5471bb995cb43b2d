//! Compares the compiler's verdict on objects with Gardener's own.
//!
//! Reads the lines that `oracle judge` writes, puts each object, or each change of one, to the compiler, and tells where the
//! two differ: whether it is accepted, and if not, at which fields. Warnings and notes of ours do not count. A line of the corpus is
//! held to what is expected of it instead, which is told and fails nothing.
#![expect(
    clippy::disallowed_methods,
    reason = "a program of the tests: it reads its arguments and its files, and the day if none is given"
)]

#[path = "agreement/beyond.rs"]
mod beyond;
#[path = "agreement/change.rs"]
mod change;
#[path = "agreement/compare.rs"]
mod compare;
#[path = "agreement/corpus.rs"]
mod corpus;
#[path = "agreement/line.rs"]
mod line;
#[path = "agreement/report.rs"]
mod report;
#[path = "agreement/spelling.rs"]
mod spelling;

use std::io::{self, BufRead, Write as _};
use std::panic;
use std::process::ExitCode;

use rayon::prelude::*;
use time::macros::format_description;

use compare::{Comparison, compare};
use line::{Environments, Judged, findings};
use report::Summary;

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
    let lines = lines(&files)?;
    let judged: Vec<Judged> = lines
        .par_iter()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line:.80}")))
        .collect::<Result<_, _>>()?;
    // A panic is counted and told in the report; its message on standard error would be one of thousands.
    panic::set_hook(Box::new(|_| {}));
    let environments: Environments = judged
        .iter()
        .filter(|judged| judged.text.is_empty())
        .map(|judged| (judged.id.as_str(), judged.companions.as_slice()))
        .collect();
    let objects = judged.iter().filter(|judged| !judged.text.is_empty());
    let (cases, objects): (Vec<&Judged>, Vec<&Judged>) = objects.partition(|judged| judged.is_case());
    let comparisons: Vec<Comparison> = objects
        .par_iter()
        .map(|judged| compare(judged, findings(judged, &environments, options.at)))
        .collect();
    let outcomes: Vec<corpus::Outcome> = cases
        .par_iter()
        .map(|case| corpus::outcome(case, findings(case, &environments, options.at)))
        .collect();
    let _ = panic::take_hook();

    let summary = Summary::of(&objects, &comparisons);
    let mut text = summary.table();
    text.push_str(&corpus::table(&cases, &outcomes));
    write!(io::stdout().lock(), "{text}").map_err(|error| error.to_string())?;
    let write = |name: &Option<String>, text: &str| match name {
        Some(name) => std::fs::write(name, text).map_err(|error| format!("{name}: {error}")),
        None => Ok(()),
    };
    let told = corpus::report(&cases, &outcomes) + &report::report(&objects, &comparisons);
    write(&options.report, &told)?;
    write(&options.markdown, &summary.table())?;
    // Nothing compared is nothing proven.
    Ok(summary.accept_rate().unwrap_or(0.0) >= options.accept
        && summary.field_rate().unwrap_or(0.0) >= options.fields
        && summary.panics() == 0)
}

fn lines(files: &[String]) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for name in files {
        let file = std::fs::File::open(name).map_err(|error| format!("{name}: {error}"))?;
        for line in io::BufReader::new(file).lines() {
            lines.push(line.map_err(|error| format!("{name}: {error}"))?);
        }
    }
    Ok(lines)
}
