//! What a tree and a fresh compile of its source have in common: everything but the seals.

use crate::artifact::{Digests, UNSHIPPED};
use crate::files::Files;
use crate::path::RelPath;
use crate::seal;
use crate::source::SourceMap;
use crate::syntax::{self, Node};

/// A tree without its seals and without the digests that cover them.
///
/// `shipped` leaves out what an artifact does not carry. The private key is not needed to compare a sealed tree with what
/// its source compiles to.
pub fn comparable(tree: &Files, shipped: bool) -> Files {
    let kept = tree.iter().filter(|(path, _)| {
        path.as_str() != Digests::FILE && !(shipped && path.parts().next() == Some(UNSHIPPED))
    });
    kept.map(|(path, bytes)| match unsealed(path, bytes) {
        Some(text) => (path.clone(), text.into_bytes().into()),
        None => (path.clone(), bytes.clone()),
    })
    .collect()
}

/// The ManagedResource of a bundle without its seal; nothing for any other file.
fn unsealed(path: &RelPath, bytes: &[u8]) -> Option<String> {
    let bundled = path.parts().next() == Some("bundles");
    let text = std::str::from_utf8(bytes).ok().filter(|text| bundled && text.contains(seal::SIGNATURE))?;
    let mut root = parse(text)?;
    let metadata = root.as_mapping_mut()?.value_mut("metadata")?;
    let annotations = metadata.as_mapping_mut()?.value_mut("annotations")?.as_mapping_mut()?;
    for name in [seal::SIGNATURE, seal::SIGNED_BY, seal::REVISION] {
        annotations.remove(name);
    }
    Some(syntax::emit(&root))
}

fn parse(text: &str) -> Option<Node> {
    let file = SourceMap::default().add(String::new(), text.into());
    syntax::parse_one(file, text)
}
