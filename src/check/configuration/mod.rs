//! Configurations of extensions: what their own admission refuses, and what they would find missing.
//!
//! One file for each thing that extensions configure; a kind that is in none of them is checked for its references only.

pub(super) mod access;
pub(super) mod audit;
pub(super) mod certificate;
pub(super) mod cloud;
pub(super) mod dns;
pub(super) mod falco;
pub(super) mod filter;
pub(super) mod flux;
pub(super) mod image_mapping;
mod inspection;
pub(super) mod log;
pub(super) mod network;
pub(super) mod registry;
pub(super) mod resource;
pub(super) mod signature;
mod spelling;

use inspection::Inspection;

use super::{Findings, Judge, Rule, Scope};
use crate::kind::GroupKind;

/// A kind of configuration.
const fn kind(group: &'static str, kind: &'static str) -> GroupKind {
    GroupKind { group, kind }
}
