//! Schedules as cron writes them, read as upstream's library reads them.

use std::ops::RangeInclusive;

use crate::duration::Duration;

/// Minutes, hours, days of a month, months and days of a week, each with the names of its numbers.
const FIELDS: [(RangeInclusive<u64>, &[&str]); 5] = [
    (0..=59, &[]),
    (0..=23, &[]),
    (1..=31, &[]),
    (1..=12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    (0..=6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

const NAMED: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// Whether a text is a schedule.
///
/// Upstream: github.com/robfig/cron v1.2, ParseStandard.
pub(super) fn is_schedule(text: &str) -> bool {
    if text.starts_with('@') {
        let every = text.strip_prefix("@every ").is_some_and(|rest| rest.parse::<Duration>().is_ok());
        return every || NAMED.contains(&text);
    }
    let mut fields = text.split_whitespace();
    let fits = FIELDS.iter().all(|field| fields.next().is_some_and(|text| is_field(text, field)));
    fits && fields.next().is_none()
}

/// Whether a text is a list of ranges; what is empty in it does not count.
fn is_field(text: &str, field: &(RangeInclusive<u64>, &[&str])) -> bool {
    text.split(',').filter(|range| !range.is_empty()).all(|range| is_range(range, field).is_some())
}

/// Reads `*`, `1`, `1-5`, and each of them with `/2` behind it.
fn is_range(text: &str, (bounds, names): &(RangeInclusive<u64>, &[&str])) -> Option<()> {
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (text, None),
    };
    let number = |text: &str| {
        let name = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        name.map_or_else(|| integer(text), |name| u64::try_from(name).ok().map(|name| name + bounds.start()))
    };
    let mut ends = range.split('-');
    let first = ends.next().unwrap_or_default();
    let (start, end) = if matches!(first, "*" | "?") {
        (*bounds.start(), *bounds.end())
    } else {
        let start = number(first)?;
        match (ends.next(), ends.next()) {
            (None, _) if step.is_some() => (start, *bounds.end()),
            (None, _) => (start, start),
            (Some(end), None) => (start, number(end)?),
            (Some(_), Some(_)) => return None,
        }
    };
    let steps = step.map_or(Some(1), integer)? > 0;
    (bounds.contains(&start) && bounds.contains(&end) && start <= end && steps).then_some(())
}

/// Upstream: Go, strconv.Atoi, of which only what is not negative counts.
fn integer(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse::<i64>().ok()).flatten()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read_as_upstream_reads_them() {
        for text in [
            "0 20 * * 1-5",
            "  0  20 * *  ? ",
            "*/5 0-23/2 1,15 JAN-dec Mon",
            "5/15 * * * *",
            "+5 * * * *",
            "00 * * * *",
            ", * * * *",
            "*-5 * * * *",
            "@daily",
            "@every 1h30m",
        ] {
            assert!(is_schedule(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_schedules() {
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "1-2-3 * * * *",
            "*/0 * * * *",
            "*/2/3 * * * *",
            "-5 * * * *",
            "a * * * *",
            "jan * * * *",
            "@Daily",
            "@reboot",
            "@every",
            "@every day",
        ] {
            assert!(!is_schedule(text), "{text}");
        }
    }
}
