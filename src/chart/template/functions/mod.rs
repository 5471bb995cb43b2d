//! The functions that templates call: Go's own, sprig's and Helm's.
//!
//! A function that depends on the clock, on chance or on a cluster is listed and refuses, so that a chart which calls it
//! is named instead of being guessed. Three are answered as `helm template` answers them: `lookup` finds nothing,
//! `getHostByName` knows no host, and `keys` and `values` come in the order of the keys, where Go has none.

mod compare;
mod decimal;
mod dict;
mod encode;
mod helm;
mod list;
mod math;
mod path;
mod pattern;
mod reflect;
mod refused;
mod text;
mod words;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

pub(super) use dict::deep_copy;

use super::fault::Fault;
use super::run::Machine;
use super::value::{Entries, List, Map, Value};

/// Any number of arguments from this one on.
const MANY: usize = usize::MAX;

/// A function as templates call it.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// How many arguments it takes.
    pub(super) takes: RangeInclusive<usize>,
    pub(super) run: fn(&mut Call<'_>) -> Result<Value, Fault>,
}

const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&mut Call<'_>) -> Result<Value, Fault>,
) -> Function {
    Function { name, takes: least..=most, run }
}

/// Functions that put values into others or hand them to templates, and look at none of them.
const CARRIERS: &[&str] =
    &["append", "dict", "include", "list", "mustAppend", "mustPush", "push", "set", "tpl", "tuple"];

impl Function {
    /// Whether what it answers hangs on what its arguments are.
    pub(super) fn looks_at_its_arguments(&self) -> bool {
        !CARRIERS.contains(&self.name)
    }
}

/// Every function by name.
pub(super) fn all() -> BTreeMap<&'static str, &'static Function> {
    let tables: [&'static [Function]; 13] = [
        compare::TABLE,
        decimal::TABLE,
        dict::TABLE,
        encode::TABLE,
        helm::TABLE,
        list::TABLE,
        math::TABLE,
        path::TABLE,
        pattern::TABLE,
        reflect::TABLE,
        refused::TABLE,
        text::TABLE,
        words::TABLE,
    ];
    tables.into_iter().flatten().map(|function| (function.name, function)).collect()
}

/// A call: the arguments and what the function may use.
pub(super) struct Call<'a> {
    pub(super) name: &'static str,
    pub(super) arguments: Vec<Value>,
    /// The file that calls.
    pub(super) file: &'a Rc<str>,
    pub(super) machine: &'a mut Machine,
}

impl Call<'_> {
    /// A fault of this call.
    fn fault<T>(&self, reason: impl std::fmt::Display) -> Result<T, Fault> {
        Err(Fault::new(format!("error calling {}: {reason}", self.name)))
    }

    fn wrong<T>(&self, expected: &str, value: &Value) -> Result<T, Fault> {
        value.known()?;
        self.fault(format_args!("wrong type for value; expected {expected}; got {}", value.type_name()))
    }

    fn count(&self) -> usize {
        self.arguments.len()
    }

    /// An argument of any type; nothing stands for one that was left out.
    fn value(&self, index: usize) -> Value {
        self.arguments.get(index).cloned().unwrap_or(Value::Missing)
    }

    fn text(&self, index: usize) -> Result<Rc<str>, Fault> {
        match self.value(index) {
            Value::Text(text) => Ok(text),
            other => self.wrong("string", &other),
        }
    }

    fn bool(&self, index: usize) -> Result<bool, Fault> {
        match self.value(index) {
            Value::Bool(truth) => Ok(truth),
            other => self.wrong("bool", &other),
        }
    }

    /// An argument that Go wants as `int`, and as nothing else.
    fn int(&self, index: usize) -> Result<i64, Fault> {
        match self.value(index) {
            Value::Int(number) => Ok(number),
            other => self.wrong("int", &other),
        }
    }

    fn map(&self, index: usize) -> Result<Map, Fault> {
        match self.value(index) {
            Value::Map(map) => Ok(map),
            Value::Missing => Ok(Map::new(Entries::new())),
            other => self.wrong("map[string]interface {}", &other),
        }
    }

    /// The items of a list; nothing for what is none.
    fn items(&self, index: usize) -> Option<Vec<Value>> {
        match self.value(index) {
            Value::List(list) => Some(list.values().to_vec()),
            Value::Bytes(bytes) => Some(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect()),
            _ => None,
        }
    }

    /// The items of a list, paid for.
    fn list(&mut self, index: usize) -> Result<Vec<Value>, Fault> {
        let Some(items) = self.items(index) else {
            let kind = self.value(index).kind_name();
            return self.fault(format_args!("a list is needed, not type {kind}"));
        };
        self.machine.budget.steps(items.len())?;
        Ok(items)
    }

    /// A text that is the result, paid for.
    fn returns(&mut self, text: impl Into<Rc<str>>) -> Result<Value, Fault> {
        let text = text.into();
        self.machine.budget.bytes(text.len())?;
        Ok(Value::Text(text))
    }

    fn returns_list(&mut self, values: Vec<Value>) -> Result<Value, Fault> {
        self.machine.budget.steps(values.len())?;
        Ok(Value::List(List::new(values)))
    }

    /// Makes sure that a value has an end, and pays for going through it.
    fn walk(&mut self, value: &Value) -> Result<(), Fault> {
        self.machine.budget.walk(value)
    }

    /// Pays for taking a text apart and building what it stands for.
    fn reads(&mut self, text: &str) -> Result<(), Fault> {
        self.machine.budget.bytes(text.len())?;
        self.machine.budget.steps(text.len() / 8)
    }

    /// What `strval` makes of an argument: its text, or what `%v` prints.
    fn string(&mut self, value: &Value) -> Result<Rc<str>, Fault> {
        if let Value::Text(text) = value {
            return Ok(text.clone());
        }
        if let Value::Bytes(bytes) = value {
            return match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.into()),
                Err(_) => self.fault("the bytes are no UTF-8 text"),
            };
        }
        self.walk(value)?;
        Ok(super::print::display(value)?.into())
    }
}
