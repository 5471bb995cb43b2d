//! Command line: what a person typed -> what they read, and an exit status.
//!
//! The one place that prints, reads the environment and knows the user; the stages return values.

pub mod output;
