//! The compiler for Gardener landscapes.
pub mod path;
pub mod digest;
pub mod source;
pub mod identity;
pub mod kind;
pub mod diagnostic;
pub mod files;
pub mod workspace;
pub mod syntax;
pub mod spec;
pub mod landscape;
pub mod view;
pub mod check;
pub mod pipeline;
