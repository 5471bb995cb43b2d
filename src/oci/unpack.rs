//! Opening archives that anybody may have made: bounded in bytes and entries, and never outside the tree.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use crate::files::Files;
use crate::path::RelPath;
use crate::workspace::COUNT_LIMIT;

/// The files of a gzipped tar, if they take no more bytes than the limit; says what is wrong with any other.
pub fn unpack(gzip: &[u8], limit: u64) -> Result<Files, String> {
    let mut bytes = MultiGzDecoder::new(gzip).take(limit + 1);
    let files = files(&mut bytes);
    // What follows the end of the archive counts, too.
    let rest = io::copy(&mut bytes, &mut io::sink());
    if bytes.limit() == 0 {
        return Err(format!("unpacks to more than {limit} bytes"));
    }
    rest.map_err(|error| format!("no gzip: {error}"))?;
    files
}

fn files(bytes: impl Read) -> Result<Files, String> {
    let mut files: BTreeMap<RelPath, Arc<[u8]>> = BTreeMap::new();
    let mut archive = Archive::new(bytes);
    let entries = archive.entries().map_err(|error| format!("no tar: {error}"))?;
    for (index, entry) in entries.enumerate() {
        let mut entry = entry.map_err(|error| format!("no tar: {error}"))?;
        let path = path_of(&entry.path_bytes())?;
        match entry.header().entry_type() {
            EntryType::Directory => continue,
            EntryType::Regular => {}
            _ => return Err(format!("`{path}` is neither a file nor a directory")),
        }
        if index >= 2 * COUNT_LIMIT {
            return Err(format!("more than {} entries", 2 * COUNT_LIMIT));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(|error| format!("`{path}`: {error}"))?;
        if files.insert(path.clone(), content.into()).is_some() {
            return Err(format!("`{path}` occurs twice"));
        }
    }
    Ok(files.into_iter().collect())
}

/// The path of an entry, which must be spelled the plain way.
fn path_of(bytes: &[u8]) -> Result<RelPath, String> {
    let shown = String::from_utf8_lossy(bytes);
    std::str::from_utf8(bytes)
        .ok()
        .map(|text| text.strip_suffix('/').unwrap_or(text))
        .and_then(|text| RelPath::parse(text).ok().filter(|path| path.as_str() == text || text == "."))
        .ok_or_else(|| format!("`{shown}` is no plain path inside the tree"))
}

#[cfg(test)]
mod tests {
    use tar::{Builder, Header};

    use super::*;
    use crate::oci::compress;

    const LIMIT: u64 = 1 << 20;

    /// A tar with raw names, which the library would refuse to write.
    fn tar(entries: &[(&str, EntryType)]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, kind) in entries {
            let mut header = Header::new_gnu();
            let field = &mut header.as_old_mut().name;
            for (byte, value) in field.iter_mut().zip(name.bytes()) {
                *byte = value;
            }
            header.set_entry_type(*kind);
            let content: &[u8] = if *kind == EntryType::Regular { b"x" } else { b"" };
            header.set_size(content.len() as u64);
            header.set_cksum();
            builder.append(&header, content).expect("a buffer");
        }
        compress(&builder.into_inner().expect("a buffer"))
    }

    #[test]
    fn a_plain_tree_unpacks() {
        let files = unpack(
            &tar(&[(".", EntryType::Directory), ("a", EntryType::Directory), ("a/b", EntryType::Regular)]),
            LIMIT,
        );
        assert_eq!(files.expect("plain").len(), 1);
    }

    #[test]
    fn what_could_leave_the_tree_or_mean_two_things_is_refused() {
        for entries in [
            &[("../a", EntryType::Regular)][..],
            &[("/a", EntryType::Regular)],
            &[("a/../b", EntryType::Regular)],
            &[("./a", EntryType::Regular)],
            &[("a\\b", EntryType::Regular)],
            &[("a", EntryType::Symlink)],
            &[("a", EntryType::Regular), ("a", EntryType::Regular)],
        ] {
            assert!(unpack(&tar(entries), LIMIT).is_err(), "{entries:?}");
        }
        assert!(unpack(b"no gzip", LIMIT).is_err());
        assert!(unpack(&compress(b"no tar"), LIMIT).is_err());
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let zeros = vec![0; 1 << 20];
        let mut one_file = Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_size(zeros.len() as u64);
        header.set_cksum();
        one_file.append_data(&mut header, "zeros", &*zeros).expect("a buffer");
        for archive in [one_file.into_inner().expect("a buffer"), zeros] {
            assert!(unpack(&compress(&archive), 1 << 19).is_err_and(|error| error.contains("more than")));
        }
    }
}
