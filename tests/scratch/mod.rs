//! A directory of its own for a test that runs the binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use landscape::files::Files;
use landscape::path::RelPath;
use landscape::workspace::Disk;

/// A directory that is removed when it goes out of scope.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// An empty directory.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("landscape-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a writable temporary directory");
        Self(path)
    }

    /// A directory with a copy of an example landscape, and of the one it extends, under its own name.
    pub(crate) fn with_example(name: &str) -> Self {
        let scratch = Self::new();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("landscapes");
        for name in [name, "base"] {
            copy(&examples.join(name), &scratch.path(name));
        }
        scratch
    }

    /// A path in the directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The bytes of every file below a directory.
    pub(crate) fn tree(&self, name: &str) -> Files {
        let disk = Disk::new(self.0.clone());
        let path = disk.path(Path::new(name)).expect("a plain path");
        disk.tree(&path).expect("a readable directory")
    }

    /// The binary, about to run in the directory.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_landscape"));
        command.args(words).current_dir(&self.0);
        command
    }

    /// Runs the binary in the directory: its exit status, standard output and standard error.
    pub(crate) fn run(&self, words: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command(words).output().expect("the binary runs");
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        (status.code().expect("no signal"), text(stdout), text(stderr))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that stays behind harms no result.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The first path on which two trees differ.
pub(crate) fn difference(one: &Files, other: &Files) -> Option<RelPath> {
    let paths = one.iter().chain(other.iter()).map(|(path, _)| path);
    paths.filter(|path| one.get(path) != other.get(path)).min().cloned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a writable temporary directory");
    for entry in fs::read_dir(from).expect("an example") {
        let path = entry.expect("a readable directory").path();
        let to = to.join(path.file_name().expect("listed by its name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).expect("a readable file");
        }
    }
}
