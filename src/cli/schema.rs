//! `landscape schema`: the schema of a kind, or a pack of schemas for another Gardener version.

use std::path::PathBuf;

use super::console::Console;
use super::{Exit, Session, exit};
use crate::diagnostic::Report;
use crate::schema::{self, Schemas, Source};
use crate::syntax;
use crate::workspace::{self, Workspace as _};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Schema {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// A kind like Shoot, or core.gardener.cloud/v1beta1/Shoot; all kinds are listed when left out
    #[arg(value_name = "KIND")]
    kind: Option<String>,
    /// The Gardener version whose schemas to use [default: the newest]
    #[arg(long, value_name = "VERSION")]
    gardener: Option<String>,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a pack of schemas from OpenAPI documents and CRDs
    Import(Import),
}

#[derive(clap::Args)]
struct Import {
    /// OpenAPI v3 or Swagger v2 documents, and CRDs
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The kinds to take, like Shoot or core.gardener.cloud/v1beta1/Shoot [default: all]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kinds: Vec<String>,
    /// Where to write the pack [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Schema {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        match self.verb {
            Some(Verb::Import(import)) => import.run(session),
            None => show(self.kind.as_deref(), self.gardener.as_deref()),
        }
    }
}

fn show(kind: Option<&str>, gardener: Option<&str>) -> Exit {
    let Some(schemas) = gardener.map_or_else(|| Some(Schemas::newest()), Schemas::for_gardener) else {
        Console::complain(&format!("known Gardener minors: {}", Schemas::supported().join(", ")));
        return Exit::Usage;
    };
    let Some(kind) = kind else {
        let kinds: Vec<String> =
            schemas.kinds().iter().map(|(version, kind)| format!("{version}/{kind}\n")).collect();
        Console::answer(&kinds.concat());
        return Exit::Ok;
    };
    let (version, name) = kind.rsplit_once('/').map_or((None, kind), |(version, name)| (Some(version), name));
    let found =
        schemas.named(name).into_iter().rfind(|(known, _)| version.is_none_or(|version| version == *known));
    match found.and_then(|(version, kind)| schemas.document(version, kind)) {
        Some(document) => {
            Console::answer(&format!("{document:#}\n"));
            Exit::Ok
        }
        None => {
            let names = schemas.kinds();
            let near = crate::diagnostic::nearest(name, names.iter().map(|(_, kind)| *kind));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Console::complain(&format!("there is no schema of `{kind}`{near}"));
            Exit::Usage
        }
    }
}

impl Import {
    fn run(self, session: &mut Session) -> Exit {
        let result = self.import(session);
        session.console.expect_findings();
        result.unwrap_or_else(|exit| exit)
    }

    fn import(&self, session: &mut Session) -> Result<Exit, Exit> {
        let paths = self.files.iter().map(|file| session.path(file));
        let paths = paths.collect::<Result<Vec<_>, _>>()?;
        let read =
            workspace::read_loose(&session.disk, &paths, &workspace::Known::new(), &mut session.report);
        let documents = syntax::parse(&read, &mut session.report).documents;
        session.report.reported().map_err(|_| exit(&session.report))?;
        let sources: Vec<Source> = documents
            .iter()
            .map(|document| Source {
                file: session.disk.display(&document.path),
                document: document.root.to_json(),
            })
            .collect();
        let pack =
            schema::import(&sources, &self.kinds, &mut session.report).map_err(|_| exit(&session.report))?;
        match &self.out {
            None => session.console.product(&pack),
            Some(out) => {
                let out = session.path(out)?;
                session
                    .disk
                    .write(&out, pack.as_bytes())
                    .map_err(|fault| refuse(&mut session.report, fault))?;
            }
        }
        Ok(exit(&session.report))
    }
}

fn refuse(report: &mut Report, fault: crate::diagnostic::Diagnostic) -> Exit {
    report.push(fault);
    exit(report)
}
