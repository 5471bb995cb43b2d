//! Texts that encode other values: base64, digests, JSON, YAML.
//!
//! upstream: Helm, pkg/engine/funcs.go; Masterminds/sprig, strings.go and crypto.go

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};

use super::super::value::{Entries, List, Map};
use super::super::{json, yaml};
use super::{Call, Fault, Function, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("b64enc", 1, 1, |call| {
        let text = call.text(0)?;
        call.returns(STANDARD.encode(text.as_bytes()))
    }),
    function("b64dec", 1, 1, base64_decode),
    function("b32enc", 1, 1, base32_encode),
    function("sha1sum", 1, 1, |call| {
        let text = call.text(0)?;
        call.returns(hex(&sha1::Sha1::digest(text.as_bytes())))
    }),
    function("sha256sum", 1, 1, |call| {
        let text = call.text(0)?;
        call.returns(hex(&Sha256::digest(text.as_bytes())))
    }),
    function("sha512sum", 1, 1, |call| {
        let text = call.text(0)?;
        call.returns(hex(&Sha512::digest(text.as_bytes())))
    }),
    function("adler32sum", 1, 1, adler32),
    function("toYaml", 1, 1, to_yaml),
    function("mustToYaml", 1, 1, to_yaml),
    function("toYamlPretty", 1, 1, to_yaml_pretty),
    function("toJson", 1, 1, |call| to_json(call, true)),
    function("mustToJson", 1, 1, |call| to_json(call, true)),
    function("toRawJson", 1, 1, |call| to_json(call, false)),
    function("mustToRawJson", 1, 1, |call| to_json(call, false)),
    function("toPrettyJson", 1, 1, to_pretty_json),
    function("mustToPrettyJson", 1, 1, to_pretty_json),
    function("fromYaml", 1, 1, from_yaml),
    function("fromYamlArray", 1, 1, from_yaml_array),
    function("fromJson", 1, 1, from_json),
    function("mustFromJson", 1, 1, from_any_json),
    function("fromJsonArray", 1, 1, from_json_array),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every write");
        text
    })
}

fn base64_decode(call: &mut Call<'_>) -> Result<Value, Fault> {
    // Go's decoder skips line breaks.
    let text: String = call.text(0)?.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    match STANDARD.decode(text).map(String::from_utf8) {
        Ok(Ok(text)) => call.returns(text),
        Ok(Err(_)) => call.fault("the bytes are no UTF-8 text"),
        Err(_) => call.fault("illegal base64 data, whose message would be the text"),
    }
}

fn base32_encode(call: &mut Call<'_>) -> Result<Value, Fault> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let text = call.text(0)?;
    let mut encoded = String::with_capacity(text.len() * 2);
    for group in text.as_bytes().chunks(5) {
        let bits = group
            .iter()
            .chain(std::iter::repeat(&0))
            .take(5)
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let used = (group.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = usize::try_from(bits >> (35 - 5 * place) & 31).unwrap_or_default();
            let letter = ALPHABET.get(digit).copied().unwrap_or_default();
            encoded.push(if place < used { char::from(letter) } else { '=' });
        }
    }
    call.returns(encoded)
}

fn adler32(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    let (low, high) = text.bytes().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(byte)) % 65521;
        (low, (high + low) % 65521)
    });
    call.returns((high << 16 | low).to_string())
}

fn to_yaml(call: &mut Call<'_>) -> Result<Value, Fault> {
    let value = call.value(0);
    call.walk(&value)?;
    let text = yaml::write(&value)?;
    call.returns(text.strip_suffix('\n').unwrap_or(&text))
}

fn to_yaml_pretty(call: &mut Call<'_>) -> Result<Value, Fault> {
    let value = call.value(0);
    call.walk(&value)?;
    let text = yaml::write_pretty(&value)?;
    call.returns(text.strip_suffix('\n').unwrap_or(&text))
}

fn to_json(call: &mut Call<'_>, for_html: bool) -> Result<Value, Fault> {
    let value = call.value(0);
    call.walk(&value)?;
    let text = json::write(&value, for_html)?;
    call.returns(text)
}

fn to_pretty_json(call: &mut Call<'_>) -> Result<Value, Fault> {
    let value = call.value(0);
    call.walk(&value)?;
    let text = json::write_indented(&value)?;
    call.returns(text)
}

/// What Helm puts in the place of a mapping that it cannot read.
fn error(message: String) -> Value {
    Value::Map(Map::new(Entries::from([("Error".into(), Value::text(message))])))
}

/// How `encoding/json` complains about a value of another type.
fn mismatch(value: &Value, wanted: &str) -> String {
    let found = match value {
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Int64(_) | Value::Float(_) => "number",
        Value::Text(_) => "string",
        Value::List(_) | Value::Bytes(_) => "array",
        _ => "object",
    };
    format!("json: cannot unmarshal {found} into Go value of type {wanted}")
}

fn from_yaml(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    call.reads(&text)?;
    Ok(match yaml::read(&text)? {
        map @ Value::Map(_) => map,
        Value::Missing | Value::Nil => Value::Map(Map::new(Entries::new())),
        other => {
            let why = mismatch(&other, "map[string]interface {}");
            error(format!("error unmarshaling JSON: while decoding JSON: {why}"))
        }
    })
}

fn from_yaml_array(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    call.reads(&text)?;
    Ok(match yaml::read(&text)? {
        list @ Value::List(_) => list,
        Value::Missing | Value::Nil => Value::List(List::new(Vec::new())),
        other => {
            let why = mismatch(&other, "[]interface {}");
            Value::List(List::texts([format!("error unmarshaling JSON: while decoding JSON: {why}")]))
        }
    })
}

fn read_json(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    call.reads(&text)?;
    match json::read(&text) {
        Some(value) => Ok(value),
        None => call.fault("no JSON, and Go's message about it would be the value"),
    }
}

fn from_json(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(match read_json(call)? {
        map @ Value::Map(_) => map,
        Value::Missing | Value::Nil => Value::Map(Map::new(Entries::new())),
        other => error(mismatch(&other, "map[string]interface {}")),
    })
}

fn from_any_json(call: &mut Call<'_>) -> Result<Value, Fault> {
    read_json(call)
}

fn from_json_array(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(match read_json(call)? {
        list @ Value::List(_) => list,
        Value::Missing | Value::Nil => Value::List(List::new(Vec::new())),
        other => Value::List(List::texts([mismatch(&other, "[]interface {}")])),
    })
}
