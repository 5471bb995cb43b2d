//! The command line of `landscape`.
fn main() {}
