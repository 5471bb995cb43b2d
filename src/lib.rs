//! The compiler for Gardener landscapes.
pub mod path;
pub mod digest;
pub mod source;
pub mod identity;
pub mod diagnostic;
pub mod files;
pub mod workspace;
pub mod syntax;
pub mod key;
pub mod seal;
pub mod artifact;
pub mod sign;
pub mod verify;
