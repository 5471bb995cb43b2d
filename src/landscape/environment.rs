//! What expressions and templates may use: the filters and functions of minijinja, without those whose result has no bound.
//!
//! A spec is a text of strangers as long as nobody has reviewed it; a line of it must not fill the memory of the machine
//! that checks it.

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

/// Steps of one expression; a thousandth of it is plenty for any sane one.
const FUEL: u64 = 100_000;
/// Bytes that a filter may make of shorter ones.
const TEXT_LIMIT: usize = 1 << 20;
/// Filters that repeat or fill up as often as a number says, and those that show how a value is stored.
const REMOVED_FILTERS: [&str; 5] = ["batch", "format", "indent", "pprint", "slice"];
const REMOVED_FUNCTIONS: [&str; 2] = ["debug", "namespace"];

/// The language of expressions, bounded in time and space.
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    for name in REMOVED_FILTERS {
        environment.remove_filter(name);
    }
    for name in REMOVED_FUNCTIONS {
        environment.remove_global(name);
    }
    environment.add_filter("replace", replace);
    environment.add_filter("join", join);
    environment
}

fn too_long() -> Error {
    let message = format!("the result is longer than {TEXT_LIMIT} bytes");
    Error::new(ErrorKind::InvalidOperation, message)
}

fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let added = text.matches(from).count().saturating_mul(to.len());
    if text.len().saturating_add(added) > TEXT_LIMIT {
        return Err(too_long());
    }
    Ok(text.replace(from, to))
}

fn join(items: &Value, separator: Option<&str>) -> Result<String, Error> {
    let mut text = String::new();
    for (index, item) in items.try_iter()?.enumerate() {
        if item.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        if index > 0 {
            text.push_str(separator.unwrap_or_default());
        }
        match item.as_str() {
            Some(item) => text.push_str(item),
            None => text.push_str(&item.to_string()),
        }
        if text.len() > TEXT_LIMIT {
            return Err(too_long());
        }
    }
    Ok(text)
}
