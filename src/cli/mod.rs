//! The command line: arguments in, findings and results out, an exit status that says who must act.

mod check;
mod completions;
mod console;
mod diff;
mod explain;
mod images;
mod init;
mod key;
mod keygen;
mod lock;
mod locked;
pub mod output;
mod credentials;
mod pack;
mod publish;
mod registry;
mod render;
mod saved;
mod schema;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::cli::console::Console;
use crate::cli::output::Format;
use crate::diagnostic::{Diagnostic, Report, Reported};
use crate::git;
use crate::key::{PrivateKey, Signer};
use crate::lock::Strictness;
use crate::path::RelPath;
use crate::pipeline::{Compiler, Revision};
use crate::workspace::Disk;

/// The compiler for Gardener landscapes.
#[derive(Parser)]
#[command(name = "landscape", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Run as if started in this directory
    #[arg(id = "start", short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    color: Color,
    /// How to write findings, or what `diff` tells
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    format: Format,
    /// Write nothing but findings of severity error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Write every note
    #[arg(short, long, global = true)]
    verbose: bool,
    /// The day that versions must be valid on [default: the day of the commit, else today]
    #[arg(long, value_name = "DATE", global = true, value_parser = date)]
    at: Option<time::Date>,
    /// Write the time of each stage to standard error, as JSON
    #[arg(long, global = true, hide = true)]
    timings: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Subcommand)]
enum Verb {
    /// Write a small landscape to begin with
    Init(init::Init),
    /// Find every fault of a landscape, or of any manifests
    Check(check::Check),
    /// Write the manifests of a landscape
    Render(render::Render),
    /// Tell what a change does to the running landscape
    Diff(diff::Diff),
    /// List the charts and images that a landscape refers to
    Images(images::Images),
    /// Write down which digests all references of a landscape lead to
    Lock(lock::Locking),
    /// Write the manifests and charts of a landscape as an OCI image layout
    Pack(pack::Pack),
    /// Sign a landscape, or a layout, and push it to a registry for Flux to follow
    Publish(publish::Publish),
    /// Check the digests and signatures of a rendered directory, a layout, or an artifact in a registry
    Verify(verify::Verify),
    /// Make a pair of keys
    Keygen(keygen::Keygen),
    /// Show the page of a finding
    Explain(explain::Explain),
    /// Show the schema of a kind, or make the schemas of another Gardener version
    Schema(schema::Schema),
    /// Write a completion script for a shell
    Completions(completions::Completions),
}

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nobody.
    Ok,
    /// The author of the landscape.
    Findings,
    /// Whoever typed the command.
    Usage,
    /// Whoever looks after the machine.
    Environment,
}

impl Exit {
    /// The status of the process.
    pub fn status(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Environment => 3,
        }
    }
}

/// Runs a command line, with the name of the program as its first word.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => return console::usage(&error),
    };
    let Global { color, format, quiet, verbose, timings, .. } = arguments.global;
    if !Format::OF_FINDINGS.contains(&format) && !matches!(arguments.verb, Verb::Diff(_)) {
        let names = Format::OF_FINDINGS.map(Format::name).join(", ");
        Console::complain(&format!("only `diff` has the form `{}`; other verbs have {names}", format.name()));
        return Exit::Usage;
    }
    let console = Console::new(color, format, quiet, verbose, timings);
    let Some(mut session) = Session::new(arguments.global, console) else {
        return Exit::Environment;
    };
    let exit = match arguments.verb {
        Verb::Init(verb) => verb.run(&mut session),
        Verb::Check(verb) => verb.run(&mut session),
        Verb::Render(verb) => verb.run(&mut session),
        Verb::Diff(verb) => verb.run(&mut session),
        Verb::Images(verb) => verb.run(&mut session),
        Verb::Lock(verb) => verb.run(&mut session),
        Verb::Pack(verb) => verb.run(&mut session),
        Verb::Publish(verb) => verb.run(&mut session),
        Verb::Verify(verb) => verb.run(&mut session),
        Verb::Keygen(verb) => verb.run(&mut session),
        Verb::Schema(verb) => verb.run(&mut session),
        Verb::Explain(verb) => verb.run(&session.console),
        Verb::Completions(verb) => verb.run(),
    };
    session.console.close(&session.report);
    console::confirm(exit)
}

