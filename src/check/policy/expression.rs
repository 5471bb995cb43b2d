//! Expressions of CEL, as far as one need not evaluate them: their words, closed strings and matching brackets.
//!
//! What an expression means, and whether its types fit, only an API server tells.

/// A word of an expression: a name, a number, or a sign.
pub(super) type Token<'a> = &'a str;

/// The words of an expression without its strings and comments.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut open: Vec<char> = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => string(rest, is_raw(tokens.last().copied(), expression, rest))
                .ok_or_else(|| format!("a string begins with `{first}` and does not end"))?,
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if is_word(first) => rest.find(|char| !is_word(char)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, behind) = rest.split_at(length);
        match first {
            '(' | '[' | '{' => open.push(first),
            ')' | ']' | '}' if open.pop() != Some(opening(first)) => {
                return Err(format!("`{first}` closes nothing"));
            }
            _ => {}
        }
        if !first.is_whitespace() && !token.starts_with("//") {
            tokens.push(token);
        }
        rest = behind;
    }
    match open.pop() {
        Some(open) => Err(format!("`{open}` is not closed")),
        None => Ok(tokens),
    }
}

fn opening(closing: char) -> char {
    match closing {
        ')' => '(',
        ']' => '[',
        _ => '{',
    }
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

/// Whether the string that begins here takes a backslash as it is: its prefix stands right before it.
fn is_raw(before: Option<Token<'_>>, expression: &str, rest: &str) -> bool {
    let prefix = before.filter(|word| word.len() <= 2 && word.chars().all(|char| "rRbB".contains(char)));
    let touches = expression.strip_suffix(rest).zip(prefix).is_some_and(|(read, word)| read.ends_with(word));
    touches && prefix.is_some_and(|word| word.contains(['r', 'R']))
}

/// The length of the string that a text begins with; nothing when it does not end.
fn string(text: &str, raw: bool) -> Option<usize> {
    let quote = text.get(..1)?;
    let threefold = quote.repeat(3);
    let (quotes, multiline) =
        if text.starts_with(&threefold) { (threefold.as_str(), true) } else { (quote, false) };
    let mut at = quotes.len();
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with(quotes) {
            return Some(at + quotes.len());
        }
        let mut characters = rest.chars();
        match characters.next()? {
            '\\' if !raw => at += 1 + characters.next()?.len_utf8(),
            '\n' | '\r' if !multiline => return None,
            char => at += char.len_utf8(),
        }
    }
}

/// Whether an expression reads a claim of the token.
///
/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, hasSelectExp.
pub(super) fn reads_claim(tokens: &[Token<'_>], claim: &str) -> bool {
    let selects = |window: &[Token<'_>], before: Option<&Token<'_>>| match window {
        ["claims", ".", "?", field, ..] | ["claims", ".", field, ..] => {
            *field == claim && before.is_none_or(|before| *before != ".")
        }
        _ => false,
    };
    (0..tokens.len()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        tokens.get(at..).is_some_and(|window| selects(window, before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_brackets_must_be_closed() {
        for fine in
            ["a.b['c'] == \"d\\\"\"", "r'\\' + '''it's'''", "{'a': [1, 2]} // (", "has(claims.?email)"]
        {
            assert!(tokens(fine).is_ok(), "{fine}");
        }
        for broken in ["a(", "a)", "[(])", "'a", "\"a\n\"", "'\\'"] {
            assert!(tokens(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_claim_is_read_by_its_name_alone() {
        let reads = |text| reads_claim(&tokens(text).expect("fine"), "email");
        assert!(reads("claims.email") && reads("claims . ?email.orValue('')") && reads("'a' + claims.email"));
        assert!(!reads("claims.email_verified") && !reads("'claims.email'") && !reads("user.claims.email"));
    }
}
