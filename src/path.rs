//! Paths inside a workspace: relative, normalised, never leaving it.

use std::fmt;

/// A relative path with `/` between its parts and neither `.`, `..` nor empty parts in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(String);

/// Why a text is no path inside the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// The path starts at the root of the file system, or names a drive.
    Absolute,
    /// A `..` climbs above the directory the path is relative to.
    Escapes,
    /// The path holds a backslash or a NUL, which mean different things on different systems.
    Unportable,
}

impl RelPath {
    /// The directory every path is relative to.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a path as a person writes it; `.` and doubled separators vanish, `..` is resolved inside.
    pub fn parse(text: &str) -> Result<Self, PathFault> {
        Self::root().join(text)
    }

    /// Resolves `text` against this directory.
    pub fn join(&self, text: &str) -> Result<Self, PathFault> {
        if text.starts_with('/') || text.as_bytes().get(1) == Some(&b':') {
            return Err(PathFault::Absolute);
        }
        if text.contains(['\\', '\0']) {
            return Err(PathFault::Unportable);
        }
        let mut parts: Vec<&str> = self.parts().collect();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or(PathFault::Escapes)?;
                }
                name => parts.push(name),
            }
        }
        Ok(Self(parts.join("/")))
    }

    /// Appends one name that is known to be a plain file or directory name.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        debug_assert!(!name.contains('/') && name != "..", "`{name}` is one plain name");
        if self.0.is_empty() { Self(name.to_owned()) } else { Self(format!("{}/{name}", self.0)) }
    }

    /// The path below `directory`, or nothing when this path lies elsewhere.
    pub fn below(&self, directory: &Self) -> Option<Self> {
        if directory.0.is_empty() {
            return Some(self.clone());
        }
        let rest = self.0.strip_prefix(&directory.0)?;
        if rest.is_empty() {
            Some(Self::root())
        } else {
            rest.strip_prefix('/').map(|rest| Self(rest.to_owned()))
        }
    }

    /// The directory that holds this path; the root holds itself.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0.rsplit_once('/').map_or_else(String::new, |(parent, _)| parent.to_owned()))
    }

    /// The last name, or nothing for the root.
    pub fn name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// The text after the last dot of the name.
    pub fn extension(&self) -> Option<&str> {
        self.name()?.rsplit_once('.').map(|(_, extension)| extension)
    }

    /// The names from the top down.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// The path as text; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_its_directory() {
        assert_eq!(RelPath::parse("a/./b//c").expect("plain").as_str(), "a/b/c");
        assert_eq!(RelPath::parse("a/../b").expect("stays inside").as_str(), "b");
        assert_eq!(RelPath::parse("../b"), Err(PathFault::Escapes));
        assert_eq!(RelPath::parse("/etc/passwd"), Err(PathFault::Absolute));
        assert_eq!(RelPath::parse("C:/x"), Err(PathFault::Absolute));
        assert_eq!(RelPath::parse("a\\b"), Err(PathFault::Unportable));
    }

    #[test]
    fn below_compares_whole_names() {
        let path = RelPath::parse("land/scape/x.yaml").expect("plain");
        assert_eq!(
            path.below(&RelPath::parse("land").expect("plain")).expect("inside").as_str(),
            "scape/x.yaml"
        );
        assert_eq!(path.below(&RelPath::parse("lan").expect("plain")), None);
    }
}
