//! `landscape lock`: the digests of all references, asked for once and written down.

use std::path::PathBuf;

use serde::Serialize;

use super::console::Console;
use super::registry::Reach;
use super::{Exit, Session, Settings, exit};
use crate::diagnostic::{count, nearest};
use crate::inventory::Kind;
use crate::lock::{self, Lock, Move};
use crate::pipeline::{self, Stock};
use crate::workspace::{LOCK, Workspace as _};

#[derive(clap::Args)]
pub(super) struct Locking {
    /// The directory of the landscape
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Look this chart or image up again: its reference, its repository, or the last part of that; as often as there are
    #[arg(long, value_name = "NAME")]
    update: Vec<String>,
    #[command(flatten)]
    reach: Reach,
}

/// What became of the file.
#[derive(Serialize)]
struct Outcome {
    file: String,
    written: bool,
    charts: usize,
    images: usize,
    changes: Vec<Move>,
}

impl Locking {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.locked(session).unwrap_or_else(|exit| exit)
    }

    fn locked(&self, session: &mut Session) -> Result<Exit, Exit> {
        let directory = session.path(&self.directory)?;
        let stock = session.compile(&self.directory, Settings::default(), |compiler, report| {
            compiler.stock(&directory, report)
        })?;
        self.refuse_unknown_names(&stock)?;
        let renew = |_: Kind, reference: &_| self.update.iter().any(|name| lock::is_called(reference, name));
        let stages = session.console.stages();
        stages.begin("registries");
        let fresh = self.reach.with(session, |session, access| {
            pipeline::lock(&stock, &renew, access, &mut session.report).map_err(|_| exit(&session.report))
        });
        stages.end();
        let fresh = fresh?;
        let path = directory.child(LOCK);
        let text = fresh.to_yaml();
        let present = session.disk.is_file(&path).then(|| session.disk.file(&path)).transpose();
        let present = present.map_err(|fault| session.fail(fault))?;
        let written = match &present {
            Some(present) => *present != text.as_bytes(),
            None => fresh != Lock::default(),
        };
        if written {
            session.disk.write(&path, text.as_bytes()).map_err(|fault| session.fail(fault))?;
        }
        let count = |kind| fresh.iter().filter(|(of, ..)| *of == kind).count();
        let outcome = Outcome {
            file: session.disk.display(&path),
            written,
            charts: count(Kind::Chart),
            images: count(Kind::Image),
            changes: lock::moves(&stock.known.lock, &fresh),
        };
        session.console.outcome(&outcome, &describe(&outcome), &session.report);
        Ok(exit(&session.report))
    }

    /// A name that means nothing is a slip of whoever typed it.
    fn refuse_unknown_names(&self, stock: &Stock) -> Result<(), Exit> {
        let known = lock::names(&stock.inventory, &stock.known.lock);
        let mut unknown = self.update.iter().filter(|name| !known.contains(name));
        let Some(name) = unknown.next() else { return Ok(()) };
        let near = nearest(name, known.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Console::complain(&format!("the landscape refers to nothing called `{name}`{near}"));
        Err(Exit::Usage)
    }
}

fn describe(outcome: &Outcome) -> String {
    let digest = |digest: Option<crate::digest::Digest>| digest.map(|digest| digest.to_string());
    let changes = outcome.changes.iter().map(|change| {
        let digests: Vec<String> =
            [digest(change.before), digest(change.after)].into_iter().flatten().collect();
        format!("{} {} {} {}\n", change.change, change.kind, change.reference, digests.join(" → "))
    });
    let changes: String = changes.collect();
    let Outcome { file, charts, images, .. } = outcome;
    let known = format!("{}, {}", count(*charts, "chart"), count(*images, "image"));
    if outcome.written {
        format!("{changes}wrote {file}: {known}\n")
    } else {
        format!("{file} is up to date: {known}\n")
    }
}
