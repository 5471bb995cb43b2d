//! Executes templates: a tree and its data -> text.
//!
//! upstream: Go, src/text/template/exec.go, with the option `missingkey=zero`; Helm, pkg/engine/engine.go

use std::collections::BTreeMap;
use std::rc::Rc;

use super::budget::Budget;
use super::fault::Fault;
use super::functions::{self, Function};
use super::method;
use super::parse::parse;
use super::print;
use super::tree::{Branch, Node, Template};
use super::value::{Kind, Value};

/// Templates by name.
pub(super) type Names = BTreeMap<Rc<str>, Rc<Template>>;

/// How often a template may be inside itself, as in Helm.
const RECURSION_LIMIT: usize = 1000;

/// What a whole chart is rendered with.
pub(super) struct Machine {
    /// The templates that can be called; `tpl` adds its own while it runs.
    pub(super) names: Rc<Names>,
    pub(super) budget: Budget,
    functions: BTreeMap<&'static str, &'static Function>,
    /// Calls of each name that have not come back.
    pending: BTreeMap<Rc<str>, usize>,
}

/// Why a list of nodes was left before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// One execution of one template.
pub(super) struct Frame {
    pub(super) file: Rc<str>,
    pub(super) variables: Vec<(Rc<str>, Value)>,
    out: String,
}

impl Machine {
    pub(super) fn new() -> Self {
        Self {
            names: Rc::default(),
            budget: Budget::new(),
            functions: functions::all(),
            pending: BTreeMap::new(),
        }
    }

    /// Reads a file and adds what it defines; a blank template replaces no other.
    pub(super) fn add(&mut self, file: &Rc<str>, text: &str) -> Result<(), Fault> {
        self.budget.bytes(text.len())?;
        let known = |name: &str| self.functions.contains_key(name);
        let templates = parse(file, text, &known)
            .map_err(|malformed| Fault::new(malformed.what).passing(file, malformed.line))?;
        let names = Rc::make_mut(&mut self.names);
        for (name, template) in templates {
            if !(template.is_blank() && names.contains_key(&name)) {
                names.insert(name, Rc::new(template));
            }
        }
        Ok(())
    }

