//! Semantic versions and their ranges, as Masterminds/semver reads them.
//!
//! upstream: github.com/Masterminds/semver/v3, version.go and constraints.go

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What a version looks like in a range: parts may be `x` or missing.
const PARTIAL: &str = r"v?([0-9|xX\*]+)(\.[0-9|xX\*]+)?(\.[0-9|xX\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
const OPERATORS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
const SPACE: &str = r"[\t\n\f\r ]";
const RANGE_LENGTH_LIMIT: usize = 512;
const ALTERNATIVE_LIMIT: usize = 32;

fn compiled(pattern: &str) -> Regex {
    let pattern = pattern.replace("{S}", SPACE).replace("{O}", OPERATORS).replace("{V}", PARTIAL);
    Regex::new(&pattern).expect("the pattern is a constant and compiles")
}

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?$",
    )
});
static ONE: LazyLock<Regex> = LazyLock::new(|| compiled("^{S}*({O}){S}*({V}){S}*$"));
static HYPHENATED: LazyLock<Regex> = LazyLock::new(|| compiled("{S}*({V}){S}+-{S}+({V}){S}*"));
static EACH: LazyLock<Regex> = LazyLock::new(|| compiled("({O}){S}*({V})"));
static ALL: LazyLock<Regex> =
    LazyLock::new(|| compiled("^({S}*({O}){S}*({V}){S}*)((?:{S}+|,{S}*)({O}){S}*({V}){S}*)*$"));

/// A version; missing parts are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) numbers: [u64; 3],
    pub(super) prerelease: String,
    pub(super) metadata: String,
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts = VERSION.captures(text)?;
        let number = |index: usize| -> Option<u64> {
            parts.get(index).map_or(Some(0), |part| part.as_str().trim_start_matches('.').parse().ok())
        };
        let prerelease = group(&parts, 5);
        let leading_zero = |part: &str| {
            part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if prerelease.split('.').any(leading_zero) {
            return None;
        }
        Some(Self {
            numbers: [number(1)?, number(2)?, number(3)?],
            prerelease: prerelease.to_owned(),
            metadata: group(&parts, 8).to_owned(),
        })
    }

    /// The order of two versions; the metadata does not count.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        numbers.then_with(|| match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
        })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(formatter, "{major}.{minor}.{patch}")?;
        if !self.prerelease.is_empty() {
            write!(formatter, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(formatter, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn group<'a>(captures: &Captures<'a>, index: usize) -> &'a str {
    captures.get(index).map_or("", |part| part.as_str())
}

fn compare_prereleases(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(one), Some(other)) => match (one.parse::<u64>(), other.parse::<u64>()) {
                (Ok(one), Ok(other)) => one.cmp(&other),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => one.cmp(other),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// A range of versions: alternatives of what must all hold.
#[derive(Debug)]
pub(super) struct Range(Vec<Vec<Bound>>);

/// `>=1.2`, with what of it was left out.
#[derive(Debug)]
struct Bound {
    operator: String,
    version: Version,
    /// Whether a part is missing, and which is the first.
    any: Option<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Major,
    Minor,
    Patch,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > RANGE_LENGTH_LIMIT {
            return None;
        }
        let text = HYPHENATED.replace_all(text, |parts: &Captures<'_>| {
            // The second version comes after the eleven groups of the first.
            format!(">= {}, <= {} ", group(parts, 1), group(parts, 11))
        });
        let alternatives: Vec<&str> = text.split("||").collect();
        if alternatives.len() > ALTERNATIVE_LIMIT {
            return None;
        }
        let bounds = alternatives.into_iter().map(|alternative| {
            ALL.is_match(alternative)
                .then(|| EACH.find_iter(alternative).map(|bound| Bound::parse(bound.as_str())).collect())?
        });
        Some(Self(bounds.collect::<Option<_>>()?))
    }

    pub(super) fn contains(&self, version: &Version) -> bool {
        self.0.iter().any(|bounds| {
            let prereleases = bounds.iter().any(|bound| !bound.version.prerelease.is_empty());
            (version.prerelease.is_empty() || prereleases) && bounds.iter().all(|bound| bound.holds(version))
        })
    }
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        let parts = ONE.captures(text)?;
        let is_open =
            |index: usize| matches!(group(&parts, index).trim_start_matches('.'), "" | "x" | "X" | "*");
        let tail = group(&parts, 6);
        let (any, version) = match () {
            () if is_open(3) => (Some(Part::Major), format!("0.0.0{tail}")),
            () if is_open(4) => (Some(Part::Minor), format!("{}.0.0{tail}", group(&parts, 3))),
            () if is_open(5) => {
                (Some(Part::Patch), format!("{}{}.0{tail}", group(&parts, 3), group(&parts, 4)))
            }
            () => (None, group(&parts, 2).to_owned()),
        };
        Some(Self { operator: group(&parts, 1).to_owned(), version: Version::parse(&version)?, any })
    }

    fn holds(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        let [major, minor, patch] = version.numbers;
        let [own_major, own_minor, own_patch] = self.version.numbers;
        match self.operator.as_str() {
            "!=" => match self.any {
                None => order != Ordering::Equal,
                Some(_) if own_major != major => true,
                Some(Part::Minor) => false,
                Some(_) if own_minor != minor => true,
                Some(Part::Patch) => version.prerelease != self.version.prerelease,
                Some(Part::Major) => own_patch != patch || order != Ordering::Equal,
            },
            ">" => match self.any {
                _ if self.any.is_some() && major != own_major => major > own_major,
                Some(Part::Minor) => false,
                Some(Part::Patch) => minor > own_minor,
                _ => order == Ordering::Greater,
            },
            "<" => order == Ordering::Less,
            ">=" | "=>" => order != Ordering::Less,
            "<=" | "=<" => match self.any {
                None => order != Ordering::Greater,
                Some(part) => {
                    major < own_major || major == own_major && (minor <= own_minor || part == Part::Minor)
                }
            },
            "" | "=" if self.any.is_none() => order == Ordering::Equal,
            "^" => self.holds_caret(version),
            _ => self.holds_tilde(version),
        }
    }

    fn holds_tilde(&self, version: &Version) -> bool {
        let [major, minor, _] = version.numbers;
        let [own_major, own_minor, _] = self.version.numbers;
        let zero = self.version.numbers == [0, 0, 0] && !matches!(self.any, Some(Part::Minor | Part::Patch));
        version.compare(&self.version) != Ordering::Less
            && (zero || major == own_major && (minor == own_minor || self.any == Some(Part::Minor)))
    }

    fn holds_caret(&self, version: &Version) -> bool {
        let [major, minor, patch] = version.numbers;
        let [own_major, own_minor, own_patch] = self.version.numbers;
        if version.compare(&self.version) == Ordering::Less {
            return false;
        }
        if own_major > 0 || self.any == Some(Part::Minor) {
            return major == own_major;
        }
        if major > 0 {
            return false;
        }
        if own_minor > 0 || self.any == Some(Part::Patch) {
            return minor == own_minor;
        }
        minor == 0 && patch == own_patch
    }
}

