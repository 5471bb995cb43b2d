//! `landscape diff`: what lies between two revisions of a landscape, and what it does to what is running.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::console::Console;
use super::locked::Locked;
use super::output::{Format, Style, review};
use super::saved::Saved;
use super::{Exit, Session, exit, today};
use crate::change::Noise;
use crate::diagnostic::Diagnostic;
use crate::effect::Impact;
use crate::git::{self, Snapshot};
use crate::path::RelPath;
use crate::pipeline::{Comparison, Compiler, Target};
use crate::review::{Review, Revised};
use crate::source::FileId;
use crate::spec::MANIFEST;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(super) struct Diff {
    /// The directory of the landscape, or of any manifests
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// The revision that is running
    #[arg(long, value_name = "REV", required_unless_present = "base_path")]
    base: Option<String>,
    /// The revision that shall run [default: the working tree]
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    /// Start from the commit where the two revisions parted
    #[arg(long, requires = "base")]
    merge_base: bool,
    /// A directory or file to start from, in place of a revision
    #[arg(long, value_name = "PATH", conflicts_with_all = ["base", "directory"], requires = "head_path")]
    base_path: Option<PathBuf>,
    /// The directory or file that it leads to
    #[arg(long, value_name = "PATH", requires = "base_path")]
    head_path: Option<PathBuf>,
    /// Tell of what means nothing to the server, too
    #[arg(long)]
    all: bool,
    /// End with status 1 if anything differs
    #[arg(long)]
    exit_code: bool,
    /// End with status 1 if the impact is as bad as this, or worse
    #[arg(long, value_name = "IMPACT", value_parser = impact)]
    fail_on: Option<Impact>,
    /// Write the same in another form, too; as often as there are forms
    #[arg(long, value_name = "FORMAT=FILE", value_parser = Saved::parse)]
    save: Vec<Saved>,
    /// Make the form `markdown` with this template
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    #[command(flatten)]
    locked: Locked,
}

/// What tells a tree that `landscape render` wrote.
const RENDERED: [&str; 2] = ["digests.json", "plan.json"];

/// The files of one side.
enum Files {
    Disk,
    Commit(Box<Snapshot>),
}

