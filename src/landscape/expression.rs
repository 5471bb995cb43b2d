//! `${{ expression }}` inside scalars: minijinja expressions over `vars`, `landscape` and `item`.
//!
//! Only scalars are touched, so the structure of a file, its spans and its schema stay what they are. A tree is prepared
//! once; filling it in copies only the branches that hold expressions.

use std::collections::HashMap;

use ecow::EcoString;
use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, ErrorKind};

use super::environment::environment;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Entry, Key, Mapping, Node, Value};

const UNDEFINED_NAME: Code = Code::error("L301", "undefined-name");
const INVALID_EXPRESSION: Code = Code::error("L302", "invalid-expression");
const EXPRESSION_NOT_TEXT: Code = Code::error("L303", "expression-is-no-text");

const KEY_MADE_TWICE: Code = Code::error("L307", "key-made-twice");

/// Bytes of one expression: how deep it can be nested, which costs stack.
const SOURCE_LIMIT: usize = 1000;
const OPEN: &str = "${{";
const CLOSE: &str = "}}";

/// What expressions are evaluated over.
pub(super) struct Scope {
    environment: Environment<'static>,
    vars: minijinja::Value,
    landscape: minijinja::Value,
}

impl Scope {
    pub(super) fn new(vars: &Node, landscape: &serde_json::Value) -> Self {
        Self {
            environment: environment(),
            vars: minijinja::Value::from(Serde(vars.to_json())),
            landscape: minijinja::Value::from(Serde(landscape)),
        }
    }

    /// The names that expressions outside a generator know.
    pub(super) fn common(&self) -> Context {
        let (vars, landscape) = (&self.vars, &self.landscape);
        Context(minijinja::context! { vars, landscape })
    }

    /// The names that expressions know of one item of a generator.
    pub(super) fn of_item(&self, item: &Node) -> Context {
        let (vars, landscape) = (&self.vars, &self.landscape);
        let item = minijinja::Value::from(Serde(item.to_json()));
        Context(minijinja::context! { vars, landscape, item })
    }
}

/// The names that an expression may use, each with its value.
pub(super) struct Context(minijinja::Value);

impl Context {
    /// The names at the top, and those right below them, for suggestions.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for root in ["vars", "landscape", "item"] {
            let value = self.0.get_attr(root).unwrap_or_default();
            if value.is_undefined() {
                continue;
            }
            names.push(root.to_owned());
            if let Ok(keys) = value.try_iter() {
                names.extend(keys.map(|key| format!("{root}.{key}")));
            }
        }
        names
    }
}

/// A tree whose expressions are compiled.
pub(super) enum Prepared<'a> {
    /// Holds no expression: used as it is, shared.
    Constant(&'a Node),
    Scalar(Vec<Piece<'a>>, &'a Node),
    Sequence(Vec<Prepared<'a>>, &'a Node),
    Mapping(Vec<(PreparedKey<'a>, Prepared<'a>)>, &'a Node),
}

pub(super) enum PreparedKey<'a> {
    Constant(&'a Key),
    Filled(Vec<Piece<'a>>, &'a Key),
}

/// A piece of a scalar.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Expression { compiled: minijinja::Expression<'a, 'a>, source: &'a str },
}

/// Compiles all expressions of a tree; faulty ones are reported and leave nothing to fill in.
pub(super) fn prepare<'a>(node: &'a Node, scope: &'a Scope, findings: &mut Vec<Diagnostic>) -> Prepared<'a> {
    match &node.value {
        Value::String(text) if text.contains(OPEN) => match pieces(text, node.span, scope, findings) {
            Some(pieces) => Prepared::Scalar(pieces, node),
            None => Prepared::Constant(node),
        },
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| prepare(item, scope, findings)).collect();
            if items.iter().all(Prepared::is_constant) {
                Prepared::Constant(node)
            } else {
                Prepared::Sequence(items, node)
            }
        }
        Value::Mapping(mapping) => {
            let entries: Vec<_> = mapping
                .entries()
                .iter()
                .map(|entry| {
                    (prepare_key(&entry.key, scope, findings), prepare(&entry.value, scope, findings))
                })
                .collect();
            let constant = |(key, value): &(PreparedKey<'_>, Prepared<'_>)| {
                matches!(key, PreparedKey::Constant(_)) && value.is_constant()
            };
            if entries.iter().all(constant) {
                Prepared::Constant(node)
            } else {
                Prepared::Mapping(entries, node)
            }
        }
        _ => Prepared::Constant(node),
    }
}

fn prepare_key<'a>(key: &'a Key, scope: &'a Scope, findings: &mut Vec<Diagnostic>) -> PreparedKey<'a> {
    let filled = key.name.contains(OPEN).then(|| pieces(&key.name, key.span, scope, findings)).flatten();
    filled.map_or(PreparedKey::Constant(key), |pieces| PreparedKey::Filled(pieces, key))
}

fn pieces<'a>(
    text: &'a str,
    span: Span,
    scope: &'a Scope,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<Piece<'a>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let Some((source, tail)) = after.split_once(CLOSE) else {
            findings.push(
                Diagnostic::new(INVALID_EXPRESSION, "an expression is opened and never closed", span)
                    .help("close it with `}}`; for the text itself write `${{ \"${{\" }}`"),
            );
            return None;
        };
        if source.len() > SOURCE_LIMIT {
            let message = format!("an expression is longer than {SOURCE_LIMIT} bytes");
            findings.push(
                Diagnostic::new(INVALID_EXPRESSION, message, span)
                    .help("put the value into `spec.vars`, or into the items of a `ForEach`"),
            );
            return None;
        }
        match scope.environment.compile_expression(source.trim()) {
            Ok(compiled) => pieces.push(Piece::Expression { compiled, source: source.trim() }),
            Err(error) => {
                let detail = error.detail().unwrap_or("it cannot be read").to_owned();
                let message = format!("`{}` is no expression: {detail}", source.trim());
                findings.push(
                    Diagnostic::new(INVALID_EXPRESSION, message, span)
                        .help("an expression is a name like `item.zone`, a literal, or an operator or filter between them"),
                );
                return None;
            }
        }
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}

