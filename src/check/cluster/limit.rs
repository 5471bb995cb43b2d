//! Numbers and durations within their limits.

use super::{CONFIGURING, Owner, Part, dotted, parts, values};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::duration::Duration;
use crate::landscape::Object;
use crate::syntax::{Node, Value};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L510", "number-out-of-range"),
        upstream: &[
            "SH-APISRV",
            "SH-CA",
            "SH-WK-CA",
            "SH-VPA",
            "SH-KSCHED",
            "SH-KCM",
            "SH-KUBELET",
            "SH-WCS",
            "GA-KAS",
        ],
        judge: Judge::Kinds(CONFIGURING, numbers),
    },
    Rule {
        code: Code::error("L511", "duration-out-of-range"),
        upstream: &["SH-APISRV", "SH-CA", "SH-WK-CA", "SH-VPA", "SH-KCM", "SH-KUBELET", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, periods),
    },
];

/// A field that holds a number.
pub(super) struct Number {
    path: &'static [&'static str],
    range: Range,
    /// Whether it has more than 32 bits; of what has less, the schema refuses numbers beyond them.
    wide: bool,
}

/// The numbers a field may hold.
#[derive(Clone, Copy)]
enum Range {
    AtLeast(i64),
    Between(i64, i64),
    /// From 0 to 1.
    Share,
    /// From 0 to below 1.
    Fraction,
    /// Above 0.
    Positive,
    /// Digits in a text.
    TextAtLeast(i64),
}

impl Number {
    const fn new(path: &'static [&'static str], range: Range) -> Self {
        Self { path, range, wide: false }
    }

    pub(super) const fn at_least(path: &'static [&'static str], least: i64) -> Self {
        Self::new(path, Range::AtLeast(least))
    }

    pub(super) const fn wide_at_least(path: &'static [&'static str], least: i64) -> Self {
        Self { path, range: Range::AtLeast(least), wide: true }
    }

    pub(super) const fn text_at_least(path: &'static [&'static str], least: i64) -> Self {
        Self::new(path, Range::TextAtLeast(least))
    }

    pub(super) const fn between(path: &'static [&'static str], least: i64, most: i64) -> Self {
        Self::new(path, Range::Between(least, most))
    }

    pub(super) const fn share(path: &'static [&'static str]) -> Self {
        Self::new(path, Range::Share)
    }

    pub(super) const fn fraction(path: &'static [&'static str]) -> Self {
        Self::new(path, Range::Fraction)
    }

    pub(super) const fn above_zero(path: &'static [&'static str]) -> Self {
        Self::new(path, Range::Positive)
    }

    /// Whether the field may hold a value; what is no number is not its business.
    fn takes(&self, node: &Node) -> bool {
        let beyond_all =
            matches!(&node.value, Value::Number(number) if number.as_u64() > i64::MAX.try_into().ok());
        if self.wide && beyond_all {
            return false;
        }
        let integer = node.as_i64().filter(|number| self.wide || i32::try_from(*number).is_ok());
        let real = match &node.value {
            Value::Number(number) => number.as_f64(),
            _ => None,
        };
        match self.range {
            Range::AtLeast(least) => integer.is_none_or(|number| number >= least),
            Range::Between(least, most) => integer.is_none_or(|number| (least..=most).contains(&number)),
            Range::Share => real.is_none_or(|number| (0.0..=1.0).contains(&number)),
            Range::Fraction => real.is_none_or(|number| (0.0..1.0).contains(&number)),
            Range::Positive => real.is_none_or(|number| number > 0.0),
            Range::TextAtLeast(least) => {
                node.as_str().is_none_or(|text| text.parse::<i64>().is_ok_and(|number| number >= least))
            }
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(least) => write!(formatter, "{least} or more"),
            Self::Between(least, most) => write!(formatter, "{least} to {most}"),
            Self::Share => formatter.write_str("0 to 1"),
            Self::Fraction => formatter.write_str("0 to less than 1"),
            Self::Positive => formatter.write_str("more than 0"),
            Self::TextAtLeast(least) => write!(formatter, "a whole number in quotes, {least} or more"),
        }
    }
}

/// Whether a version or the lack of workers already says all about a field.
fn is_moot(part: Part<'_>, path: &[&str]) -> bool {
    let needs_workers = path.first().is_some_and(|field| part.needs_workers(field));
    part.lacks(path) || part.workerless && needs_workers
}

