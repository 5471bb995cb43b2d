//! `digests.json`: what the tree is made of, so that a copy of it can be told from a changed one.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::files::Files;

/// The digest of every file of a rendered tree, and of every chart that was packed for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// The manifest of every chart, by its name; a chart of which there are several versions has each digest behind its name,
    /// `name@sha256:…`.
    pub charts: BTreeMap<String, Digest>,
    /// Every file but `digests.json` itself, by its path.
    pub files: BTreeMap<String, Digest>,
}

impl Digests {
    /// The name of the file, at the top of the tree.
    pub const FILE: &str = "digests.json";

    /// The digests of a tree and its charts.
    pub fn of<'c>(files: &Files, charts: impl IntoIterator<Item = (&'c str, Digest)>) -> Self {
        Self {
            charts: Self::name_charts(charts),
            files: files
                .iter()
                .filter(|(path, _)| path.as_str() != Self::FILE)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|(path, bytes)| (path.as_str().to_owned(), Digest::of(bytes)))
                .collect(),
        }
    }

    /// Names charts as the file does.
    pub fn name_charts<'c>(charts: impl IntoIterator<Item = (&'c str, Digest)>) -> BTreeMap<String, Digest> {
        let mut versions: BTreeMap<&str, BTreeSet<Digest>> = BTreeMap::new();
        for (name, digest) in charts {
            versions.entry(name).or_default().insert(digest);
        }
        let named = |(name, digests): (&str, BTreeSet<Digest>)| {
            let is_single = digests.len() == 1;
            let named = |digest| {
                if is_single { (name.to_owned(), digest) } else { (format!("{name}@{digest}"), digest) }
            };
            digests.into_iter().map(named).collect::<Vec<_>>()
        };
        versions.into_iter().flat_map(named).collect()
    }

    /// The name of a chart that the file names like this.
    pub fn chart_name(named: &str) -> &str {
        named.split('@').next().unwrap_or_default()
    }

    /// The file: JSON in two-space steps, sorted, with a line break at its end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data has a JSON form");
        text.push('\n');
        text
    }
}