/// What the command line says about a compilation.
#[derive(Clone, Copy, Default)]
struct Settings<'a> {
    /// Signs.
    key: Option<&'a PrivateKey>,
    /// Where the artifact goes, in place of what the landscape says.
    registry: Option<&'a str>,
    /// What to make of references without a digest.
    strictness: Strictness,
    /// Whether foreign charts are to be in the registry of the landscape.
    relocate: bool,
}

/// What every verb works with.
struct Session {
    disk: Disk,
    current: PathBuf,
    at: Option<time::Date>,
    console: Console,
    report: Report,
}

impl Session {
    fn new(global: Global, console: Console) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
        let current = std::env::current_dir();
        let current = match current {
            Ok(current) => current,
            Err(error) => {
                Console::complain(&format!("the current directory cannot be read: {error}"));
                return None;
            }
        };
        let current = global.directory.map_or(current.clone(), |directory| current.join(directory));
        let disk = Disk::new(current.clone());
        Some(Self { disk, current, at: global.at, console, report: Report::default() })
    }

    /// The workspace path of something the user typed; a name that no workspace can hold is wrong usage.
    fn path(&self, typed: &std::path::Path) -> Result<RelPath, Exit> {
        self.disk.path(typed).ok_or_else(|| {
            Console::complain(&format!("`{}` is no path in UTF-8", typed.display()));
            Exit::Usage
        })
    }

    /// Takes in a fault that ends the verb.
    fn fail(&mut self, diagnostic: Diagnostic) -> Exit {
        self.console.expect_findings();
        self.report.push(diagnostic);
        exit(&self.report)
    }

    /// Runs the compiler on this machine's files.
    fn compile<T>(
        &mut self,
        directory: &std::path::Path,
        settings: Settings<'_>,
        work: impl FnOnce(&Compiler<'_>, &mut Report) -> Result<T, Reported>,
    ) -> Result<T, Exit> {
        let commit = git::commit(&self.current.join(directory));
        let at = self.at.or(commit.as_ref().map(|commit| commit.committed.date()));
        let revision = |layers: &[RelPath]| {
            let dirty = |layer: &RelPath| git::is_dirty(&std::path::Path::new("/").join(layer.as_str()));
            let inside = commit.as_ref().and_then(|_| git::directory(&self.current.join(directory)));
            Revision::of(commit.as_ref(), inside, commit.is_some() && layers.iter().any(dirty))
        };
        let stages = self.console.stages();
        let begin = |stage| stages.begin(stage);
        let compiler = Compiler {
            workspace: &self.disk,
            at: at.unwrap_or_else(today),
            at_asked: self.at.is_some(),
            begin: &begin,
            revision: &revision,
            signer: settings.key.map(|key| key as &dyn Signer),
            registry: settings.registry,
            strictness: settings.strictness,
            relocate: settings.relocate,
        };
        let result = work(&compiler, &mut self.report);
        stages.end();
        self.console.expect_findings();
        result.map_err(|_| exit(&self.report))
    }
}

/// Who must act on the findings of a report.
fn exit(report: &Report) -> Exit {
    let errors = report.findings();
    let mut errors =
        errors.iter().filter(|finding| finding.code.severity == crate::diagnostic::Severity::Error);
    match errors.next() {
        None => Exit::Ok,
        Some(first) if first.code.environment || errors.any(|finding| finding.code.environment) => {
            Exit::Environment
        }
        Some(_) => Exit::Findings,
    }
}

fn today() -> time::Date {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for today's date")]
    let now = std::time::SystemTime::now();
    time::OffsetDateTime::from(now).date()
}

fn date(text: &str) -> Result<time::Date, String> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, &format).map_err(|_| "a date is written like 2026-11-21".to_owned())
}
