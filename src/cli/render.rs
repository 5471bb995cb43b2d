//! `landscape render`: the tree of manifests, written or compared.

use std::path::PathBuf;

use super::key::SigningKey;
use super::locked::Locked;
use super::{Exit, Session, Settings, exit};
use crate::compare;
use crate::diagnostic::count;
use crate::path::RelPath;
use crate::pipeline::{self, Rendered};

#[derive(clap::Args)]
pub(super) struct Render {
    /// The directory of the landscape
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Where to write [default: out/<name of the landscape>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Compare with what is there, and write nothing
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    locked: Locked,
    /// Refer to every chart in the landscape's own registry, and say what has to be copied there
    #[arg(long)]
    relocate: bool,
    #[command(flatten)]
    key: SigningKey,
}

impl Render {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.rendered(session).unwrap_or_else(|exit| exit)
    }

    fn rendered(&self, session: &mut Session) -> Result<Exit, Exit> {
        let directory = session.path(&self.directory)?;
        let key = self.key.open(session)?;
        let settings = Settings {
            key: key.as_ref(),
            strictness: self.locked.strictness(),
            relocate: self.relocate,
            ..Settings::default()
        };
        let rendered = session
            .compile(&self.directory, settings, |compiler, report| compiler.render(&directory, report))?;
        let typed = self.out.clone().unwrap_or_else(|| PathBuf::from("out").join(&rendered.name));
        let out = session.path(&typed)?;
        if self.check {
            return Ok(compare_with(session, &out, &rendered));
        }
        if let Err(diagnostic) = session.disk.replace(&out, &rendered.files, &pipeline::rendered_files) {
            return Err(session.fail(diagnostic));
        }
        session.console.result(&format!("{}wrote {}\n", describe(&rendered), typed.display()));
        Ok(exit(&session.report))
    }
}

/// What was made, in a few lines.
fn describe(rendered: &Rendered) -> String {
    let objects: usize = rendered.units.iter().map(|(_, objects)| objects).sum();
    let units: Vec<String> =
        rendered.units.iter().map(|(name, objects)| format!("{name} ({objects})")).collect();
    let copies = rendered.copies().iter().map(|copy| format!("copy {} to {}\n", copy.source, copy.target));
    format!(
        "landscape `{}`: {} in {}, {}, {} KiB\nunits in order: {}\n{}",
        rendered.name,
        count(objects, "object"),
        count(rendered.units.len(), "unit"),
        count(rendered.files.len(), "file"),
        rendered.files.size().div_ceil(1024),
        units.join(", "),
        copies.collect::<String>(),
    )
}

fn compare_with(session: &mut Session, out: &RelPath, rendered: &Rendered) -> Exit {
    let present = match session.disk.tree(out) {
        Ok(present) => present,
        Err(diagnostic) => return session.fail(diagnostic),
    };
    let differences = compare::compare(&rendered.files, &present);
    let shown = session.disk.clone();
    let mut text = String::new();
    for difference in differences {
        text.push_str(&difference.text);
        session.report.push(difference.diagnostic(&|path: &RelPath| {
            use crate::workspace::Workspace as _;
            shown.display(&path.parts().fold(out.clone(), |path, part| path.child(part)))
        }));
    }
    session.console.result(&text);
    exit(&session.report)
}
