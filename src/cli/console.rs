//! The console: the one place that writes to standard output and standard error.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{self, Format, Style, printable_lines, render};
use super::{Color, Exit};
use crate::diagnostic::Report;

/// Columns of text where there is no terminal to ask.
const WIDTH: usize = 100;

/// Where results and findings go.
pub(super) struct Console {
    format: Format,
    /// How findings look, on standard error.
    finding_style: Style,
    /// How answers look, on standard output.
    style: Style,
    timings: bool,
    /// Whether programs wait for findings.
    pending: Cell<bool>,
    results: RefCell<String>,
}

impl Console {
    pub(super) fn new(color: Color, format: Format, quiet: bool, verbose: bool, timings: bool) -> Self {
        let style = |is_terminal| {
            let color = match color {
                Color::Auto => is_terminal,
                Color::Always => true,
                Color::Never => false,
            };
            Style { color, width: WIDTH, verbose, quiet }
        };
        Self {
            format,
            finding_style: style(io::stderr().is_terminal()),
            style: style(io::stdout().is_terminal()),
            timings,
            pending: Cell::new(false),
            results: RefCell::default(),
        }
    }

    /// How an answer for people looks.
    pub(super) fn style(&self) -> &Style {
        &self.style
    }

    /// The form that was asked for.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Writes a result when the run ends. Programs that read findings from standard output get nothing else there.
    pub(super) fn result(&self, text: &str) {
        if self.format.is_for_people() && !self.finding_style.quiet {
            self.results.borrow_mut().push_str(&printable_lines(text));
        }
    }

    /// Writes what the verb makes, unless findings take its place for a program.
    pub(super) fn product(&self, text: &str) {
        if self.format.is_for_people() {
            Self::answer(text);
        }
    }

    /// Writes what a verb did: text for people, and for programs one document that holds the findings, too.
    pub(super) fn outcome(&self, outcome: &impl serde::Serialize, text: &str, report: &Report) {
        if self.format == Format::Json {
            self.pending.set(false);
            Self::answer(&output::outcome(outcome, report));
        } else {
            self.result(text);
        }
    }

    /// Writes a review, which holds the findings of its head in every form but those for people.
    pub(super) fn review(&self, text: &str) {
        if self.format != Format::Human || !self.finding_style.quiet {
            Self::answer(text);
        }
    }

    /// Writes what was asked for, in whatever format findings are.
    pub(super) fn answer(text: &str) {
        write(&mut io::stdout().lock(), text);
    }

    /// Writes a complaint about the command itself.
    pub(super) fn complain(text: &str) {
        write(&mut io::stderr().lock(), &format!("error: {}\n", printable_lines(text)));
    }

    /// Says that the run ends with its findings, even if there are none.
    pub(super) fn expect_findings(&self) {
        self.pending.set(true);
    }

    /// Writes the findings of the whole run, once: for people to standard error, for programs to standard output; and
    /// the results after them.
    pub(super) fn close(&self, report: &Report) {
        if !self.format.is_for_people() {
            if self.pending.get() {
                Self::answer(&render(report, self.format, &self.finding_style));
            }
            return;
        }
        write(&mut io::stderr().lock(), &render(report, self.format, &self.finding_style));
        write(&mut io::stdout().lock(), &self.results.borrow());
    }

    /// Shows how far a transfer is.
    pub(super) fn transfer(&self) -> Transfer {
        let visible = io::stderr().is_terminal() && !self.finding_style.quiet && self.format.is_for_people();
        Transfer(visible.then(|| {
            let form = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}";
            let bar = ProgressBar::new(0);
            bar.set_style(ProgressStyle::with_template(form).expect("the form is well-formed"));
            bar
        }))
    }

    /// Shows the stages of a compilation as they begin.
    pub(super) fn stages(&self) -> Stages {
        let visible = io::stderr().is_terminal() && !self.finding_style.quiet && self.format.is_for_people();
        let bar = visible.then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        #[expect(clippy::disallowed_methods, reason = "the command line measures what the compiler does")]
        let now = Instant::now();
        Stages { bar, timings: self.timings, times: RefCell::new(Vec::new()), begun: now }
    }
}

/// How far a transfer is.
pub(super) struct Transfer(Option<ProgressBar>);

impl Transfer {
    pub(super) fn tell(&self, done: u64, all: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(all);
            bar.set_position(done);
        }
    }

    pub(super) fn end(self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// The stages of one compilation.
pub(super) struct Stages {
    bar: Option<ProgressBar>,
    timings: bool,
    times: RefCell<Vec<(&'static str, Duration)>>,
    begun: Instant,
}

impl Stages {
    pub(super) fn begin(&self, stage: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(stage);
        }
        self.times.borrow_mut().push((stage, self.begun.elapsed()));
    }

    pub(super) fn end(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if !self.timings {
            return;
        }
        let total = self.begun.elapsed();
        let times = self.times.into_inner();
        let ends = times.iter().skip(1).map(|(_, begun)| *begun).chain([total]);
        let stages: Vec<_> = times
            .iter()
            .zip(ends)
            .map(|((stage, begun), end)| serde_json::json!({"stage": stage, "ms": end.saturating_sub(*begun).as_secs_f64() * 1e3}))
            .collect();
        let text = serde_json::json!({"stages": stages, "ms": total.as_secs_f64() * 1e3});
        write(&mut io::stderr().lock(), &format!("{text}\n"));
    }
}

/// Writes the help, or what is wrong with the command line.
pub(super) fn usage(error: &clap::Error) -> Exit {
    // Nobody is left to tell when the terminal is gone.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Ok }
}

/// Whether something was lost on its way out.
static LOST: AtomicBool = AtomicBool::new(false);

/// A reader that has seen enough closes the pipe; that is no fault. A full disk is one.
fn write(stream: &mut impl io::Write, text: &str) {
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// The exit status of a run that came to `exit`, if what it had to say could be written.
pub(super) fn confirm(exit: Exit) -> Exit {
    if LOST.load(Ordering::Relaxed) {
        Console::complain("the output cannot be written");
        return Exit::Environment;
    }
    exit
}
