//! Payloads: the Secret of a ManagedResource -> the texts in it, as the gardener-resource-manager reads them.
//!
//! Anybody may have made them: every text is bounded, and what does not decode is said.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use ecow::EcoString;

use crate::syntax::{Entry, Node};
use crate::workspace::FILE_LIMIT;

/// The texts under the keys of a Secret, in the order of the keys; or what keeps one from being decoded.
///
/// Upstream: pkg/resourcemanager/controller/managedresource/reconciler.go, reconcile.
pub fn texts(secret: &Node) -> Vec<(&Entry, Result<String, String>)> {
    let entries = |field| secret.get(field).map(Node::entries).unwrap_or_default().iter();
    let base64 = |entry: &Entry| {
        let bytes = entry.value.as_str().and_then(|text| STANDARD.decode(text).ok());
        bytes.ok_or_else(|| "no base64".to_owned())
    };
    let plain = |entry: &Entry| {
        let bytes = entry.value.as_str().map(|text| text.as_bytes().to_vec());
        bytes.ok_or_else(|| "no text".to_owned())
    };
    let encoded = entries("data").map(|entry| (entry, base64(entry)));
    let written = entries("stringData").map(|entry| (entry, plain(entry)));
    // The API server takes `stringData` over `data` of the same key.
    let by_key: BTreeMap<&EcoString, _> =
        encoded.chain(written).map(|(entry, bytes)| (&entry.key.name, (entry, bytes))).collect();
    let texts = by_key.into_iter();
    texts.map(|(key, (entry, bytes))| (entry, bytes.and_then(|bytes| text(key, bytes)))).collect()
}

fn text(key: &str, bytes: Vec<u8>) -> Result<String, String> {
    let bytes = if key.strip_suffix(".br").is_some() { decode_brotli(&bytes)? } else { bytes };
    String::from_utf8(bytes).map_err(|_| "no UTF-8".to_owned())
}

/// The bytes of a Brotli stream; nothing may follow it.
fn decode_brotli(compressed: &[u8]) -> Result<Vec<u8>, String> {
    decode_within(compressed, FILE_LIMIT)
}

fn decode_within(compressed: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    // Strict: Go's decoder knows no large window, and nobody should have to allocate one.
    let mut state =
        BrotliState::new_strict(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
    let mut chunk = vec![0; 64 << 10];
    let (mut left, mut offset, mut total) = (compressed.len(), 0, 0);
    let mut bytes = Vec::new();
    loop {
        let (mut space, mut written) = (chunk.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut offset,
            compressed,
            &mut space,
            &mut written,
            &mut chunk,
            &mut total,
            &mut state,
        );
        bytes.extend_from_slice(chunk.get(..written).unwrap_or_default());
        if bytes.len() as u64 > limit {
            return Err(format!("unpacks to more than {limit} bytes"));
        }
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess if left == 0 => return Ok(bytes),
            BrotliResult::ResultSuccess => return Err(format!("{left} bytes follow the Brotli stream")),
            BrotliResult::NeedsMoreInput => return Err("the Brotli stream is cut short".to_owned()),
            BrotliResult::ResultFailure => return Err("no Brotli stream".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        brotli::CompressorWriter::new(&mut out, 4096, 6, 22).write_all(bytes).expect("a buffer");
        out
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let zeros = vec![0; 1 << 20];
        let bomb = decode_within(&brotli(&zeros), 1 << 19);
        assert!(bomb.is_err_and(|error| error.contains("more than")));
        assert_eq!(decode_within(&brotli(&zeros), 1 << 20).expect("at the limit"), zeros);
    }

    #[test]
    fn a_broken_brotli_stream_is_refused() {
        let stream = brotli(b"hello, hello, hello, hello");
        assert_eq!(decode_brotli(&stream).expect("sound"), b"hello, hello, hello, hello");
        let mut longer = stream.clone();
        longer.extend(b"more");
        assert!(decode_brotli(&longer).is_err(), "bytes after the stream");
        let (_, cut) = stream.split_last().expect("not empty");
        assert!(decode_brotli(cut).is_err(), "cut short");
        assert!(decode_brotli(b"").is_err(), "empty");
    }
}
