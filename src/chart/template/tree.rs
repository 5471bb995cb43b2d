//! The tree of a template, as it is executed.

use std::rc::Rc;

/// A template: a file, or what a `define` holds.
#[derive(Debug)]
pub(super) struct Template {
    /// The file it was written in.
    pub(super) file: Rc<str>,
    pub(super) body: Vec<Node>,
}

impl Template {
    /// Whether it is nothing but white space, which replaces no other template of its name.
    pub(super) fn is_blank(&self) -> bool {
        self.body.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
    }
}

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Node {
    Text(Rc<str>),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template { line: usize, name: Rc<str>, pipe: Option<Pipe> },
    Break,
    Continue,
}

/// `if`, `with` or `range`: `{{if pipe}}body{{else}}otherwise{{end}}`.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) pipe: Pipe,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
}

/// Commands, each of which hands its value to the next.
#[derive(Debug)]
pub(super) struct Pipe {
    pub(super) line: usize,
    /// The variables that take the value.
    pub(super) variables: Vec<Rc<str>>,
    /// Whether they exist already, `=` rather than `:=`.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Command>,
}

/// An operand, or a function with its arguments.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) first: Term,
    pub(super) arguments: Vec<Term>,
}

/// An operand; fields are asked of it from left to right.
#[derive(Debug)]
pub(super) enum Term {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    Field(Vec<Rc<str>>),
    Variable(Rc<str>, Vec<Rc<str>>),
    Function(Rc<str>),
    Pipe(Box<Pipe>),
    Chain(Box<Term>, Vec<Rc<str>>),
}
