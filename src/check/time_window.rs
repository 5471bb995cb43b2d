//! Maintenance time windows: `220000+0100` to `230000+0100`.

const MINUTE: i32 = 60;
const HOUR: i32 = 60 * MINUTE;
const DAY: i32 = 24 * HOUR;

/// The part of a day between two times, in seconds; over midnight when the end is not behind the beginning.
///
/// Upstream: pkg/apis/utils/timewindow/timewindow.go, Duration.
pub(super) fn length(begin: i32, end: i32) -> i32 {
    if end <= begin { end + DAY - begin } else { end - begin }
}

/// The seconds since midnight in UTC that a text such as `220000+0100` means.
///
/// Upstream: pkg/apis/utils/timewindow/timewindow.go, ParseMaintenanceTime; read as Go reads the layout `150405-0700`,
/// which takes a fraction of a second, and offsets of up to 24 hours and 60 minutes.
pub(super) fn seconds(text: &str) -> Option<i32> {
    let (hour, rest) = two_digits(text)?;
    let (minute, rest) = two_digits(rest)?;
    let (second, rest) = two_digits(rest)?;
    let (sign, rest) = without_fraction(rest).split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours_ahead, rest) = two_digits(rest)?;
    let (minutes_ahead, rest) = two_digits(rest)?;
    let in_range = hour < 24 && minute < 60 && second < 60 && hours_ahead <= 24 && minutes_ahead <= 60;
    let local = hour * HOUR + minute * MINUTE + second;
    let ahead = sign * (hours_ahead * HOUR + minutes_ahead * MINUTE);
    (in_range && rest.is_empty()).then(|| (local - ahead).rem_euclid(DAY))
}

fn two_digits(text: &str) -> Option<(i32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().map(|number| (number, rest))
}

fn without_fraction(text: &str) -> &str {
    let digits = text.strip_prefix(['.', ',']).unwrap_or_default();
    let rest = digits.trim_start_matches(|char: char| char.is_ascii_digit());
    if rest.len() < digits.len() { rest } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_mean_what_go_reads() {
        for (text, expected) in [
            ("220000+0000", Some(22 * HOUR)),
            ("220000+0100", Some(21 * HOUR)),
            ("003000+0100", Some(23 * HOUR + 30 * MINUTE)),
            ("235959-0001", Some(59)),
            ("000000+2460", Some(23 * HOUR)),
            ("220000.5+0000", Some(22 * HOUR)),
            ("220000,25+0000", Some(22 * HOUR)),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "22",
            "2200+0100",
            "220000",
            "220000Z",
            "240000+0000",
            "226000+0000",
            "220060+0000",
            "220000+2500",
            "220000+0061",
            "220000+01",
            "220000+01000",
            "220000 +0100",
            "220000.+0100",
            "2200é+01",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_window_may_span_midnight() {
        assert_eq!(length(23 * HOUR, HOUR), 2 * HOUR);
        assert_eq!(length(HOUR, 2 * HOUR), HOUR);
        assert_eq!(length(HOUR, HOUR), DAY);
    }
}
