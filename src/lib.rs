//! The compiler for Gardener landscapes: a declarative spec goes in, validated and signed manifests come out.
//!
//! The modules stand in the order data flows; one may use only those above it, and a test holds them to it. Paths,
//! digests, positions and findings know no stage. `pipeline` calls the stages, `cli` alone speaks to the outside.
//!
//! ```text
//! Workspace -> Sources -> Documents -> Spec -> Landscape -> Checked -> Plan -> Manifests -> Bundles -> Artifact -> Signed -> Receipt
//! ```
pub mod path;
pub mod digest;
pub mod quantity;
pub mod duration;
pub mod name;
pub mod certificate;
pub mod version;
pub mod source;
pub mod identity;
pub mod kind;
pub mod diagnostic;
pub mod page;
pub mod files;
pub mod workspace;
pub mod syntax;
pub mod payload;
pub mod schema;
pub mod release;
pub mod key;
pub mod seal;
pub mod oci;
pub mod registry;
pub mod chart;
pub mod spec;
pub mod landscape;
pub mod view;
pub mod rendering;
pub mod inventory;
pub mod lock;
pub mod pin;
pub mod relocate;
pub mod mirror;
pub mod order;
pub mod check;
pub mod plan;
pub mod manifest;
pub mod bundle;
pub mod artifact;
pub mod attest;
pub mod sign;
pub mod publish;
pub mod fetch;
pub mod verify;
pub mod compare;
pub mod change;
pub mod effect;
pub mod review;
pub mod git;
pub mod pipeline;
pub mod cli;