    pub(super) fn function(&self, name: &str) -> Result<&'static Function, Fault> {
        let function = self.functions.get(name).copied();
        function.ok_or_else(|| Fault::new(format!("there is no function `{name}`")))
    }

    /// The text of the template of this name.
    pub(super) fn execute(&mut self, name: &str, dot: &Value) -> Result<String, Fault> {
        let Some(template) = self.names.get(name).cloned() else {
            return Err(Fault::new(format!("there is no template `{name}`")));
        };
        self.budget.enter()?;
        let mut frame = Frame {
            file: template.file.clone(),
            variables: vec![("$".into(), dot.clone())],
            out: String::new(),
        };
        let flow = self.list(&mut frame, dot, &template.body);
        self.budget.leave();
        flow?;
        Ok(frame.out)
    }

    /// The text of a template that another one calls by name.
    pub(super) fn include(&mut self, name: &Rc<str>, dot: &Value) -> Result<String, Fault> {
        let pending = self.pending.entry(name.clone()).or_default();
        if *pending > RECURSION_LIMIT {
            return Err(Fault::new(format!("the template `{name}` includes itself without end")));
        }
        *pending += 1;
        let text = self.execute(name, dot);
        self.pending.entry(name.clone()).and_modify(|pending| *pending -= 1);
        text
    }

    /// The text of a text that is a template itself. What it defines is known to itself alone.
    pub(super) fn tpl(&mut self, text: &str, dot: &Value, file: &Rc<str>) -> Result<String, Fault> {
        if !text.contains("{{") {
            return Ok(text.to_owned());
        }
        let outer = self.names.clone();
        let name: Rc<str> = file.clone();
        // A text of nothing but definitions must not leave the caller's own template in its place.
        Rc::make_mut(&mut self.names).remove(&name);
        // The names are copied, and the text is read.
        self.budget.steps(outer.len() / 8 + text.len() / 8)?;
        let rendered = self.add(&name, text).and_then(|()| self.execute(&name, dot));
        self.names = outer;
        Ok(rendered?.replace("<no value>", ""))
    }

    fn list(&mut self, frame: &mut Frame, dot: &Value, nodes: &[Node]) -> Result<Flow, Fault> {
        self.budget.enter()?;
        let mut flow = Ok(Flow::On);
        for node in nodes {
            flow = self.node(frame, dot, node);
            if !matches!(flow, Ok(Flow::On)) {
                break;
            }
        }
        self.budget.leave();
        flow
    }

    fn node(&mut self, frame: &mut Frame, dot: &Value, node: &Node) -> Result<Flow, Fault> {
        self.budget.steps(1)?;
        match node {
            Node::Text(text) => self.write(frame, text)?,
            Node::Action(pipe) => {
                let value = self.pipeline(frame, dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(frame, &value).map_err(|fault| fault.passing(&frame.file, pipe.line))?;
                }
            }
            Node::If(branch) => return self.branch(frame, dot, branch, false),
            Node::With(branch) => return self.branch(frame, dot, branch, true),
            Node::Range(branch) => self.range(frame, dot, branch)?,
            Node::Template { line, name, pipe } => {
                let value = match pipe {
                    Some(pipe) => self.pipeline(frame, dot, pipe)?,
                    None => Value::Missing,
                };
                let text = self.execute(name, &value).map_err(|fault| fault.passing(&frame.file, *line))?;
                self.write(frame, &text)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn write(&mut self, frame: &mut Frame, text: &str) -> Result<(), Fault> {
        self.budget.bytes(text.len())?;
        frame.out.push_str(text);
        Ok(())
    }

    fn print(&mut self, frame: &mut Frame, value: &Value) -> Result<(), Fault> {
        match value {
            Value::Missing | Value::Nil => self.write(frame, "<no value>"),
            Value::Text(text) => self.write(frame, text),
            Value::Map(map) if map.kind() == Kind::KubeVersion => {
                let text = method::version_of_kubernetes(map);
                self.write(frame, &text)
            }
            _ => {
                self.budget.walk(value)?;
                let text = print::display(value)?;
                self.write(frame, &text)
            }
        }
    }

    fn branch(
        &mut self,
        frame: &mut Frame,
        dot: &Value,
        branch: &Branch,
        is_with: bool,
    ) -> Result<Flow, Fault> {
        let scope = frame.variables.len();
        let value = self.pipeline(frame, dot, &branch.pipe)?;
        let truth = value.known().map_err(|fault| fault.passing(&frame.file, branch.pipe.line))?.is_true();
        let flow = if truth {
            self.list(frame, if is_with { &value } else { dot }, &branch.body)
        } else {
            self.list(frame, dot, &branch.otherwise)
        };
        frame.variables.truncate(scope);
        flow
    }

    fn range(&mut self, frame: &mut Frame, dot: &Value, branch: &Branch) -> Result<(), Fault> {
        let scope = frame.variables.len();
        let over = self.pipeline(frame, dot, &branch.pipe)?;
        let here = |fault: Fault, file: &Rc<str>| fault.passing(file, branch.pipe.line);
        let mut ran = false;
        let mut turn = |machine: &mut Self, frame: &mut Frame, index: Value, value: Value| {
            ran = true;
            machine.budget.steps(1)?;
            machine.turn(frame, branch, index, &value, scope)
        };
        match &over {
            Value::List(list) => {
                for (index, value) in list.values().iter().enumerate() {
                    if turn(self, frame, int(index), value.clone())? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Bytes(bytes) => {
                for (index, byte) in bytes.iter().enumerate() {
                    if turn(self, frame, int(index), Value::Int(i64::from(*byte)))? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Int(_) | Value::Int64(_) if branch.pipe.variables.len() > 1 => {
                let fault = Fault::new("can't iterate over a number with more than one variable");
                return Err(here(fault, &frame.file));
            }
            Value::Int(count) | Value::Int64(count) => {
                for index in 0..*count {
                    if turn(self, frame, Value::Int(index), Value::Int(index))? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                self.budget.steps(map.len())?;
                for (key, value) in map.entries() {
                    if turn(self, frame, Value::Text(key), value)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Missing | Value::Nil => {}
            Value::Unknown(why) => return Err(here(Fault::unknown(&**why), &frame.file)),
            _ => {
                let fault = Fault::new(format!("range can't iterate over {}", over.type_name()));
                return Err(here(fault, &frame.file));
            }
        }
        frame.variables.truncate(scope);
        if !ran {
            self.list(frame, dot, &branch.otherwise)?;
            frame.variables.truncate(scope);
        }
        Ok(())
    }

    /// One turn of a loop, with its variables set.
    fn turn(
        &mut self,
        frame: &mut Frame,
        branch: &Branch,
        index: Value,
        value: &Value,
        scope: usize,
    ) -> Result<Flow, Fault> {
        let values = match branch.pipe.variables.len() {
            2 => vec![index, value.clone()],
            _ => vec![value.clone()],
        };
        if branch.pipe.assigns {
            for (name, value) in branch.pipe.variables.iter().zip(values) {
                frame.assign(name, value)?;
            }
        } else {
            frame.variables.truncate(scope);
            frame.variables.extend(branch.pipe.variables.iter().cloned().zip(values));
        }
        let flow = self.list(frame, value, &branch.body)?;
        frame.variables.truncate(scope + if branch.pipe.assigns { 0 } else { branch.pipe.variables.len() });
        Ok(flow)
    }
}

impl Frame {
    pub(super) fn variable(&self, name: &str) -> Result<Value, Fault> {
        let found = self.variables.iter().rev().find(|(known, _)| **known == *name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| Fault::new(format!("undefined variable: {name}")))
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) -> Result<(), Fault> {
        let found = self.variables.iter_mut().rev().find(|(known, _)| **known == *name);
        match found {
            Some((_, slot)) => {
                *slot = value;
                Ok(())
            }
            None => Err(Fault::new(format!("undefined variable: {name}"))),
        }
    }
}

/// An index or a length, which Go has as `int`.
pub(super) fn int(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