/// Upstream: pkg/api/core/validation/shoot.go, everywhere that a number is checked.
fn numbers(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for number in part.component.numbers {
            values(part.node, number.path, &mut |node| {
                if number.takes(node) || is_moot(part, number.path) {
                    return;
                }
                let (field, written) = (dotted(number.path), written(node));
                part.at(findings, node, format!("`{field}` of {} is {written}", part.component.name))
                    .why("Gardener refuses a number that the component could not work with")
                    .help(format!("allowed: {}", number.range));
            });
        }
    });
}

/// A value as it is written.
fn written(node: &Node) -> String {
    match &node.value {
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => format!("`{number}`"),
        _ => node.type_name().to_owned(),
    }
}

/// A field that holds a duration.
pub(super) struct Period {
    path: &'static [&'static str],
    span: Span,
}

/// The durations a field may hold.
#[derive(Clone, Copy)]
enum Span {
    NotNegative,
    /// Not negative, and parts of a second do not count.
    WholeSeconds,
    AboveZero,
    AtLeast(Duration),
    Between(Duration, Duration),
    /// None at all, or between two limits.
    ZeroOrBetween(Duration, Duration),
}

impl Period {
    pub(super) const fn not_negative(path: &'static [&'static str]) -> Self {
        Self { path, span: Span::NotNegative }
    }

    pub(super) const fn whole_seconds(path: &'static [&'static str]) -> Self {
        Self { path, span: Span::WholeSeconds }
    }

    pub(super) const fn above_zero(path: &'static [&'static str]) -> Self {
        Self { path, span: Span::AboveZero }
    }

    pub(super) const fn at_least(path: &'static [&'static str], least: Duration) -> Self {
        Self { path, span: Span::AtLeast(least) }
    }

    pub(super) const fn between(path: &'static [&'static str], least: Duration, most: Duration) -> Self {
        Self { path, span: Span::Between(least, most) }
    }

    pub(super) const fn zero_or_between(
        path: &'static [&'static str],
        least: Duration,
        most: Duration,
    ) -> Self {
        Self { path, span: Span::ZeroOrBetween(least, most) }
    }
}

impl Span {
    fn contains(self, duration: Duration) -> bool {
        match self {
            Self::NotNegative => duration >= Duration::ZERO,
            Self::WholeSeconds => duration > Duration::seconds(-1),
            Self::AboveZero => duration > Duration::ZERO,
            Self::AtLeast(least) => duration >= least,
            Self::Between(least, most) => (least..=most).contains(&duration),
            Self::ZeroOrBetween(least, most) => {
                duration == Duration::ZERO || (least..=most).contains(&duration)
            }
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotNegative | Self::WholeSeconds => formatter.write_str("`0s` or more"),
            Self::AboveZero => formatter.write_str("more than `0s`"),
            Self::AtLeast(least) => write!(formatter, "`{}` or more", spoken(*least)),
            Self::Between(least, most) => write!(formatter, "`{}` to `{}`", spoken(*least), spoken(*most)),
            Self::ZeroOrBetween(least, most) => {
                write!(formatter, "`0s` for no limit, or `{}` to `{}`", spoken(*least), spoken(*most))
            }
        }
    }
}

/// A limit in its largest whole unit.
fn spoken(duration: Duration) -> String {
    let seconds = duration.nanoseconds() / Duration::seconds(1).nanoseconds();
    match seconds {
        whole if whole != 0 && whole % 3600 == 0 => format!("{}h", whole / 3600),
        whole if whole != 0 && whole % 60 == 0 => format!("{}m", whole / 60),
        whole => format!("{whole}s"),
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidatePositiveDuration, and everywhere else that a duration is checked.
fn periods(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for period in part.component.periods {
            values(part.node, period.path, &mut |node| {
                let Some(text) = node.as_str().filter(|_| !is_moot(part, period.path)) else {
                    return;
                };
                let message = match text.parse::<Duration>() {
                    Ok(duration) if period.span.contains(duration) => return,
                    Ok(_) => format!("`{}` of {} is `{text}`", dotted(period.path), part.component.name),
                    // The schema of a Garden tells of these too, but not of what is too long to be read.
                    Err(_) if part.owner == Owner::Garden => format!("`{text}` is no duration"),
                    Err(_) => return,
                };
                part.at(findings, node, message)
                    .why("Gardener refuses a duration that the component could not work with")
                    .help(format!("allowed: {}", period.span));
            });
        }
    });
}
