//! Durations as Go writes them: `1h30m`, `1.5s`, `0`.

/// A duration in nanoseconds, as Go keeps it; it may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(i64);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000_000)
    }

    /// So many minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// So many hours.
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }

    /// Its length in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }
}

/// The text is no duration, or one beyond 292 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDuration;

/// Upstream: Go, time.ParseDuration.
impl std::str::FromStr for Duration {
    type Err = NoDuration;

    fn from_str(text: &str) -> Result<Self, NoDuration> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        if unsigned == "0" {
            return Ok(Self::ZERO);
        }
        let mut rest = unsigned;
        let mut nanoseconds = 0_i128;
        loop {
            let (part, behind) = leading(rest).ok_or(NoDuration)?;
            nanoseconds = nanoseconds.checked_add(part).ok_or(NoDuration)?;
            if behind.is_empty() {
                break;
            }
            rest = behind;
        }
        i64::try_from(nanoseconds * sign).map(Self).map_err(|_| NoDuration)
    }
}

/// The nanoseconds of the first number and unit, and what follows them.
fn leading(text: &str) -> Option<(i128, &str)> {
    let unit_start = text.find(|char: char| !char.is_ascii_digit() && char != '.')?;
    let (number, behind) = text.split_at_checked(unit_start)?;
    let unit_end = behind.find(|char: char| char.is_ascii_digit() || char == '.').unwrap_or(behind.len());
    let (unit, behind) = behind.split_at_checked(unit_end)?;
    let unit = nanoseconds_of(unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || whole.len() + fraction.len() == 0 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Beyond nanoseconds of hours a digit no longer counts.
    let fraction = fraction.get(..fraction.len().min(18))?;
    let digits: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    Some((whole.checked_mul(unit)?.checked_add(digits * unit / scale)?, behind))
}

fn nanoseconds_of(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_mean_what_go_reads() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("-0", 0),
            ("1s", 1_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("-2ms", -2_000_000),
            ("+3us", 3_000),
            ("1m1m", 120_000_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Duration(nanoseconds)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_durations() {
        for text in ["", "1", "s", ".s", "1d", "1 s", "--1s", "1.1.1s", "3000000h", "1h-1m"] {
            assert_eq!(text.parse::<Duration>(), Err(NoDuration), "{text}");
        }
    }
}
