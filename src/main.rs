//! The command line of `landscape`.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the arguments of the process")]
    let words = std::env::args_os();
    ExitCode::from(landscape::cli::run(words).status())
}
