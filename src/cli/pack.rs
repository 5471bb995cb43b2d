//! `landscape pack`: the compiled landscape and its charts as an OCI image layout.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::key::SigningKey;
use super::locked::Locked;
use super::{Exit, Session, Settings, exit};
use crate::digest::Digest;
use crate::files::Files;
use crate::path::RelPath;

#[derive(clap::Args)]
pub(super) struct Pack {
    /// The directory of the landscape
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Where to write the layout
    #[arg(long, value_name = "LAYOUT")]
    out: PathBuf,
    #[command(flatten)]
    locked: Locked,
    #[command(flatten)]
    key: SigningKey,
}

impl Pack {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.packed(session).unwrap_or_else(|exit| exit)
    }

    fn packed(&self, session: &mut Session) -> Result<Exit, Exit> {
        let directory = session.path(&self.directory)?;
        let out = session.path(&self.out)?;
        let key = self.key.open(session)?;
        let settings =
            Settings { key: key.as_ref(), strictness: self.locked.strictness(), ..Settings::default() };
        let artifact = session.compile(&self.directory, settings, |compiler, report| {
            let rendered = compiler.render(&directory, report)?;
            compiler.pack(&rendered, &[], report)
        })?;
        let layout = artifact.layout();
        session.disk.replace(&out, &layout, &layout_files).map_err(|fault| session.fail(fault))?;
        let lines: Vec<String> = artifact
            .images
            .iter()
            .flat_map(|image| {
                let digest = image.descriptor.digest;
                image.reference_names().map(move |name| format!("{name} {digest}\n"))
            })
            .collect();
        session.console.result(&format!("{}wrote {}\n", lines.concat(), self.out.display()));
        Ok(exit(&session.report))
    }
}

/// The files of a layout: its two descriptions, and blobs under the names of their digests.
fn layout_files(tree: &Files) -> BTreeSet<RelPath> {
    let is_layout =
        ["index.json", "oci-layout"].iter().all(|name| tree.get(&RelPath::root().child(name)).is_some());
    let blobs = RelPath::root().child("blobs").child("sha256");
    let ours = |path: &RelPath| match path.below(&blobs) {
        Some(name) => Digest::parse(&format!("sha256:{name}")).is_some(),
        None => matches!(path.as_str(), "index.json" | "oci-layout"),
    };
    tree.iter().map(|(path, _)| path).filter(|path| is_layout && ours(path)).cloned().collect()
}
