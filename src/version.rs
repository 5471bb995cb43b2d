//! Versions and version constraints as Gardener reads them.
//!
//! Gardener reads versions leniently, like its library: `v1.34` is `1.34.0`. Constraints follow that library's grammar,
//! which differs from Cargo's: a bare version means exactly that version, and alternatives are separated by `||`.

pub use semver::Version;
use semver::{BuildMetadata, Prerelease};

/// Reads a version; missing parts count as zero, build metadata is dropped.
///
/// Upstream: github.com/Masterminds/semver/v3, NewVersion.
pub fn parse(text: &str) -> Option<Version> {
    let short = text.len() <= VERSION_LIMIT;
    Partial::parse(text).filter(|partial| short && !partial.wildcard).map(|partial| partial.lowest())
}

/// The longest text that is read as a version.
const VERSION_LIMIT: usize = 256;
/// The longest text that is read as a constraint.
const CONSTRAINT_LIMIT: usize = 512;
/// The largest number of alternatives in a constraint.
const ALTERNATIVES_LIMIT: usize = 32;

/// How many minor versions `one` is ahead of `other`; nothing when their major versions differ.
pub fn minors_ahead(one: &Version, other: &Version) -> Option<i64> {
    let minor = |version: &Version| i64::try_from(version.minor).ok();
    (one.major == other.major).then(|| minor(one)?.checked_sub(minor(other)?)).flatten()
}

/// The beginning of a version: `1`, `1.34` or nothing at all, which Gardener's API server completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    major: Option<u64>,
    minor: Option<u64>,
}

impl Prefix {
    /// Reads a prefix; nothing for a whole version and for anything else.
    ///
    /// Upstream: plugin/pkg/shoot/mutator/admission.go, defaultKubernetesVersion.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self { major: None, minor: None });
        }
        let (major, minor) = match text.split_once('.') {
            Some((major, minor)) => (major, Some(minor).filter(|minor| !minor.is_empty())),
            None => (text, None),
        };
        Some(Self {
            major: Some(number(major)?),
            minor: minor.map(number).map_or(Some(None), |minor| minor.map(Some))?,
        })
    }

    /// Whether a version begins like this.
    pub fn begins(self, version: &Version) -> bool {
        self.major.is_none_or(|major| major == version.major)
            && self.minor.is_none_or(|minor| minor == version.minor)
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A version whose last parts may be missing or `x`.
#[derive(Clone, Debug)]
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    pre: Prerelease,
    wildcard: bool,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let (numbers, pre) = match text.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (text, None),
        };
        if [pre, build].into_iter().flatten().any(str::is_empty) {
            return None;
        }
        BuildMetadata::new(build.unwrap_or_default()).ok()?;
        let mut parts = numbers.split('.').map(part);
        let major = parts.next()??;
        let mut rest = || parts.next().unwrap_or(Some(None));
        let (minor, patch) = (rest()?, rest()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            major,
            minor: minor.filter(|_| major.is_some()),
            patch: patch.filter(|_| minor.is_some()),
            pre: Prerelease::new(pre.unwrap_or_default()).ok()?,
            wildcard: numbers.contains(['x', 'X', '*']),
        })
    }

    fn lowest(&self) -> Version {
        let part = |part: Option<u64>| part.unwrap_or_default();
        Version {
            major: part(self.major),
            minor: part(self.minor),
            patch: part(self.patch),
            pre: self.pre.clone(),
            build: BuildMetadata::EMPTY,
        }
    }
}

/// A part of a version; the inner nothing is a wildcard.
#[expect(clippy::option_option, reason = "an unreadable part and a wildcard are different things")]
fn part(text: &str) -> Option<Option<u64>> {
    if matches!(text, "x" | "X" | "*") { Some(None) } else { number(text).map(Some) }
}

/// A version constraint: `>= 1.32, < 1.35 || ~1.36.1`.
#[derive(Clone, Debug)]
pub struct Constraint {
    alternatives: Vec<Vec<Interval>>,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// Upstream: github.com/Masterminds/semver/v3, NewConstraint.
    pub fn parse(text: &str) -> Option<Self> {
        let alternatives: Vec<_> = text.split("||").map(alternative).collect::<Option<_>>()?;
        let short = text.len() <= CONSTRAINT_LIMIT && alternatives.len() <= ALTERNATIVES_LIMIT;
        short.then_some(Self { alternatives })
    }

