//! Tokens -> the templates of a file, as Go's text/template reads them.
//!
//! upstream: Go, src/text/template/parse/parse.go

use std::collections::BTreeMap;
use std::rc::Rc;

use super::lex::{Malformed, Token, TokenKind, lex};
use super::tree::{Branch, Command, Node, Pipe, Template, Term};

/// Blocks and parentheses inside each other.
const NESTING_LIMIT: usize = 100;
/// Variables that a template declares without leaving their blocks.
const VARIABLE_LIMIT: usize = 1000;

/// Reads a file: the templates it defines by name, the file itself among them.
pub(super) fn parse(
    name: &Rc<str>,
    text: &str,
    is_function: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<Rc<str>, Template>, Malformed> {
    let tokens = lex(text)?;
    let mut parser = Parser {
        file: name,
        tokens,
        at: 0,
        is_function,
        variables: vec!["$".into()],
        ranges: 0,
        depth: 0,
        line: 1,
        defined: BTreeMap::new(),
    };
    let body = parser.file()?;
    parser.define(name.clone(), body)?;
    Ok(parser.defined)
}

struct Parser<'a> {
    file: &'a Rc<str>,
    tokens: Vec<Token>,
    /// How many of them have been taken.
    at: usize,
    is_function: &'a dyn Fn(&str) -> bool,
    /// The variables in scope.
    variables: Vec<Rc<str>>,
    /// The loops around the token at hand.
    ranges: usize,
    depth: usize,
    line: usize,
    defined: BTreeMap<Rc<str>, Template>,
}

/// What ended a list of nodes.
#[derive(PartialEq)]
enum Ending {
    End,
    Else,
    /// `else if` or `else with`: the keyword comes next.
    ElseControl,
}

/// A node, or the end of the list it would be in.
enum Piece {
    Node(Node),
    Ending(Ending),
}

