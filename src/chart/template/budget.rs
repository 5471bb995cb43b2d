//! What rendering a chart may cost: a chart may come from anywhere.

use super::fault::Fault;
use super::value::Value;

/// Nodes of templates that are executed and values that are looked at; the charts of Gardener take some thousands.
const STEP_LIMIT: usize = 1_000_000;
/// Bytes of all texts that are made on the way.
const BYTE_LIMIT: usize = 128 << 20;
/// Bytes of text that a function looks at in one step.
const BYTES_A_STEP: usize = 32;
/// Templates, blocks and parentheses inside each other, which is how deep the stack gets.
const LEVEL_LIMIT: usize = 250;
/// Lists and mappings inside each other, far above any Kubernetes object.
const NESTING_LIMIT: usize = 100;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    steps: usize,
    bytes: usize,
    level: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { steps: STEP_LIMIT, bytes: BYTE_LIMIT, level: 0 }
    }

    pub(super) fn steps(&mut self, count: usize) -> Result<(), Fault> {
        self.steps = self
            .steps
            .checked_sub(count)
            .ok_or_else(|| Fault::new(format!("takes more than {STEP_LIMIT} steps to render")))?;
        Ok(())
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<(), Fault> {
        self.bytes = self
            .bytes
            .checked_sub(count)
            .ok_or_else(|| Fault::new(format!("makes more than {BYTE_LIMIT} bytes of text")))?;
        Ok(())
    }

    /// Pays for a call: functions go through the texts they are given.
    pub(super) fn call(&mut self, arguments: &[Value]) -> Result<(), Fault> {
        let lengths = arguments.iter().map(|argument| match argument {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        });
        self.steps(1 + lengths.sum::<usize>() / BYTES_A_STEP)
    }

    /// Goes one level deeper; every success is followed by [`Budget::leave`].
    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        if self.level == LEVEL_LIMIT {
            return Err(Fault::new(format!(
                "templates call each other, or blocks are nested, more than {LEVEL_LIMIT} levels deep"
            )));
        }
        self.level += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.level -= 1;
    }

    /// Pays for going through a whole value, and makes sure that this comes to an end.
    pub(super) fn walk(&mut self, value: &Value) -> Result<(), Fault> {
        let mut pending = vec![(value.clone(), 1)];
        while let Some((value, depth)) = pending.pop() {
            if depth > NESTING_LIMIT {
                return Err(Fault::new(format!(
                    "a value is nested deeper than {NESTING_LIMIT} levels, or holds itself"
                )));
            }
            match value.known()? {
                Value::Text(text) => self.bytes(text.len())?,
                Value::Bytes(bytes) => self.bytes(bytes.len())?,
                Value::List(list) => {
                    self.steps(list.values().len())?;
                    pending.extend(list.values().iter().map(|value| (value.clone(), depth + 1)));
                }
                Value::Map(map) => {
                    self.steps(map.len())?;
                    for (key, value) in map.entries() {
                        self.bytes(key.len())?;
                        pending.push((value, depth + 1));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
