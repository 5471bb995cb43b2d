//! Text of a template -> tokens, as Go's text/template cuts it.
//!
//! upstream: Go, src/text/template/parse/lex.go

use std::rc::Rc;

use super::literal;

/// What white space is to the trim markers and between words.
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// A token and the line it begins on.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) line: usize,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// What stands outside of actions.
    Text(Rc<str>),
    Open,
    Close,
    /// A keyword or the name of a function.
    Word(Rc<str>),
    /// `.name`
    Field(Rc<str>),
    /// `$` or `$name`, with the `$`.
    Variable(Rc<str>),
    Dot,
    String(Rc<str>),
    Int(i64),
    Float(f64),
    Pipe,
    Comma,
    Assign,
    Declare,
    LeftParen,
    RightParen,
    End,
}

/// A text that is no template, and the line where that shows.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) what: String,
}

/// Cuts a whole text.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, Malformed> {
    let mut lexer = Lexer { text, at: 0, line: 1, tokens: Vec::new() };
    lexer.outside()?;
    lexer.push(TokenKind::End, false);
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes on by so many bytes and returns them.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = self.rest().get(..length).unwrap_or_default();
        self.at += taken.len();
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        taken
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        self.take(rest.find(|c| !belongs(c)).unwrap_or(rest.len()))
    }

    fn push(&mut self, kind: TokenKind, spaced: bool) {
        self.tokens.push(Token { kind, line: self.line, spaced });
    }

    fn malformed<T>(&self, what: impl Into<String>) -> Result<T, Malformed> {
        Err(Malformed { line: self.line, what: what.into() })
    }

    /// Texts and the actions between them.
    fn outside(&mut self) -> Result<(), Malformed> {
        let mut trim = false;
        loop {
            let rest = self.rest();
            let open = rest.find("{{");
            let mut text = self.take(open.unwrap_or(rest.len()));
            if trim {
                text = text.trim_start_matches(SPACES);
            }
            if open.is_some() && trims_left(self.rest().get(2..).unwrap_or_default()) {
                text = text.trim_end_matches(SPACES);
            }
            if !text.is_empty() {
                self.push(TokenKind::Text(text.into()), false);
            }
            if open.is_none() {
                return Ok(());
            }
            self.take(2);
            if trims_left(self.rest()) {
                self.take(1);
                let comment = self.rest().get(1..).is_some_and(|rest| rest.starts_with("/*"));
                self.take(usize::from(comment));
            }
            trim = if self.rest().starts_with("/*") { self.comment()? } else { self.inside()? };
        }
    }

    /// A comment up to the end of its action; whether that trims.
    fn comment(&mut self) -> Result<bool, Malformed> {
        let Some(length) = self.rest().get(2..).and_then(|rest| rest.find("*/")) else {
            return self.malformed("unclosed comment");
        };
        self.take(length + 4);
        match self.closing() {
            Some(trims) => Ok(trims),
            None => self.malformed("comment ends before closing delimiter"),
        }
    }

    /// Takes the end of an action if it is here, with its trim marker; whether it has one.
    fn closing(&mut self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with("}}") {
            self.take(2);
            return Some(false);
        }
        let marker = rest.strip_prefix(SPACES).is_some_and(|rest| rest.starts_with("-}}"));
        if marker {
            self.take(4);
        }
        marker.then_some(true)
    }

    /// The words of an action up to its end; whether that trims.
    fn inside(&mut self) -> Result<bool, Malformed> {
        self.push(TokenKind::Open, false);
        let mut parens = 0_usize;
        loop {
            let width = self.rest().len() - self.rest().trim_start_matches(SPACES).len();
            // The last of the spaces belongs to the trim marker, if one follows.
            self.take(width.saturating_sub(1));
            if !self.rest().get(1..).is_some_and(|rest| rest.starts_with("-}}")) {
                self.take_while(|c| SPACES.contains(&c));
            }
            let spaced = width > 0;
            if let Some(trims) = self.closing() {
                if parens > 0 {
                    return self.malformed("unclosed left paren");
                }
                self.push(TokenKind::Close, spaced);
                return Ok(trims);
            }
            let line = self.line;
            let kind = self.word(&mut parens)?;
            self.tokens.push(Token { kind, line, spaced });
        }
    }

    fn word(&mut self, parens: &mut usize) -> Result<TokenKind, Malformed> {
        let Some(first) = self.peek() else {
            return self.malformed("unclosed action");
        };
        let next = self.rest().chars().nth(1);
        let kind = match first {
            '=' => TokenKind::Assign,
            '|' => TokenKind::Pipe,
            ',' => TokenKind::Comma,
            '(' => {
                *parens += 1;
                TokenKind::LeftParen
            }
            ')' => {
                let Some(left) = parens.checked_sub(1) else {
                    return self.malformed("unexpected right paren");
                };
                *parens = left;
                TokenKind::RightParen
            }
            ':' if next == Some('=') => {
                self.take(1);
                TokenKind::Declare
            }
            ':' => return self.malformed("expected :="),
            '"' | '`' | '\'' => return self.quoted(first),
            '$' => return self.named(TokenKind::Variable),
            '.' if !next.is_some_and(|c| c.is_ascii_digit()) => return self.named(TokenKind::Field),
            '.' | '+' | '-' | '0'..='9' => return self.number(),
            _ if is_alphanumeric(first) => {
                let word = self.take_while(is_alphanumeric);
                self.terminated()?;
                return Ok(TokenKind::Word(word.into()));
            }
            _ => return self.malformed(format!("unrecognized character in action: {first:?}")),
        };
        self.take(first.len_utf8());
        Ok(kind)
    }

    /// `.name` or `$name`; a field is named without its dot.
    fn named(&mut self, kind: fn(Rc<str>) -> TokenKind) -> Result<TokenKind, Malformed> {
        let sigil = self.take(1);
        let name = self.take_while(is_alphanumeric);
        self.terminated()?;
        Ok(match (sigil, name) {
            (".", "") => TokenKind::Dot,
            (".", _) => kind(name.into()),
            _ => kind(format!("{sigil}{name}").into()),
        })
    }

    /// Makes sure that a name ends where it may.
    fn terminated(&self) -> Result<(), Malformed> {
        let rest = self.rest();
        let ends = rest.starts_with("}}")
            || self
                .peek()
                .is_none_or(|c| SPACES.contains(&c) || matches!(c, '.' | ',' | '|' | ':' | ')' | '('));
        if ends {
            Ok(())
        } else {
            self.malformed(format!("bad character {:?}", self.peek().unwrap_or_default()))
        }
    }

    fn quoted(&mut self, quote: char) -> Result<TokenKind, Malformed> {
        let body = self.rest().get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = body.char_indices().find(|(_, c)| {
            let closes = !escaped && (*c == quote || *c == '\n' && quote != '`');
            escaped = !escaped && *c == '\\' && quote != '`';
            closes
        });
        let Some((length, _)) = end.filter(|(_, c)| *c == quote) else {
            return self.malformed("unterminated quoted string");
        };
        let body = body.get(..length).unwrap_or_default();
        let Some(text) = (if quote == '`' { Some(body.replace('\r', "")) } else { literal::unescape(body) })
        else {
            return self.malformed(format!("{quote}{body}{quote}: invalid syntax"));
        };
        let kind = match (quote, text.chars().next()) {
            ('\'', Some(c)) if c.len_utf8() == text.len() => TokenKind::Int(i64::from(u32::from(c))),
            ('\'', _) => return self.malformed("malformed character constant"),
            _ => TokenKind::String(text.into()),
        };
        self.take(length + 2);
        Ok(kind)
    }

    fn number(&mut self) -> Result<TokenKind, Malformed> {
        let rest = self.rest();
        let is_hex = rest.trim_start_matches(['+', '-']).starts_with(['0']) && rest.contains(['x', 'X']);
        let mut previous = ' ';
        let length = rest.find(|c: char| {
            let exponent = if is_hex { matches!(previous, 'p' | 'P') } else { matches!(previous, 'e' | 'E') };
            let sign = matches!(c, '+' | '-') && (previous == ' ' || exponent);
            previous = c;
            !(sign || c == '.' || is_alphanumeric(c))
        });
        let word = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        let kind = match (literal::integer(word), literal::float(word)) {
            (Some(number), _) => TokenKind::Int(number),
            (None, Some(number)) => TokenKind::Float(number),
            _ => return self.malformed(format!("bad number syntax: {word:?}")),
        };
        self.take(word.len());
        Ok(kind)
    }
}

/// Whether the text after `{{` begins with a trim marker.
fn trims_left(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACES))
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