impl Diff {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.compared(session).unwrap_or_else(|exit| exit)
    }

    fn compared(&self, session: &mut Session) -> Result<Exit, Exit> {
        self.refuse_one_file_twice(session)?;
        let template = self.template(session)?;
        let review = match (&self.base_path, &self.head_path) {
            (Some(base), Some(head)) => self.paths(base, head, session)?,
            _ => self.revisions(session)?,
        };
        for saved in &self.save {
            save(&review, saved, template, session);
        }
        let (format, style) = (session.console.format(), *session.console.style());
        if let Some(text) = written(&review, format, &style, template, session) {
            session.console.review(&text);
        }
        let told = self.exit_code && !review.objects.is_empty();
        let failed =
            self.fail_on.is_some_and(|limit| review.objects.iter().any(|object| object.impact >= limit));
        Ok(match exit(&session.report) {
            Exit::Ok if told || failed => Exit::Findings,
            exit => exit,
        })
    }

    /// Of two forms in one file the second would be left, and nobody would miss the first.
    fn refuse_one_file_twice(&self, session: &Session) -> Result<(), Exit> {
        let mut known = BTreeSet::new();
        for saved in &self.save {
            if !known.insert(session.path(&saved.file)?) {
                Console::complain(&format!("two forms cannot be in one file, `{}`", saved.file.display()));
                return Err(Exit::Usage);
            }
        }
        Ok(())
    }

    /// Takes the template in, if there is one and the form that it makes is asked for.
    fn template(&self, session: &mut Session) -> Result<Option<FileId>, Exit> {
        let Some(file) = &self.template else { return Ok(None) };
        let saved = self.save.iter().map(|saved| saved.format);
        if !saved.chain([session.console.format()]).any(|format| format == Format::Markdown) {
            Console::complain("`--template` makes the form `markdown`, which is not asked for");
            return Err(Exit::Usage);
        }
        let path = session.path(file)?;
        let bytes = session.disk.file(&path).map_err(|fault| session.fail(fault))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Console::complain(&format!("`{}` is no text in UTF-8", file.display()));
            Exit::Usage
        })?;
        let name = session.disk.display(&path);
        Ok(Some(session.report.sources.add(name, text.into())))
    }

    /// Compares two places on the disk.
    fn paths(&self, base: &Path, head: &Path, session: &mut Session) -> Result<Review, Exit> {
        let [base, head] = [base, head].map(|typed| {
            let path = session.path(typed)?;
            if !session.disk.exists(&path) {
                Console::complain(&format!("there is nothing at `{}`", typed.display()));
                return Err(Exit::Usage);
            }
            let has = |name: &str| session.disk.is_file(&path.child(name));
            let target = if has(MANIFEST) {
                Target::Landscape(path)
            } else if RENDERED.iter().all(|name| has(name)) {
                Target::Rendered(path)
            } else {
                Target::Loose(vec![path])
            };
            Ok((target, Revised { name: typed.display().to_string(), commit: None }))
        });
        self.compare(base?, &Files::Disk, head?, &Files::Disk, session)
    }

    /// Compares two commits, or one with the working tree.
    fn revisions(&self, session: &mut Session) -> Result<Review, Exit> {
        let directory = session.path(&self.directory)?;
        let absolute = session.current.join(&self.directory);
        let base = self.base.as_deref().unwrap_or_default();
        let open = |revision: &str, since: Option<&str>, label: &str| {
            Snapshot::open(&absolute, revision, since, label)
                .map(|snapshot| Files::Commit(Box::new(snapshot)))
        };
        let since = self.merge_base.then(|| self.head.as_deref().unwrap_or("HEAD"));
        let opened = open(base, since, &format!("{base}:")).and_then(|base| {
            let head = self.head.as_deref().map(|head| open(head, None, "")).transpose()?;
            Ok((base, head.unwrap_or(Files::Disk)))
        });
        let (base_files, head_files) = opened.map_err(|fault: Box<Diagnostic>| session.fail(*fault))?;
        let manifest = directory.child(MANIFEST);
        let is_landscape = [&base_files, &head_files].into_iter().any(|files| files.has(&manifest, session));
        let target = if is_landscape { Target::Landscape(directory) } else { Target::Loose(vec![directory]) };
        let head_name = self.head.as_deref().unwrap_or("the working tree");
        let base = (target.clone(), base_files.revised(base));
        let head = (target, head_files.revised(head_name));
        self.compare(base, &base_files, head, &head_files, session)
    }

    fn compare(
        &self,
        base: (Target, Revised),
        base_files: &Files,
        head: (Target, Revised),
        head_files: &Files,
        session: &mut Session,
    ) -> Result<Review, Exit> {
        let commit = match head_files {
            Files::Commit(snapshot) => Some(snapshot.commit.clone()),
            Files::Disk => git::commit(&session.current.join(&self.directory)),
        };
        let at = session.at.or(commit.map(|commit| commit.committed.date())).unwrap_or_else(today);
        let stages = session.console.stages();
        let begin = |stage| stages.begin(stage);
        let disk = session.disk.clone();
        let compiler = |files| Compiler { begin: &begin, ..Compiler::new(workspace(files, &disk), at) };
        // What was let pass in the base is not asked for again.
        let strictness = self.locked.strictness();
        let (base_compiler, head_compiler) =
            (compiler(base_files), Compiler { strictness, ..compiler(head_files) });
        let base = Comparison { compiler: &base_compiler, target: base.0, name: base.1 };
        let head = Comparison { compiler: &head_compiler, target: head.0, name: head.1 };
        let noise = if self.all { Noise::Shown } else { Noise::Hidden };
        let review = head.with_base(&base, noise, &mut session.report);
        stages.end();
        review.map_err(|_| {
            session.console.expect_findings();
            exit(&session.report)
        })
    }
}

/// A review in one form; nothing when the template of the user's has a fault, which is taken in.
fn written(
    review: &Review,
    format: Format,
    style: &Style,
    template: Option<FileId>,
    session: &mut Session,
) -> Option<String> {
    let (Format::Markdown, Some(template)) = (format, template) else {
        return Some(review::render(review, &session.report, format, style));
    };
    let made = review::render_template(review, &session.report, template);
    made.map_err(|fault| session.report.push(*fault)).ok()
}

/// Writes a review in one form to a file; what goes wrong is taken in.
fn save(review: &Review, saved: &Saved, template: Option<FileId>, session: &mut Session) {
    let style = Style { verbose: session.console.style().verbose, ..Style::default() };
    let Some(text) = written(review, saved.format, &style, template, session) else { return };
    let Ok(path) = session.path(&saved.file) else { return };
    if let Err(fault) = session.disk.write(&path, text.as_bytes()) {
        session.report.push(fault);
    }
}

impl Files {
    fn has(&self, path: &RelPath, session: &Session) -> bool {
        match self {
            Self::Disk => session.disk.is_file(path),
            Self::Commit(snapshot) => snapshot.is_file(path),
        }
    }

    fn revised(&self, name: &str) -> Revised {
        let commit = match self {
            Self::Disk => None,
            Self::Commit(snapshot) => Some(snapshot.commit.id.clone()),
        };
        Revised { name: name.to_owned(), commit }
    }
}

fn workspace<'a>(files: &'a Files, disk: &'a crate::workspace::Disk) -> &'a dyn Workspace {
    match files {
        Files::Disk => disk,
        Files::Commit(snapshot) => &**snapshot,
    }
}

fn impact(text: &str) -> Result<Impact, String> {
    let names = Impact::ALL.map(Impact::name);
    let found = Impact::ALL.into_iter().find(|impact| impact.name() == text);
    found.ok_or_else(|| format!("an impact is one of {}", names.join(", ")))
}