    /// Whether a version satisfies it. A pre-release satisfies only what speaks of pre-releases.
    pub fn matches(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|intervals| {
            let speaks = version.pre.is_empty() || intervals.iter().any(|interval| interval.names_prerelease);
            speaks && intervals.iter().all(|interval| interval.matches(version))
        })
    }
}

/// All versions from one up to, not including, another; or all others.
#[derive(Clone, Debug)]
struct Interval {
    from: Version,
    to: Option<Version>,
    outside: bool,
    names_prerelease: bool,
}

impl Interval {
    fn matches(&self, version: &Version) -> bool {
        let inside = *version >= self.from && self.to.as_ref().is_none_or(|to| version < to);
        inside != self.outside
    }
}

/// Comparisons that must all hold, separated by commas or blanks; `1.2 - 1.4` includes both ends.
fn alternative(text: &str) -> Option<Vec<Interval>> {
    let mut intervals = Vec::new();
    for part in text.split(',') {
        let before = intervals.len();
        let mut words = part.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let digits = word.find(|char: char| !"=!<>~^".contains(char)).unwrap_or(word.len());
            let (operator, version) = word.split_at(digits);
            let version = if version.is_empty() { words.next()? } else { version };
            if operator.is_empty() && words.next_if_eq(&"-").is_some() {
                intervals.push(interval(">=", version)?);
                intervals.push(interval("<=", words.next()?)?);
            } else {
                intervals.push(interval(operator, version)?);
            }
        }
        if intervals.len() == before {
            return None;
        }
    }
    Some(intervals)
}

fn interval(operator: &str, version: &str) -> Option<Interval> {
    let partial = Partial::parse(version)?;
    let lowest = partial.lowest();
    let least = first(0, 0, 0);
    let anything = (least.clone(), None);
    let (from, to) = match operator {
        _ if partial.major.is_none() => anything,
        "" | "=" | "!=" => (lowest, Some(after(&partial))),
        ">" => (after(&partial), None),
        ">=" | "=>" => (lowest, None),
        "<" => (least, Some(lowest)),
        "<=" | "=<" => (least, Some(after(&partial))),
        "~" | "~>" => {
            let end = match partial.minor {
                Some(minor) => first(lowest.major, minor.saturating_add(1), 0),
                None => first(lowest.major.saturating_add(1), 0, 0),
            };
            (lowest, Some(end))
        }
        "^" => {
            let end = caret_end(&partial, &lowest);
            (lowest, Some(end))
        }
        _ => return None,
    };
    Some(Interval { from, to, outside: operator == "!=", names_prerelease: !partial.pre.is_empty() })
}

/// The first version that differs in the leftmost part that is not zero.
fn caret_end(partial: &Partial, lowest: &Version) -> Version {
    if lowest.major > 0 || partial.minor.is_none() {
        first(lowest.major.saturating_add(1), 0, 0)
    } else if lowest.minor > 0 || partial.patch.is_none() {
        first(0, lowest.minor.saturating_add(1), 0)
    } else {
        first(0, 0, lowest.patch.saturating_add(1))
    }
}

/// The lowest version above everything that a partial version covers.
fn after(partial: &Partial) -> Version {
    let lowest = partial.lowest();
    match (partial.minor, partial.patch) {
        (None, _) => first(lowest.major.saturating_add(1), 0, 0),
        (_, None) => first(lowest.major, lowest.minor.saturating_add(1), 0),
        _ if lowest.pre.is_empty() => first(lowest.major, lowest.minor, lowest.patch.saturating_add(1)),
        _ => Version { pre: Prerelease::new(&format!("{}.0", lowest.pre)).unwrap_or_default(), ..lowest },
    }
}

