//! The findings of the parser: what each fault of a text is called, and how to mend it.

use granit_parser::{ErrorKind, ScanError};

use super::tree::{Key, path_segment};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};

const TAB_INDENTATION: Code = Code::error("L101", "tab-indentation");
const TRUNCATED_YAML: Code = Code::error("L102", "truncated-yaml");
const INVALID_YAML: Code = Code::error("L103", "invalid-yaml");
const DUPLICATE_KEY: Code = Code::error("L104", "duplicate-key");
const AMBIGUOUS_SPELLING: Code = Code::error("L105", "ambiguous-spelling");
const ALIAS_BOMB: Code = Code::error("L106", "alias-bomb");
const NESTED_TOO_DEEP: Code = Code::error("L107", "nested-too-deep");
const KEY_NOT_A_STRING: Code = Code::error("L108", "key-not-a-string");
const UNKNOWN_TAG: Code = Code::error("L109", "unknown-tag");
const NOT_A_JSON_NUMBER: Code = Code::error("L110", "not-a-json-number");

fn tab_indentation(span: Span) -> Diagnostic {
    Diagnostic::new(TAB_INDENTATION, "a tab is used for indentation", span)
        .why("YAML forbids tabs in indentation: their width is not defined")
        .help("indent with spaces")
}

pub(super) fn nested_too_deep(limit: usize, span: Span) -> Diagnostic {
    let message = format!("nested deeper than {limit} levels");
    Diagnostic::new(NESTED_TOO_DEEP, message, span)
        .why("no Kubernetes object is nested this deep, and some readers crash on it")
        .help("check the indentation from here upwards")
}

pub(super) fn duplicate_key(key: &Key, first: Span) -> Diagnostic {
    let message = format!("the key `{}` is set twice", path_segment(&key.name));
    Diagnostic::new(DUPLICATE_KEY, message, key.span)
        .related(first, "first set here")
        .why("readers keep the last value or refuse the file; the other value is lost without a word")
        .help("remove one of the two")
}

pub(super) fn ambiguous_spelling(text: &str, truth: bool, span: Span) -> Diagnostic {
    let message = format!("`{text}` is a boolean to Gardener and a string to Flux");
    Diagnostic::new(AMBIGUOUS_SPELLING, message, span)
        .why("kubectl and Gardener read YAML 1.1, where it is a boolean; Flux reads YAML 1.2, where it is text")
        .help(format!(
            "write `{truth}` for the boolean, `\"{text}\"` for the text"
        ))
}

pub(super) fn alias_bomb(limit: usize, span: Span) -> Diagnostic {
    let message = format!("the aliases of this file expand to more than {limit} values");
    Diagnostic::new(ALIAS_BOMB, message, span)
        .why("a few lines of aliases of aliases can fill any memory")
        .help("write the values out, or generate the objects with `kind: ForEach`")
}

pub(super) fn alias_of_itself(span: Span) -> Diagnostic {
    let message = "an alias stands inside the value of its own anchor, or names the anchor of a key";
    Diagnostic::new(INVALID_YAML, message, span).help("write the value out instead of the alias")
}

pub(super) fn merge_of_no_mapping(what: &str, span: Span) -> Diagnostic {
    let message = format!("`<<` takes a mapping or a list of mappings, not {what}");
    Diagnostic::new(INVALID_YAML, message, span).help("let `<<` name the anchor of a mapping")
}

pub(super) fn key_not_a_string(message: String, span: Span) -> Diagnostic {
    Diagnostic::new(KEY_NOT_A_STRING, message, span)
        .why("a key of a Kubernetes object is a string")
        .help("quote the key")
}

pub(super) fn unknown_tag(span: Span) -> Diagnostic {
    Diagnostic::new(UNKNOWN_TAG, "a tag that Kubernetes does not know", span)
        .why("Kubernetes reads plain JSON values; a tag is dropped or refused")
        .help("remove the tag")
}

pub(super) fn not_a_json_number(text: &str, span: Span) -> Diagnostic {
    let message = format!("`{text}` is no number that JSON can carry");
    Diagnostic::new(NOT_A_JSON_NUMBER, message, span)
        .why("Kubernetes turns YAML into JSON, which has neither infinities nor not-a-number")
        .help("write a finite number, or quote it when a string is meant")
}

/// What a text that is no YAML is told.
pub(super) fn syntax_error(error: &ScanError, file: FileId, text: &str, nesting: usize) -> Diagnostic {
    let offset = error.marker().byte_offset().unwrap_or_default().min(text.len());
    let rest = text.get(offset..).unwrap_or_default();
    let end = offset + rest.chars().next().map_or(0, char::len_utf8);
    let span = Span::new(file, offset, end);
    let what = error.info();
    let what = what.trim_end_matches('.');
    match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => tab_indentation(span),
        ErrorKind::RecursionLimitExceeded => nested_too_deep(nesting, span),
        _ if indented_by_tab(text, offset) => tab_indentation(span),
        ErrorKind::UnclosedFlowCollection { open } => {
            truncated(format!("a `{open}` is opened and never closed"), span)
        }
        ErrorKind::UnclosedQuotedScalar => {
            truncated("a quote is opened and never closed".to_owned(), span)
        }
        _ if rest.trim().is_empty() => {
            truncated(format!("the file ends in the middle of a value: {what}"), span)
        }
        _ => Diagnostic::new(INVALID_YAML, format!("this is no YAML: {what}"), span)
            .why("no reader can tell what was meant, and nothing of the document is used")
            .help("check the indentation, the colon after each key and the quotes on this line and the one above"),
    }
}

fn truncated(message: String, span: Span) -> Diagnostic {
    Diagnostic::new(TRUNCATED_YAML, message, span)
        .why("a truncated file would silently lose what came after")
        .help("close the quote, bracket or brace, or restore the missing end of the file")
}

/// Whether the line of this offset has a tab in its indentation.
fn indented_by_tab(text: &str, offset: usize) -> bool {
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    line.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t')
}
