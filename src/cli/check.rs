//! `landscape check`: all faults of all stages, in one run.

use std::path::PathBuf;

use super::locked::Locked;
use super::{Exit, Session, Settings, exit};
use crate::diagnostic::count;
use crate::path::RelPath;
use crate::spec::{self, MANIFEST};
use crate::workspace::Workspace as _;

#[derive(clap::Args)]
pub(super) struct Check {
    /// The directory of a landscape, or files and directories with any manifests
    #[arg(value_name = "DIR|FILE", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The manifests are a whole landscape: an object that is not among them is missing
    #[arg(long)]
    complete: bool,
    #[command(flatten)]
    locked: Locked,
}

impl Check {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        let mut paths: Vec<RelPath> = Vec::new();
        for typed in &self.paths {
            match session.path(typed) {
                Ok(path) => paths.push(path),
                Err(exit) => return exit,
            }
        }
        let first = self.paths.first().cloned().unwrap_or_default();
        let landscape = match paths.as_slice() {
            [directory] if session.disk.is_file(&directory.child(MANIFEST)) => Some(directory.clone()),
            _ => None,
        };
        let bare = paths.iter().find(|path| session.disk.is_directory(path));
        let bare = bare.map(|path| session.disk.display(path));
        let settings = Settings { strictness: self.locked.strictness(), ..Settings::default() };
        let result = session.compile(&first, settings, |compiler, report| match &landscape {
            Some(directory) => compiler
                .check(directory, report)
                .map(|checked| format!("landscape `{}`", checked.landscape().settings.name)),
            None => {
                let checked = compiler.check_loose(&paths, self.complete, report)?;
                match (checked.landscape().objects.len(), &bare) {
                    (0, Some(directory)) => {
                        let finding = spec::no_landscape(directory);
                        Err(report
                            .refuse(finding.why("it has no object either, so that nothing was checked")))
                    }
                    (objects, _) => Ok(count(objects, "object")),
                }
            }
        });
        match result {
            Ok(what) => {
                session.console.result(&format!("{what}: no errors\n"));
                exit(&session.report)
            }
            Err(exit) => exit,
        }
    }
}
