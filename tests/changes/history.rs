//! A repository with a history of the demo landscape, and pull requests against it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use git2::{Index, IndexEntry, IndexTime, Oid, Repository, Signature, Time};
use landscape::change::Noise;
use landscape::diagnostic::Report;
use landscape::git::Snapshot;
use landscape::path::RelPath;
use landscape::pipeline::{Comparison, Compiler, Target};
use landscape::review::{Review, Revised};

/// One change of a file. Paths count from `landscapes/`: `demo/shoots/shop/live.yaml`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    /// A text that stands in a file once gives way to another.
    Replace(&'static str, &'static str, &'static str),
    /// A file comes, or is written anew.
    Write(&'static str, &'static str),
    /// A file goes.
    Remove(&'static str),
}

/// The files of a landscape and of the one it extends, by path.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// The files after some edits.
pub(crate) fn edited(tree: &Tree, edits: &[Edit]) -> Tree {
    let mut tree = tree.clone();
    for edit in edits {
        match edit {
            Edit::Replace(path, from, to) => {
                let bytes = tree.get_mut(*path).unwrap_or_else(|| panic!("there is no file `{path}`"));
                let text = std::str::from_utf8(bytes).expect("manifests are UTF-8");
                let count = text.matches(from).count();
                assert_eq!(count, 1, "`{from}` stands {count} times in {path}");
                *bytes = text.replace(from, to).into_bytes();
            }
            Edit::Write(path, text) => {
                tree.insert((*path).to_owned(), text.as_bytes().to_vec());
            }
            Edit::Remove(path) => {
                assert!(tree.remove(*path).is_some(), "there is no file `{path}`");
            }
        }
    }
    tree
}

/// A repository whose branch `main` ends at the demo landscape as it is.
pub(crate) struct History {
    directory: PathBuf,
    /// The commits of the branch, the oldest first.
    pub(crate) commits: Vec<(&'static str, Oid)>,
    repository: Mutex<Repository>,
    /// The files of the last one.
    pub(crate) tip: Tree,
}

/// What happened, the oldest first: what each commit says, and the edits that undo it.
const STEPS: [(&str, &[Edit]); 16] = [
    ("Set up the landscape", &[]),
    ("Add the shoot of the builds", &[Edit::Remove("demo/shoots/shop/build.yaml")]),
    ("Add the catalog", &[Edit::Remove("demo/shoots/shop/catalog.yaml")]),
    ("Add the stage of the shop", &[Edit::Remove("demo/shoots/shop/stage.yaml")]),
    ("Add a shoot for the office", &[Edit::Remove("demo/shoots/shop/office.yaml")]),
    (
        "Let the shop grow to twelve nodes",
        &[Edit::Replace("demo/shoots/shop/live.yaml", "maximum: 12", "maximum: 9")],
    ),
    (
        "Add the branches",
        &[Edit::Remove("demo/shoots/edge/branches.yaml"), Edit::Remove("demo/shoots/edge/branches.csv")],
    ),
    ("Let the API grow", &[Edit::Replace("demo/shoots/shop/api.yaml", "maximum: 9", "maximum: 8")]),
    (
        "Update the shop to Kubernetes 1.36",
        &[Edit::Replace("demo/shoots/shop/live.yaml", "version: 1.36.2", "version: 1.35.4")],
    ),
    ("Add a lake of data", &[Edit::Remove("demo/shoots/data/lake.yaml")]),
    ("Add the training of models", &[Edit::Remove("demo/shoots/data/train.yaml")]),
    (
        "Give the nodes of the shop larger volumes",
        &[Edit::Replace("demo/shoots/shop/live.yaml", "size: 50Gi", "size: 40Gi")],
    ),
    ("Add a shoot of both address families", &[Edit::Remove("demo/shoots/data/dual.yaml")]),
    ("Add a shoot of IPv6 alone", &[Edit::Remove("demo/shoots/data/six.yaml")]),
    ("Let the shop's clusters be deployed from git", &[Edit::Remove("demo/shoots/shop/gitops.yaml")]),
    (
        "Ask Flux to look every ten minutes",
        &[Edit::Replace("demo/landscape.yaml", "interval: 10m", "interval: 20m")],
    ),
];

/// The one history of all tests.
pub(crate) static HISTORY: LazyLock<History> = LazyLock::new(History::new);

impl History {
    fn new() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("landscapes.git");
        if directory.exists() {
            fs::remove_dir_all(&directory).expect("a repository of an earlier run");
        }
        let repository = Repository::init_bare(&directory).expect("a writable directory");
        let tip = demo();
        let mut trees = vec![tip.clone()];
        for (_, undo) in STEPS.iter().skip(1).rev() {
            let later = trees.last().expect("there is a tip");
            trees.push(edited(later, undo));
        }
        let mut history = Self { directory, commits: Vec::new(), repository: Mutex::new(repository), tip };
        let mut parent = None;
        for ((message, _), tree) in STEPS.iter().zip(trees.iter().rev()) {
            let commit = history.commit(parent, tree, message);
            history.commits.push((message, commit));
            parent = Some(commit);
        }
        history
    }

    /// The newest commit of the branch.
    pub(crate) fn head(&self) -> Oid {
        self.commits.last().expect("the history has commits").1
    }

    /// A commit of these files on top of another.
    pub(crate) fn commit(&self, parent: Option<Oid>, tree: &Tree, message: &str) -> Oid {
        let repository = self.repository.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = Index::new().expect("an index in memory");
        for (path, bytes) in tree {
            let id = repository.blob(bytes).expect("a writable repository");
            index.add(&entry(path, id)).expect("a plain path");
        }
        let tree = index.write_tree_to(&repository).expect("a writable repository");
        let tree = repository.find_tree(tree).expect("just written");
        let parent = parent.map(|parent| repository.find_commit(parent).expect("written before"));
        let who =
            Signature::new("Operator", "operator@example.org", &Time::new(1_795_000_000, 0)).expect("a name");
        let parents: Vec<_> = parent.iter().collect();
        repository.commit(None, &who, &who, message, &tree, &parents).expect("a writable repository")
    }

    /// What lies between two commits, and the findings of the newer one.
    pub(crate) fn review(&self, base: Oid, head: Oid) -> (Review, Report) {
        let directory = &self.directory;
        let open = |commit: Oid, label: &str| {
            Snapshot::open(directory, &commit.to_string(), None, label).expect("the commit is there")
        };
        let (base, head) = (open(base, "base:"), open(head, ""));
        let at = time::Date::from_calendar_date(2026, time::Month::November, 21).expect("a date");
        let compilers = [Compiler::new(&base, at), Compiler::new(&head, at)];
        let top = directory.canonicalize().expect("the repository is there").join("demo");
        let top = RelPath::parse(top.to_str().expect("plain").trim_start_matches('/')).expect("inside");
        let [base, head] = compilers.each_ref().map(|compiler| Comparison {
            compiler,
            target: Target::Landscape(top.clone()),
            name: Revised { name: "side".to_owned(), commit: None },
        });
        let mut report = Report::default();
        let review = head.with_base(&base, Noise::Hidden, &mut report);
        let review = review.unwrap_or_else(|_| panic!("the head can be compiled: {:#?}", report.findings()));
        (review, report)
    }

    /// What a pull request amounts to: a first commit of `setup`, on which the base stands, and one of `edits`.
    pub(crate) fn pull_request(&self, setup: &[Edit], edits: &[Edit]) -> (Review, Report) {
        let base = edited(&self.tip, setup);
        let head = edited(&base, edits);
        let base = self.commit(Some(self.head()), &base, "Prepare");
        let head = self.commit(Some(base), &head, "Propose");
        self.review(base, head)
    }
}

/// The files of the demo landscape, and of the one it extends.
fn demo() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("landscapes");
    let mut tree = Tree::new();
    for name in ["base", "demo"] {
        read(&root, &root.join(name), &mut tree);
    }
    tree
}

fn read(root: &Path, directory: &PathBuf, tree: &mut Tree) {
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let path = entry.expect("a readable directory").path();
        if path.is_dir() {
            read(root, &path, tree);
        } else {
            let name =
                path.strip_prefix(root).expect("listed below").to_str().expect("a plain name").to_owned();
            tree.insert(name, fs::read(path).expect("a readable file"));
        }
    }
}

fn entry(path: &str, id: Oid) -> IndexEntry {
    let never = IndexTime::new(0, 0);
    IndexEntry {
        ctime: never,
        mtime: never,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}
