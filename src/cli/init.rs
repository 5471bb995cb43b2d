//! `landscape init`: a small landscape to begin with.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

use super::{Exit, Session};
use crate::cli::console::Console;
use crate::files::Files;
use crate::path::RelPath;
use crate::spec::MANIFEST;
use crate::workspace::Workspace as _;

/// The files of the new landscape, which pass `check` and `render` as they are.
static TEMPLATE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/cli/init");
/// The name that the landscape has in the template.
const TEMPLATE_NAME: &str = "name: \"example\"";

#[derive(clap::Args)]
pub(super) struct Init {
    /// The directory of the new landscape
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

impl Init {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.written(session).unwrap_or_else(|exit| exit)
    }

    fn written(&self, session: &mut Session) -> Result<Exit, Exit> {
        let directory = session.path(&self.directory)?;
        let files = files(&landscape_name(&directory));
        for (path, _) in files.iter() {
            let path = path.parts().fold(directory.clone(), |path, part| path.child(part));
            if session.disk.exists(&path) {
                let shown = session.disk.display(&path);
                Console::complain(&format!("`{shown}` is there already; name a new directory"));
                return Err(Exit::Usage);
            }
        }
        session.disk.create_all(&directory, &files, &|_| false).map_err(|fault| session.fail(fault))?;
        let typed = self.directory.display();
        let list: Vec<String> = files.iter().map(|(path, _)| format!("  {path}\n")).collect();
        session.console.result(&format!(
            "wrote into {typed}:\n{}\n\
             Begin with {MANIFEST}: it says what each of the others is for. Then\n  \
             landscape check {typed}\n  \
             landscape render {typed}\n\
             Before it is published it needs keys: `spec.delivery.verify` says how they are made and where Flux finds them.\n",
            list.concat(),
        ));
        Ok(Exit::Ok)
    }
}

fn files(name: &str) -> Files {
    let mut files = Files::default();
    let mut pending = vec![&TEMPLATE];
    while let Some(directory) = pending.pop() {
        pending.extend(directory.dirs());
        for file in directory.files() {
            let path = file.path().to_str().and_then(|path| RelPath::parse(path).ok());
            let text = file.contents_utf8().expect("the template is UTF-8");
            let text = text.replace(TEMPLATE_NAME, &format!("name: \"{name}\""));
            files.insert(path.expect("the template has plain names"), text.into_bytes());
        }
    }
    files
}

/// The name of the directory, where it is a name that Kubernetes takes.
fn landscape_name(directory: &RelPath) -> String {
    let plain = |name: &&str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        name.len() <= 63 && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
    };
    directory.name().filter(plain).unwrap_or("example").to_owned()
}
