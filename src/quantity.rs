//! Quantities as Kubernetes writes them: `50Gi`, `100m`, `1.5T`, `2e3`.
//!
//! Compared as whole numbers of billionths, the precision Kubernetes keeps; no float ever rounds a limit away.

use std::str::FromStr;

/// An amount, exact to the billionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nanos: i128,
}

impl Quantity {
    /// One of whatever is counted.
    pub const ONE: Self = Self { nanos: 1_000_000_000 };

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos) }
    }

    /// So many times as much; nothing of a negative number.
    #[must_use]
    pub fn times(self, number: i64) -> Self {
        Self { nanos: self.nanos.saturating_mul(number.max(0).into()) }
    }
}

/// In whole numbers of the largest unit that leaves no rest.
impl std::fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const ONE: i128 = 1_000_000_000;
        const UNITS: [(i128, &str); 6] = [
            (ONE << 40, "Ti"),
            (ONE << 30, "Gi"),
            (ONE << 20, "Mi"),
            (ONE, ""),
            (ONE / 1_000, "m"),
            (1, "n"),
        ];
        let fits = |(unit, _): &&(i128, &str)| self.nanos % unit == 0;
        let (unit, name) = UNITS.iter().find(fits).filter(|_| self.nanos != 0).unwrap_or(&(ONE, ""));
        write!(formatter, "{}{name}", self.nanos / unit)
    }
}

/// A text that is no quantity, or has more digits than any quantity needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoQuantity;

/// Whatever is larger counts as this; it is a hundred billion times what an `Ei` holds.
const LARGEST: u128 = i128::MAX.unsigned_abs();

impl Quantity {
    /// Whether it is below nothing.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }

    /// Whether it is a whole number.
    pub fn is_whole(self) -> bool {
        self.nanos.rem_euclid(1_000_000_000) == 0
    }

    /// The smallest whole number that is not below it.
    pub fn ceiling(self) -> i128 {
        self.nanos.div_euclid(1_000_000_000) + i128::from(self.nanos.rem_euclid(1_000_000_000) != 0)
    }
}

/// Upstream: k8s.io/apimachinery/pkg/api/resource, ParseQuantity.
impl FromStr for Quantity {
    type Err = NoQuantity;

    fn from_str(text: &str) -> Result<Self, NoQuantity> {
        parse(text).ok_or(NoQuantity)
    }
}

fn parse(text: &str) -> Option<Quantity> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = unsigned.find(|char: char| !char.is_ascii_digit() && char != '.');
    let (number, suffix) = unsigned.split_at(end.unwrap_or(unsigned.len()));
    let (twos, tens) = powers(suffix)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || whole.len() + fraction.len() == 0 {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("0{whole}{fraction}").parse::<u128>().ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    let nanos = scale(digits, twos, tens.checked_sub(places)?.checked_add(9)?)?.min(LARGEST);
    let nanos = i128::try_from(nanos).ok()?;
    Some(Quantity { nanos: if negative { -nanos } else { nanos } })
}

/// The powers of two and of ten that a suffix stands for.
fn powers(suffix: &str) -> Option<(u32, i64)> {
    Some(match suffix {
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "" => (0, 0),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        "Ki" => (10, 0),
        "Mi" => (20, 0),
        "Gi" => (30, 0),
        "Ti" => (40, 0),
        "Pi" => (50, 0),
        "Ei" => (60, 0),
        exponent => (0, exponent.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

/// `digits · 2^twos · 10^tens`, rounded up as Kubernetes does.
fn scale(digits: u128, twos: u32, tens: i64) -> Option<u128> {
    if digits == 0 {
        return Some(0);
    }
    if let Ok(tens) = u32::try_from(tens) {
        let scaled = 10_u128
            .checked_pow(tens)
            .and_then(|factor| digits.checked_mul(factor))
            .and_then(|scaled| scaled.checked_mul(1 << twos));
        return Some(scaled.unwrap_or(LARGEST));
    }
    if tens >= 0 {
        return Some(LARGEST);
    }
    let fives = u32::try_from(tens.unsigned_abs()).unwrap_or(u32::MAX);
    let numerator = digits.checked_mul(1 << twos.saturating_sub(fives))?;
    let divisor = 5_u128.checked_pow(fives).and_then(|divisor| {
        let halves = fives.saturating_sub(twos);
        divisor.checked_mul(2_u128.checked_pow(halves)?)
    });
    // A divisor beyond 128 bits leaves less than one billionth, which counts as one.
    Some(divisor.map_or(1, |divisor| numerator.div_ceil(divisor)))
}

/// Sums of whole things, such as shoots.
impl Quantity {
    /// What is left when another amount is taken away.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_sub(other.nanos) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().expect("a quantity")
    }

    #[test]
    fn equal_amounts_are_equal_in_any_spelling() {
        for (one, other) in [
            ("1Gi", "1024Mi"),
            ("1G", "1000M"),
            ("1.5Ti", "1536Gi"),
            ("0.5", "500m"),
            ("2e3", "2k"),
            ("2E3", "2k"),
            ("12E", "12e18"),
            ("1E", "1000P"),
            ("+7", "7.000"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e-3", "1m"),
            ("1e+2", "100"),
            ("0.1Ki", "102.4"),
            ("-1Ki", "-1024"),
        ] {
            assert_eq!(quantity(one), quantity(other), "{one} = {other}");
        }
    }

    #[test]
    fn order_survives_where_floats_would_round() {
        let rising = [
            "-1",
            "0",
            "1n",
            "1u",
            "1m",
            "1",
            "1k",
            "1Ki",
            "1G",
            "1Gi",
            "9007199254740992",
            "9007199254740993",
            "7Ei",
        ];
        for pair in rising.windows(2) {
            if let [one, other] = pair {
                assert!(quantity(one) < quantity(other), "{one} < {other}");
            }
        }
    }

    #[test]
    fn fractions_of_a_billionth_round_up_and_giants_are_all_alike() {
        assert_eq!(quantity("0.0000000001"), quantity("1n"));
        assert_eq!(quantity("1e-70"), quantity("1n"));
        assert_eq!(quantity("1.0000000001"), quantity("1000000001n"));
        assert!(quantity("100Ei") > quantity("99Ei"));
        assert_eq!(quantity("1e9999"), quantity("1e30"));
        assert!(quantity("1e9999") > quantity("100Ei"));
    }

    #[test]
    fn sums_are_exact_and_shown_in_the_largest_whole_unit() {
        assert_eq!(quantity("500m").times(3).plus(quantity("1")), quantity("2.5"));
        assert_eq!(quantity("1Gi").times(-1), Quantity::default());
        let shown =
            ["0", "3", "1500m", "2048Gi", "1Gi", "1536Mi", "1n"].map(|text| quantity(text).to_string());
        assert_eq!(shown, ["0", "3", "1500m", "2Ti", "1Gi", "1536Mi", "1n"]);
    }

    #[test]
    fn what_is_left_counts_in_whole_numbers_rounded_up() {
        let left = |one, other| quantity(one).less(quantity(other)).ceiling();
        assert_eq!(
            [left("200", "10"), left("2", "500m"), left("1", "3"), left("0", "500m")],
            [190, 2, -2, 0]
        );
    }

    #[test]
    fn other_texts_are_no_quantities() {
        for text in ["", ".", "Gi", "5 Gi", "5gi", "5K", "5e", "1.2.3", "--1", "0x10", "5GiB", "1e2e3"] {
            assert_eq!(text.parse::<Quantity>(), Err(NoQuantity), "{text}");
        }
    }
}
