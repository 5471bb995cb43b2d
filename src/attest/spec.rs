//! The digest of a landscape's sources, which anybody can take again with `sha256sum`.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::digest::Digest;
use crate::files::Files;
use crate::path::RelPath;
use crate::source::SourceMap;
use crate::workspace::{LOCK, SourceFile};

/// The files that were read of one layer of a landscape.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its directory, inside the workspace.
    pub root: RelPath,
    /// Its manifests and tables.
    pub texts: Vec<SourceFile>,
    /// The files of its charts, and others that are no YAML.
    pub assets: Files,
}

/// The SHA-256 of the lines that `sha256sum` writes for all source files, in the order of their paths, byte by byte; lock
/// files are left out, they are no source.
///
/// Paths are relative to the first layer, which lies over the others; so they do not depend on where the landscape is.
pub fn spec_digest(layers: &[Layer], sources: &SourceMap) -> Digest {
    let Some(top) = layers.first() else {
        return Digest::of(b"");
    };
    let mut lines: BTreeMap<String, Digest> = BTreeMap::new();
    for layer in layers {
        let way = way(&top.root, &layer.root);
        let path = |path: &RelPath| format!("{way}{path}");
        let texts = layer.texts.par_iter().filter(|file| file.path.as_str() != LOCK);
        let texts = texts.map(|file| (path(&file.path), Digest::of(sources.text(file.id).as_bytes())));
        let assets: Vec<_> = layer.assets.iter().collect();
        let assets = assets.par_iter().map(|(name, bytes)| (path(name), Digest::of(bytes)));
        lines.extend(texts.chain(assets).collect::<Vec<_>>());
    }
    digest(lines)
}

/// The same for the files of one chart, whose paths are relative to its directory.
pub fn chart_digest(chart: &Files) -> Digest {
    digest(chart.iter().map(|(path, bytes)| (path.to_string(), Digest::of(bytes))).collect())
}

fn digest(files: BTreeMap<String, Digest>) -> Digest {
    let lines: Vec<String> =
        files.into_iter().map(|(path, digest)| format!("{}  {path}\n", digest.hex())).collect();
    Digest::of(lines.concat())
}

/// The digest of the lock file of a landscape; a lower layer's is the one of another landscape.
pub fn lock_digest(layers: &[Layer], sources: &SourceMap) -> Option<Digest> {
    let file = layers.first()?.texts.iter().find(|file| file.path.as_str() == LOCK)?;
    Some(Digest::of(sources.text(file.id).as_bytes()))
}

/// The way from one directory to another: nothing, `../base/`, `lower/`.
fn way(from: &RelPath, to: &RelPath) -> String {
    let common = from.parts().zip(to.parts()).take_while(|(one, other)| one == other).count();
    let up = from.parts().skip(common).map(|_| "..");
    up.chain(to.parts().skip(common)).flat_map(|part| [part, "/"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::parse(text).expect("a plain path")
    }

    #[test]
    fn the_way_leads_from_one_directory_to_the_other() {
        for (from, to, expected) in [
            ("a/top", "a/top", ""),
            ("a/top", "a/base", "../base/"),
            ("a/top", "b", "../../b/"),
            ("a", "a/lower", "lower/"),
            ("a/b/c", "a", "../../"),
        ] {
            assert_eq!(way(&path(from), &path(to)), expected, "{from} to {to}");
        }
    }

    #[test]
    fn the_digest_is_that_of_the_lines_of_sha256sum() {
        let mut sources = SourceMap::default();
        let mut layer = |root: &str, name: &str| {
            let id = sources.add(String::new(), "a: 1\n".into());
            let mut assets = Files::default();
            assets.insert(path("charts/x/values.yaml"), b"b: 2\n".as_slice());
            Layer { root: path(root), texts: vec![SourceFile { path: path(name), id }], assets }
        };
        let mut layers = [layer("x/top", "landscape.yaml"), layer("x/base", "a.yaml")];
        let lock = layer("x/top", LOCK).texts;
        let (text, asset) = (Digest::of(b"a: 1\n").hex(), Digest::of(b"b: 2\n").hex());
        let expected = format!(
            "{text}  ../base/a.yaml\n{asset}  ../base/charts/x/values.yaml\n\
             {asset}  charts/x/values.yaml\n{text}  landscape.yaml\n"
        );
        assert_eq!(spec_digest(&layers, &sources), Digest::of(&expected));
        assert_eq!(lock_digest(&layers, &sources), None);
        for layer in &mut layers {
            layer.texts.extend(lock.clone());
        }
        assert_eq!(spec_digest(&layers, &sources), Digest::of(expected), "a lock is no source");
        assert_eq!(lock_digest(&layers, &sources), Some(Digest::of(b"a: 1\n")));
    }
}
