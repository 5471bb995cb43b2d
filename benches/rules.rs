//! What each family of rules costs on a landscape: `cargo bench --bench rules -- DIRECTORY`, as Markdown.
//!
//! The whole is `check` from the files on. What several rules look up is gathered before they are timed, and timed itself.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::disallowed_methods, reason = "it reads its arguments and the clock")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use landscape::check::{FAMILIES, Rule, Scope, judge};
use landscape::diagnostic::Report;
use landscape::pipeline::Compiler;
use landscape::schema::Schemas;
use landscape::workspace::Disk;

const ROUNDS: usize = 7;
const AT: time::Date = time::macros::date!(2026 - 11 - 21);

fn main() {
    let directory = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Some(directory) = directory.map(PathBuf::from) else {
        println!("name the directory of a landscape: cargo bench --bench rules -- DIRECTORY");
        return;
    };
    let workspace = Disk::new(std::env::current_dir().expect("a working directory"));
    let directory = workspace.path(&directory).expect("a path of UTF-8");
    let compiler = Compiler::new(&workspace, AT);
    let check = || {
        let mut report = Report::default();
        compiler.check(&directory, &mut report).expect("a landscape without errors")
    };
    let whole = median(|| drop(check()));
    let checked = check();
    let landscape = checked.landscape();
    let schemas = Schemas::for_gardener(&landscape.settings.gardener).expect("a known version of Gardener");
    let scope = Scope::new(landscape, AT, schemas);
    drop(judge(&scope, landscape::check::rules()));
    println!("| family | rules | ms | of `check` |");
    println!("|---|--:|--:|--:|");
    for family in FAMILIES {
        let rules = || family.tables.iter().copied().flatten();
        row(family.name, rules().count(), cost(&scope, rules), whole);
    }
    let lookups = median(|| drop(Scope::new(landscape, AT, schemas)));
    println!("| what they look up | | {} |", share(lookups, whole));
    row("all rules", landscape::check::rules().count(), cost(&scope, landscape::check::rules), whole);
    println!("\n| costliest rules | | ms | of `check` |");
    println!("|---|---|--:|--:|");
    let mut rules: Vec<(&Rule, Duration)> =
        landscape::check::rules().map(|rule| (rule, cost(&scope, || std::iter::once(rule)))).collect();
    rules.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    for (rule, cost) in rules.into_iter().take(5) {
        println!("| {} | {} | {} |", rule.code.id, rule.code.slug, share(cost, whole));
    }
}

fn cost<R: Iterator<Item = &'static Rule>>(scope: &Scope<'_>, rules: impl Fn() -> R) -> Duration {
    median(|| drop(judge(scope, rules())))
}

fn median(run: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn row(name: &str, rules: usize, cost: Duration, whole: Duration) {
    println!("| {name} | {rules} | {} |", share(cost, whole));
}

fn share(cost: Duration, whole: Duration) -> String {
    let part = cost.as_secs_f64() / whole.as_secs_f64() * 100.0;
    format!("{:.1} | {part:.1} %", cost.as_secs_f64() * 1_000.0)
}
