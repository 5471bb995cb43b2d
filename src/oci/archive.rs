//! Files -> tar -> gzip, the same bytes on every machine.

use std::collections::BTreeSet;
use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use crate::files::Files;
use crate::path::RelPath;

/// A tar of a tree: parents before what is in them, everything in the order of the paths.
pub fn tar_tree(files: &Files) -> Vec<u8> {
    let mut seen = BTreeSet::new();
    let mut builder = Builder::new(Vec::with_capacity(files.size() + 1024 * files.len() + 1024));
    for (path, bytes) in files.iter() {
        for directory in parents(path) {
            if seen.insert(directory.clone()) {
                append(&mut builder, &format!("{directory}/"), EntryType::Directory, &[]);
            }
        }
        append(&mut builder, path.as_str(), EntryType::Regular, bytes);
    }
    finish(builder)
}

/// A tar of these files in this order, without entries for directories: the form of a Helm chart.
pub fn tar_files<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, bytes) in files {
        append(&mut builder, &path, EntryType::Regular, bytes);
    }
    finish(builder)
}

/// Compresses with gzip: no name and no time in the header. Part of every digest.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder =
        GzBuilder::new().mtime(0).write(Vec::with_capacity(bytes.len() / 4), Compression::default());
    encoder.write_all(bytes).expect("a buffer takes every write");
    encoder.finish().expect("a buffer takes every write")
}

/// The directories above a path, from the top down, without the root.
fn parents(path: &RelPath) -> Vec<RelPath> {
    let mut parents = Vec::new();
    let mut directory = path.parent();
    while directory != RelPath::root() {
        let above = directory.parent();
        parents.push(directory);
        directory = above;
    }
    parents.reverse();
    parents
}

fn append(builder: &mut Builder<Vec<u8>>, path: &str, kind: EntryType, bytes: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(if kind == EntryType::Directory { 0o755 } else { 0o644 });
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(bytes.len() as u64);
    builder.append_data(&mut header, path, bytes).expect("a relative path without `..`, into a buffer");
}

fn finish(builder: Builder<Vec<u8>>) -> Vec<u8> {
    builder.into_inner().expect("a buffer takes every write")
}