/// The first of all versions with these numbers: its own earliest pre-release.
fn first(major: u64, minor: u64, patch: u64) -> Version {
    Version { pre: Prerelease::new("0").expect("`0` is a pre-release"), ..Version::new(major, minor, patch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        parse(text).expect("a version")
    }

    #[test]
    fn versions_are_read_leniently() {
        assert_eq!(version("v1.34"), Version::new(1, 34, 0));
        assert_eq!(version("1592.5.0+build.7"), Version::new(1592, 5, 0));
        assert!(version("1.34.0-rc.1") < version("1.34.0"));
        assert!(version("1.9.10") > version("1.9.9"));
        assert_eq!(parse(&format!("1.2.3-{}", "a".repeat(256))), None);
        for text in [
            "",
            "latest",
            "1.2.3.4",
            "1..2",
            "1.34.",
            "v",
            "1.-1",
            "1.x",
            "*",
            "1.2.3-",
            "1.2.3+",
            "1.2.3+a+b",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn minors_are_counted_inside_a_major_version() {
        assert_eq!(minors_ahead(&version("1.34.2"), &version("1.32.9")), Some(2));
        assert_eq!(minors_ahead(&version("1.32.9"), &version("1.34.2")), Some(-2));
        assert_eq!(minors_ahead(&version("2.0.0"), &version("1.34.2")), None);
    }

    #[test]
    fn a_prefix_begins_versions() {
        let begins =
            |prefix: &str, text: &str| Prefix::parse(prefix).map(|prefix| prefix.begins(&version(text)));
        assert_eq!(begins("1.34", "1.34.2"), Some(true));
        assert_eq!(begins("1.3", "1.34.2"), Some(false));
        assert_eq!(begins("1", "1.34.2"), Some(true));
        assert_eq!(begins("", "1.34.2"), Some(true));
        for whole in ["1.34.2", "latest", "1.x", "1.34.2.1", "."] {
            assert_eq!(Prefix::parse(whole), None, "{whole}");
        }
    }

    #[test]
    fn constraints_hold_and_fail_as_upstream() {
        for (constraint, holds, fails) in CASES {
            let parsed = Constraint::parse(constraint).expect("a constraint");
            for text in *holds {
                assert!(parsed.matches(&version(text)), "{text} satisfies {constraint}");
            }
            for text in *fails {
                assert!(!parsed.matches(&version(text)), "{text} does not satisfy {constraint}");
            }
        }
    }

    /// A constraint, versions that satisfy it, versions that do not.
    type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

    const CASES: &[Case] = &[
        (">= 1.32, < 1.35", &["1.32.0", "1.34.9"], &["1.31.9", "1.35.0", "1.34.0-rc.1"]),
        (">=1.32 <1.35", &["1.33.0"], &["1.35.0"]),
        ("< 1.34", &["1.33.9"], &["1.34.0"]),
        ("<= 1.34", &["1.34.9"], &["1.35.0"]),
        ("> 1.34", &["1.35.0"], &["1.34.9"]),
        ("> 1", &["2.0.0"], &["1.99.0"]),
        ("<= 1", &["1.99.0"], &["2.0.0"]),
        ("> 1.34.1", &["1.34.2"], &["1.34.1"]),
        ("=> 1.34.1", &["1.34.1"], &["1.34.0"]),
        ("=< 1.34.1", &["1.34.1"], &["1.34.2"]),
        ("1.34.1", &["1.34.1"], &["1.34.2"]),
        ("= 1.34", &["1.34.0", "1.34.7"], &["1.35.0"]),
        ("1.34.x", &["1.34.7"], &["1.33.0"]),
        ("1.X", &["1.99.0"], &["2.0.0"]),
        ("*", &["0.0.1", "9.9.9"], &["1.0.0-rc.1"]),
        ("!= 1.34", &["1.33.0", "1.35.0"], &["1.34.3"]),
        ("!= 1.34.3", &["1.34.2"], &["1.34.3"]),
        ("~1.34.2", &["1.34.2", "1.34.9"], &["1.34.1", "1.35.0"]),
        ("~> 1.34", &["1.34.0"], &["1.35.0"]),
        ("~1", &["1.99.0"], &["2.0.0"]),
        ("^1.32.1", &["1.32.1", "1.40.0"], &["1.32.0", "2.0.0"]),
        ("^0.2.3", &["0.2.9"], &["0.3.0"]),
        ("^0.2", &["0.2.0"], &["0.3.0"]),
        ("^0.0.3", &["0.0.3"], &["0.0.4"]),
        ("^0", &["0.9.0"], &["1.0.0"]),
        ("1.32 - 1.34", &["1.32.0", "1.34.9"], &["1.31.0", "1.35.0"]),
        ("< 1.30 || >= 1.34", &["1.29.0", "1.34.0"], &["1.31.0"]),
        (">= 1.33-0", &["1.33.0-rc.1", "1.34.0"], &["1.32.9"]),
        ("> 1.34.0-rc.1", &["1.34.0-rc.2", "1.34.0"], &["1.34.0-rc.1"]),
    ];

    #[test]
    fn other_texts_are_no_constraints() {
        for text in ["", "latest", ">=", "1.2 ||", ">> 1.2", "1.2.3.4", "1.2,", "1.2,,1.3", "<, 1.2", ",1.2"]
        {
            assert!(Constraint::parse(text).is_none(), "{text}");
        }
    }
}