impl Prepared<'_> {
    fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    /// The tree with every expression evaluated.
    pub(super) fn fill(&self, context: &Context, findings: &mut Vec<Diagnostic>) -> Node {
        match self {
            Self::Constant(node) => (*node).clone(),
            Self::Scalar(pieces, node) => {
                Node::new(fill_scalar(pieces, node.span, context, findings), node.span)
            }
            Self::Sequence(items, node) => {
                let items = items.iter().map(|prepared| prepared.fill(context, findings)).collect();
                Node::new(Value::Sequence(items), node.span)
            }
            Self::Mapping(entries, node) => {
                let mut filled = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let key = match key {
                        PreparedKey::Constant(key) => (*key).clone(),
                        PreparedKey::Filled(pieces, key) => {
                            Key { name: fill_text(pieces, key.span, context, findings), span: key.span }
                        }
                    };
                    let value = value.fill(context, findings);
                    filled.push(Entry { key, value });
                }
                if entries.iter().any(|(key, _)| matches!(key, PreparedKey::Filled(..))) {
                    refuse_twins(&mut filled, findings);
                }
                Node::new(Value::Mapping(Mapping::new(filled)), node.span)
            }
        }
    }
}

/// Drops every key that another one before it has become equal to.
fn refuse_twins(entries: &mut Vec<Entry>, findings: &mut Vec<Diagnostic>) {
    let mut known: HashMap<EcoString, Span> = HashMap::new();
    entries.retain(|entry| {
        let first = known.get(&entry.key.name).copied();
        if let Some(first) = first {
            let message = format!("the expression makes the key `{}` a second time", entry.key.name);
            findings.push(
                Diagnostic::new(KEY_MADE_TWICE, message, entry.key.span)
                    .related(first, "the first one stands here")
                    .why("one of the two values would be lost without a word")
                    .help("let the expression give another name"),
            );
        }
        known.insert(entry.key.name.clone(), first.unwrap_or(entry.key.span));
        first.is_none()
    });
}

/// A scalar that is one whole expression keeps the type of the value; anything else is text.
fn fill_scalar(pieces: &[Piece<'_>], span: Span, context: &Context, findings: &mut Vec<Diagnostic>) -> Value {
    if let [Piece::Expression { compiled, source }] = pieces {
        let Some(value) = evaluate(compiled, source, span, context, findings) else {
            return Value::Null;
        };
        let json = serde_json::to_value(&value).unwrap_or_default();
        if json.is_null() && !value.is_none() {
            let message = format!("`{source}` gives {}, which is no JSON value", value.kind());
            findings.push(
                Diagnostic::new(INVALID_EXPRESSION, message, span)
                    .why("an object holds texts, finite numbers, booleans, lists and mappings")
                    .help("check the types of the values it works on"),
            );
        }
        return Node::from_json(&json, span).value;
    }
    Value::String(fill_text(pieces, span, context, findings))
}

fn fill_text(
    pieces: &[Piece<'_>],
    span: Span,
    context: &Context,
    findings: &mut Vec<Diagnostic>,
) -> EcoString {
    let mut text = EcoString::new();
    for piece in pieces {
        let (compiled, source) = match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Piece::Expression { compiled, source } => (compiled, source),
        };
        let Some(value) = evaluate(compiled, source, span, context, findings) else {
            continue;
        };
        match value.kind() {
            ValueKind::String => text.push_str(value.as_str().unwrap_or_default()),
            ValueKind::Number | ValueKind::Bool => {
                text.push_str(&serde_json::to_string(&value).unwrap_or_default());
            }
            kind => findings.push(
                Diagnostic::new(
                    EXPRESSION_NOT_TEXT,
                    format!("`{source}` gives {kind}, which is no part of a text"),
                    span,
                )
                .why("inside a longer text an expression must give a string, a number or a boolean")
                .help("let the expression be the whole value, or name a part of it"),
            ),
        }
    }
    text
}

fn evaluate(
    compiled: &minijinja::Expression<'_, '_>,
    source: &str,
    span: Span,
    context: &Context,
    findings: &mut Vec<Diagnostic>,
) -> Option<minijinja::Value> {
    let undefined = |detail: &str| {
        let names = context.names();
        let known = names.iter().map(String::as_str);
        let near = nearest(source, known.clone()).map_or_else(
            || {
                format!(
                    "known here: {}",
                    known.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::new(
            UNDEFINED_NAME,
            format!("`{source}` names something that is not defined{detail}"),
            span,
        )
        .why("an undefined name would leave a hole in the object")
        .help(near)
    };
    match compiled.eval(&context.0) {
        Ok(value) if value.is_undefined() => findings.push(undefined("")),
        Ok(value) => return Some(value),
        Err(error) if error.kind() == ErrorKind::UndefinedError => findings.push(undefined("")),
        Err(error) => findings.push(
            Diagnostic::new(INVALID_EXPRESSION, format!("`{source}` cannot be evaluated: {error}"), span)
                .help("check the types of the values it works on"),
        ),
    }
    None
}
