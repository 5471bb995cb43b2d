//! Values as Go's `fmt` prints them.

use std::fmt::Write;

use super::fault::Fault;
use super::number;
use super::value::{Kind, Map, Value};

/// What `%v` writes. The value has an end.
pub(super) fn display(value: &Value) -> Result<String, Fault> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

/// What `fmt.Sprint` writes: a space between two operands neither of which is a string.
pub(super) fn sprint(values: &[Value]) -> Result<String, Fault> {
    let mut text = String::new();
    let mut after_text = true;
    for value in values {
        let is_text = matches!(value, Value::Text(_));
        if !is_text && !after_text {
            text.push(' ');
        }
        write(value, &mut text)?;
        after_text = is_text;
    }
    Ok(text)
}

fn write(value: &Value, out: &mut String) -> Result<(), Fault> {
    match value {
        Value::Missing | Value::Nil => out.push_str("<nil>"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) | Value::Int64(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&number::general(*number)),
        Value::Text(text) => out.push_str(text),
        Value::Bytes(bytes) => {
            let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
            write!(out, "[{}]", numbers.join(" ")).expect("a string takes every write");
        }
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.values().iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Map(map) => write_map(map, out)?,
        Value::Unknown(why) => return Err(Fault::unknown(&**why)),
    }
    Ok(())
}

fn write_map(map: &Map, out: &mut String) -> Result<(), Fault> {
    match map.kind() {
        Kind::Version => return write(&map.get("Version").unwrap_or(Value::Nil), out),
        // Go prints the struct once it has been handed to a function.
        Kind::KubeVersion => {
            let fields = ["Version", "Normalized", "Major", "Minor"];
            let texts = fields.map(|field| display(&map.get(field).unwrap_or(Value::Nil)));
            out.extend(["{", &texts.into_iter().collect::<Result<Vec<_>, _>>()?.join(" "), "}"]);
            return Ok(());
        }
        Kind::Struct => return Err(Fault::new("a struct of Helm is printed, which no manifest needs")),
        Kind::Plain | Kind::Strings | Kind::Values | Kind::Files => {}
    }
    out.push_str("map[");
    for (index, (key, value)) in map.entries().into_iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(&key);
        out.push(':');
        write(&value, out)?;
    }
    out.push(']');
    Ok(())
}