/// Whether a version lies in a range; what is malformed lies in none.
pub(super) fn is_compatible(range: &str, version: &str) -> bool {
    match (Range::parse(range), Version::parse(version)) {
        (Some(range), Some(version)) => range.contains(&version),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line was answered by Masterminds/semver 3.5.0.
    #[test]
    fn ranges_hold_what_helm_takes_them_to_hold() {
        for (range, version, expected) in [
            (">= 1.25", "v1.30.1", true),
            (">= 1.25-0", "v1.30.1-gke.1", true),
            (">= 1.25", "v1.30.1-gke.1", false),
            ("<1.25-0", "1.25.0", false),
            ("^1.2", "1.9.0", true),
            ("^1.2", "2.0.0", false),
            ("^0.2.3", "0.2.9", true),
            ("^0.2.3", "0.3.0", false),
            ("~1.2.3", "1.2.9", true),
            ("~1.2.3", "1.3.0", false),
            ("1.2.x", "1.2.7", true),
            ("1.x", "1.9.7", true),
            ("*", "3.0.0", true),
            ("1.2 - 1.4", "1.4.5", true),
            (">=1.2, <1.4 || >=2", "2.1.0", true),
            (">=1.2 <1.4", "1.5.0", false),
            ("!=1.2.3", "1.2.4", true),
            ("!=1.2", "1.2.4", false),
            (">1.2", "1.2.4", false),
            ("<=1.2", "1.2.4", true),
            ("=1.2", "1.2.4", true),
            ("x.y", "1.2.4", false),
        ] {
            assert_eq!(is_compatible(range, version), expected, "{version} in {range}");
        }
    }
}
