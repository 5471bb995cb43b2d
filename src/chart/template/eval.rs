//! Evaluates pipelines: commands, operands, fields and calls.
//!
//! upstream: Go, src/text/template/exec.go

use std::rc::Rc;

use super::fault::Fault;
use super::functions::Call;
use super::method;
use super::run::{Frame, Machine};
use super::tree::{Command, Pipe, Term};
use super::value::{Kind, Value};

impl Machine {
    /// The value of a pipeline, which its variables take too.
    pub(super) fn pipeline(&mut self, frame: &mut Frame, dot: &Value, pipe: &Pipe) -> Result<Value, Fault> {
        self.budget.enter()?;
        let value = self.commands(frame, dot, pipe);
        self.budget.leave();
        let value = value.map_err(|fault| fault.passing(&frame.file, pipe.line))?;
        for name in &pipe.variables {
            if pipe.assigns {
                frame.assign(name, value.clone())?;
            } else {
                frame.variables.push((name.clone(), value.clone()));
            }
        }
        Ok(value)
    }

    fn commands(&mut self, frame: &mut Frame, dot: &Value, pipe: &Pipe) -> Result<Value, Fault> {
        let mut last = None;
        for command in &pipe.commands {
            self.budget.steps(1)?;
            let value = self.command(frame, dot, command, last)?;
            // A nil that has been through a pipeline is no value at all, and has every field.
            last = Some(if value.is_nil() { Value::Missing } else { value });
        }
        Ok(last.unwrap_or(Value::Missing))
    }

    /// A command; `last` is what the one before it hands over as the last argument.
    fn command(
        &mut self,
        frame: &mut Frame,
        dot: &Value,
        command: &Command,
        last: Option<Value>,
    ) -> Result<Value, Fault> {
        let Command { first, arguments } = command;
        match first {
            Term::Function(name) => self.function_call(frame, dot, name, arguments, last),
            Term::Field(path) => {
                let extra = self.extra(frame, dot, arguments, last)?;
                self.fields(dot.clone(), path, &extra)
            }
            Term::Variable(name, path) => {
                let extra = self.extra(frame, dot, arguments, last)?;
                let value = frame.variable(name)?;
                self.fields(value, path, &extra)
            }
            Term::Chain(term, path) => {
                let value = self.operand(frame, dot, term)?;
                let extra = self.extra(frame, dot, arguments, last)?;
                self.fields(value, path, &extra)
            }
            _ if !arguments.is_empty() || last.is_some() => {
                Err(Fault::new("can't give an argument to what is no function"))
            }
            _ => self.operand(frame, dot, first),
        }
    }

    /// The arguments of a method.
    fn extra(
        &mut self,
        frame: &mut Frame,
        dot: &Value,
        arguments: &[Term],
        last: Option<Value>,
    ) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::with_capacity(arguments.len() + 1);
        for argument in arguments {
            values.push(self.operand(frame, dot, argument)?);
        }
        values.extend(last);
        Ok(values)
    }

    fn operand(&mut self, frame: &mut Frame, dot: &Value, term: &Term) -> Result<Value, Fault> {
        self.budget.steps(1)?;
        Ok(match term {
            Term::Dot => dot.clone(),
            Term::Nil => Value::Missing,
            Term::Bool(truth) => Value::Bool(*truth),
            Term::Int(number) => Value::Int(*number),
            Term::Float(number) => Value::Float(*number),
            Term::Text(text) => Value::Text(text.clone()),
            Term::Field(path) => return self.fields(dot.clone(), path, &[]),
            Term::Variable(name, path) => {
                let value = frame.variable(name)?;
                return self.fields(value, path, &[]);
            }
            Term::Function(name) => return self.function_call(frame, dot, name, &[], None),
            Term::Pipe(pipe) => return self.pipeline(frame, dot, pipe),
            Term::Chain(term, path) => {
                let value = self.operand(frame, dot, term)?;
                return self.fields(value, path, &[]);
            }
        })
    }

    /// Asks a value for its fields one after the other; the last one gets the arguments.
    fn fields(&mut self, value: Value, path: &[Rc<str>], arguments: &[Value]) -> Result<Value, Fault> {
        let Some((last, before)) = path.split_last() else {
            return if arguments.is_empty() {
                Ok(value)
            } else {
                Err(Fault::new("can't give an argument to what is no function"))
            };
        };
        let mut value = value;
        for name in before {
            value = self.field(&value, name, &[])?;
        }
        self.field(&value, last, arguments)
    }

    fn field(&mut self, receiver: &Value, name: &Rc<str>, arguments: &[Value]) -> Result<Value, Fault> {
        match receiver {
            Value::Missing | Value::Unknown(_) => return Ok(receiver.clone()),
            Value::Nil => {
                return Err(Fault::new(format!("nil pointer evaluating interface {{}}.{name}")));
            }
            _ => {}
        }
        if let Some(method) = method::find(receiver, name) {
            self.budget.call(arguments)?;
            return method(&mut self.budget, receiver, arguments);
        }
        let Value::Map(map) = receiver else {
            return Err(Fault::new(format!("can't evaluate field {name} in type {}", receiver.type_name())));
        };
        if !arguments.is_empty() {
            return Err(Fault::new(format!("{name} is not a method but has arguments")));
        }
        match (map.get(name), map.kind()) {
            (Some(value), _) => Ok(value),
            (None, Kind::Plain | Kind::Values) => Ok(Value::Nil),
            (None, Kind::Strings) => Ok(Value::text("")),
            (None, Kind::Files) => Ok(Value::Bytes(Rc::from([]))),
            (None, Kind::Struct | Kind::KubeVersion | Kind::Version) => {
                Err(Fault::new(format!("can't evaluate field {name} in type {}", receiver.type_name())))
            }
        }
    }

    fn function_call(
        &mut self,
        frame: &mut Frame,
        dot: &Value,
        name: &str,
        arguments: &[Term],
        last: Option<Value>,
    ) -> Result<Value, Fault> {
        if let "and" | "or" = name {
            return self.and_or(frame, dot, name == "or", arguments, last);
        }
        let function = self.function(name)?;
        let arguments = self.extra(frame, dot, arguments, last)?;
        if !function.takes.contains(&arguments.len()) {
            let count = arguments.len();
            return Err(Fault::new(format!("wrong number of arguments for {name}: {count}")));
        }
        self.budget.call(&arguments)?;
        let unknown = arguments.iter().find(|argument| matches!(argument, Value::Unknown(_)));
        if let Some(unknown) = unknown.filter(|_| function.looks_at_its_arguments()) {
            return Ok(unknown.clone());
        }
        (function.run)(&mut Call { name: function.name, arguments, file: &frame.file, machine: self })
    }

    /// The first operand that decides; the others are not evaluated.
    fn and_or(
        &mut self,
        frame: &mut Frame,
        dot: &Value,
        is_or: bool,
        arguments: &[Term],
        last: Option<Value>,
    ) -> Result<Value, Fault> {
        let mut value = None;
        for argument in arguments {
            let operand = self.operand(frame, dot, argument)?;
            if operand.known()?.is_true() == is_or {
                return Ok(operand);
            }
            value = Some(operand);
        }
        last.or(value).ok_or_else(|| Fault::new("wrong number of arguments for and: 0"))
    }
}
