//! `landscape completions`: a completion script for a shell.

use clap::CommandFactory as _;

use super::console::Console;
use super::{Arguments, Exit};

#[derive(clap::Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(self) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "landscape", &mut script);
        Console::answer(&String::from_utf8_lossy(&script));
        Exit::Ok
    }
}