impl Parser<'_> {
    fn next(&mut self) -> Token {
        let end = Token { kind: TokenKind::End, line: self.line, spaced: false };
        let token = self.tokens.get(self.at).cloned().unwrap_or(end);
        self.at += 1;
        self.line = token.line;
        token
    }

    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn next_line(&self) -> usize {
        self.tokens.get(self.at).map_or(self.line, |token| token.line)
    }

    /// Whether a word comes next; if so it is taken.
    fn take_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(TokenKind::Word(word)) if **word == *wanted);
        if found {
            self.next();
        }
        found
    }

    fn malformed<T>(&self, what: impl Into<String>) -> Result<T, Malformed> {
        Err(Malformed { line: self.line, what: what.into() })
    }

    fn unexpected<T>(&self, token: &Token, context: &str) -> Result<T, Malformed> {
        let what = match &token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            other => format!("{other:?}"),
        };
        self.malformed(format!("unexpected {what} in {context}"))
    }

    fn expect_close(&mut self, context: &str) -> Result<(), Malformed> {
        let token = self.next();
        if token.kind == TokenKind::Close { Ok(()) } else { self.unexpected(&token, context) }
    }

    fn file(&mut self) -> Result<Vec<Node>, Malformed> {
        let mut body = Vec::new();
        loop {
            let token = self.next();
            match token.kind {
                TokenKind::End => return Ok(body),
                TokenKind::Text(text) => body.push(Node::Text(text)),
                TokenKind::Open if self.take_word("define") => self.definition()?,
                TokenKind::Open => match self.action()? {
                    Piece::Node(node) => body.push(node),
                    Piece::Ending(Ending::End) => return self.malformed("unexpected {{end}}"),
                    Piece::Ending(_) => return self.malformed("unexpected {{else}}"),
                },
                _ => return self.unexpected(&token, "input"),
            }
        }
    }

    /// Adds a template; of two in one file, at least one must be blank.
    fn define(&mut self, name: Rc<str>, body: Vec<Node>) -> Result<(), Malformed> {
        let template = Template { file: self.file.clone(), body };
        match self.defined.get(&name) {
            Some(known) if !known.is_blank() && !template.is_blank() => {
                self.malformed(format!("multiple definition of template {name:?}"))
            }
            Some(known) if !known.is_blank() => Ok(()),
            _ => {
                self.defined.insert(name, template);
                Ok(())
            }
        }
    }

    fn definition(&mut self) -> Result<(), Malformed> {
        let name = self.template_name("define clause")?;
        self.expect_close("define clause")?;
        self.separate_body(name, "define clause")
    }

    /// The body of a template of its own, with variables of its own.
    fn separate_body(&mut self, name: Rc<str>, context: &str) -> Result<(), Malformed> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (body, ending) = self.list()?;
        if ending != Ending::End {
            return self.malformed(format!("unexpected {{{{else}}}} in {context}"));
        }
        self.variables = variables;
        self.ranges = ranges;
        self.define(name, body)
    }

    fn template_name(&mut self, context: &str) -> Result<Rc<str>, Malformed> {
        let token = self.next();
        match token.kind {
            TokenKind::String(name) => Ok(name),
            _ => self.unexpected(&token, context),
        }
    }

    fn list(&mut self) -> Result<(Vec<Node>, Ending), Malformed> {
        self.deeper()?;
        let mut nodes = Vec::new();
        loop {
            let token = self.next();
            match token.kind {
                TokenKind::Text(text) => nodes.push(Node::Text(text)),
                TokenKind::Open => match self.action()? {
                    Piece::Node(node) => nodes.push(node),
                    Piece::Ending(ending) => {
                        self.depth -= 1;
                        return Ok((nodes, ending));
                    }
                },
                TokenKind::End => return self.malformed("unexpected EOF"),
                _ => return self.unexpected(&token, "input"),
            }
        }
    }

    fn deeper(&mut self) -> Result<(), Malformed> {
        self.depth += 1;
        if self.depth > NESTING_LIMIT {
            return self.malformed(format!("nested deeper than {NESTING_LIMIT} levels"));
        }
        Ok(())
    }

    /// What follows `{{`, and its end.
    fn action(&mut self) -> Result<Piece, Malformed> {
        let line = self.next_line();
        let word = match self.peek() {
            Some(TokenKind::Word(word)) => word.clone(),
            _ => Rc::from(""),
        };
        let node = match &*word {
            "end" => {
                self.next();
                self.expect_close("end")?;
                return Ok(Piece::Ending(Ending::End));
            }
            "else" => {
                self.next();
                let control =
                    matches!(self.peek(), Some(TokenKind::Word(word)) if matches!(&**word, "if" | "with"));
                if control {
                    return Ok(Piece::Ending(Ending::ElseControl));
                }
                self.expect_close("else")?;
                return Ok(Piece::Ending(Ending::Else));
            }
            "if" | "with" | "range" => {
                self.next();
                self.control(&word)?
            }
            "break" | "continue" => {
                self.next();
                self.expect_close(&word)?;
                if self.ranges == 0 {
                    return self.malformed(format!("{{{{{word}}}}} outside {{{{range}}}}"));
                }
                if &*word == "break" { Node::Break } else { Node::Continue }
            }
            "template" => {
                self.next();
                let name = self.template_name("template clause")?;
                let bare = self.peek() == Some(&TokenKind::Close);
                let pipe =
                    if bare { None } else { Some(self.pipeline("template clause", &TokenKind::Close)?) };
                if bare {
                    self.next();
                }
                Node::Template { line, name, pipe }
            }
            "block" => {
                self.next();
                let name = self.template_name("block clause")?;
                let pipe = self.pipeline("block clause", &TokenKind::Close)?;
                self.separate_body(name.clone(), "block clause")?;
                Node::Template { line, name, pipe: Some(pipe) }
            }
            "define" => return self.malformed("unexpected {{define}} in a block"),
            _ => Node::Action(self.pipeline("command", &TokenKind::Close)?),
        };
        Ok(Piece::Node(node))
    }

    fn control(&mut self, keyword: &str) -> Result<Node, Malformed> {
        let scope = self.variables.len();
        let pipe = self.pipeline(keyword, &TokenKind::Close)?;
        let is_range = keyword == "range";
        self.ranges += usize::from(is_range);
        let (body, ending) = self.list()?;
        self.ranges -= usize::from(is_range);
        let otherwise = match ending {
            Ending::End => Vec::new(),
            // `{{else if}}` shares the end of the whole chain.
            Ending::ElseControl if self.take_word(keyword) => {
                self.deeper()?;
                let node = self.control(keyword)?;
                self.depth -= 1;
                vec![node]
            }
            Ending::ElseControl => return self.malformed(format!("unexpected word after else of {keyword}")),
            Ending::Else => {
                let (otherwise, ending) = self.list()?;
                if ending != Ending::End {
                    return self.malformed("expected end; found {{else}}");
                }
                otherwise
            }
        };
        self.variables.truncate(scope);
        let branch = Branch { pipe, body, otherwise };
        Ok(match keyword {
            "if" => Node::If(branch),
            "with" => Node::With(branch),
            _ => Node::Range(branch),
        })
    }

    fn pipeline(&mut self, context: &str, end: &TokenKind) -> Result<Pipe, Malformed> {
        let line = self.next_line();
        let (variables, assigns) = self.declarations(context)?;
        let mut commands: Vec<Command> = Vec::new();
        loop {
            let command = self.command(context)?;
            let value_only = matches!(
                command.first,
                Term::Bool(_) | Term::Dot | Term::Nil | Term::Int(_) | Term::Float(_) | Term::Text(_)
            );
            if value_only && !commands.is_empty() {
                let stage = commands.len() + 1;
                return self.malformed(format!("non executable command in pipeline stage {stage}"));
            }
            commands.push(command);
            let token = self.next();
            match token.kind {
                TokenKind::Pipe => {}
                kind if kind == *end => return Ok(Pipe { line, variables, assigns, commands }),
                _ => return self.unexpected(&token, context),
            }
        }
    }

    /// `$x :=`, `$x =` and, in a range, `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<Rc<str>>, bool), Malformed> {
        let mut ahead = self.at;
        let mut names = Vec::new();
        while let Some(Token { kind: TokenKind::Variable(name), .. }) = self.tokens.get(ahead) {
            names.push(name.clone());
            ahead += 2;
            match self.tokens.get(ahead - 1).map(|token| &token.kind) {
                Some(TokenKind::Comma) if context == "range" && names.len() < 2 => {}
                Some(TokenKind::Comma) => {
                    return self.malformed(format!("too many declarations in {context}"));
                }
                Some(kind @ (TokenKind::Declare | TokenKind::Assign)) => {
                    self.at = ahead;
                    let assigns = *kind == TokenKind::Assign;
                    if let Some(unknown) = names.iter().find(|name| assigns && !self.variables.contains(name))
                    {
                        return self.malformed(format!("undefined variable {unknown:?}"));
                    }
                    self.variables.extend(names.iter().cloned());
                    if self.variables.len() > VARIABLE_LIMIT {
                        return self.malformed(format!("more than {VARIABLE_LIMIT} variables"));
                    }
                    return Ok((names, assigns));
                }
                _ => break,
            }
        }
        Ok((Vec::new(), false))
    }

    fn command(&mut self, context: &str) -> Result<Command, Malformed> {
        let mut operands = Vec::new();
        loop {
            // Words are separated by white space.
            let glued = !operands.is_empty() && self.tokens.get(self.at).is_some_and(|token| !token.spaced);
            let Some(operand) = self.operand()? else {
                break;
            };
            if glued {
                return self.malformed(format!("missing space between the operands in {context}"));
            }
            operands.push(operand);
        }
        let mut operands = operands.into_iter();
        match operands.next() {
            Some(first) => Ok(Command { first, arguments: operands.collect() }),
            None => {
                let token = self.next();
                self.unexpected(&token, context)
            }
        }
    }

    /// A term and the fields that are asked of it.
    fn operand(&mut self) -> Result<Option<Term>, Malformed> {
        let Some(term) = self.term()? else {
            return Ok(None);
        };
        let mut fields = Vec::new();
        while let Some(Token { kind: TokenKind::Field(name), spaced: false, .. }) = self.tokens.get(self.at) {
            fields.push(name.clone());
            self.at += 1;
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        Ok(Some(match term {
            Term::Field(mut path) => {
                path.append(&mut fields);
                Term::Field(path)
            }
            Term::Variable(name, mut path) => {
                path.append(&mut fields);
                Term::Variable(name, path)
            }
            Term::Function(_) | Term::Pipe(_) | Term::Chain(..) => Term::Chain(Box::new(term), fields),
            _ => return self.malformed("unexpected . after a literal"),
        }))
    }

    fn term(&mut self) -> Result<Option<Term>, Malformed> {
        let Some(kind) = self.peek().cloned() else {
            return Ok(None);
        };
        let term = match kind {
            TokenKind::Dot => Term::Dot,
            TokenKind::Field(name) => Term::Field(vec![name]),
            TokenKind::Int(number) => Term::Int(number),
            TokenKind::Float(number) => Term::Float(number),
            TokenKind::String(text) => Term::Text(text),
            TokenKind::Variable(name) => {
                if !self.variables.contains(&name) {
                    self.next();
                    return self.malformed(format!("undefined variable {name:?}"));
                }
                Term::Variable(name, Vec::new())
            }
            TokenKind::Word(word) => match &*word {
                "true" | "false" => Term::Bool(&*word == "true"),
                "nil" => Term::Nil,
                _ if (self.is_function)(&word) => Term::Function(word),
                _ => {
                    self.next();
                    return self.malformed(format!("function {word:?} not defined"));
                }
            },
            TokenKind::LeftParen => {
                self.next();
                self.deeper()?;
                let pipe = self.pipeline("parenthesized pipeline", &TokenKind::RightParen)?;
                self.depth -= 1;
                return Ok(Some(Term::Pipe(Box::new(pipe))));
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(term))
    }
}
