//! `digests.json`: what the tree is made of, so that a copy of it can be told from a changed one.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::chart::PackedChart;
use crate::digest::Digest;
use crate::files::Files;

/// The digest of every file of a rendered tree, and of every chart that was packed for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// The manifest of every chart, by its name.
    pub charts: BTreeMap<String, Digest>,
    /// Every file but `digests.json` itself, by its path.
    pub files: BTreeMap<String, Digest>,
}

impl Digests {
    /// The name of the file, at the top of the tree.
    pub const FILE: &str = "digests.json";

    /// The digests of a tree and its charts.
    pub fn of(files: &Files, charts: &[PackedChart]) -> Self {
        Self {
            charts: charts.iter().map(|chart| (chart.name().to_owned(), chart.digest())).collect(),
            files: files
                .iter()
                .filter(|(path, _)| path.as_str() != Self::FILE)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|(path, bytes)| (path.as_str().to_owned(), Digest::of(bytes)))
                .collect(),
        }
    }

    /// The file: JSON in two-space steps, sorted, with a line break at its end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data has a JSON form");
        text.push('\n');
        text
    }
}
