//! References to charts and images, in each of the forms that objects have them written in.

use crate::oci::reference::{Reference, Unusable};
use crate::syntax::{Key, Mapping, Node, Value};

/// A reference as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    node: &'a Node,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One text.
    Whole,
    /// `ref`, or `repository` with `tag` and `digest`: a chart for Gardener's puller.
    Repository,
    /// `ref`, or `repository` with `tag`, and perhaps a `registry`: an image.
    Image,
    /// `url`, and `ref` with `tag` and `digest`: Flux's OCIRepository.
    Source,
}

/// Flux follows this tag where an OCIRepository names none.
const FLUX_TAG: &str = "latest";

impl<'a> Naming<'a> {
    /// A reference in one text.
    pub fn whole(node: &'a Node) -> Self {
        Self { node, form: Form::Whole }
    }

    /// A chart for Gardener's puller.
    pub fn repository(node: &'a Node) -> Self {
        Self { node, form: Form::Repository }
    }

    /// An image, as a whole or in parts; in parts only those with a tag or a digest, as the others get it elsewhere.
    pub fn image(node: &'a Node) -> Option<Self> {
        let is_whole = node.as_str().is_some() || node.get("ref").is_some();
        let is_complete =
            node.get("repository").is_some() && (is_text(node, "tag") || is_text(node, "digest"));
        let form = if node.as_str().is_some() { Form::Whole } else { Form::Image };
        (is_whole || is_complete).then_some(Self { node, form })
    }

    /// The spec of an OCIRepository of Flux.
    pub fn source(node: &'a Node) -> Self {
        Self { node, form: Form::Source }
    }

    /// Everything that says what is referred to.
    pub fn whole_node(self) -> &'a Node {
        self.node
    }

    /// The value that holds the name of what is referred to.
    pub fn node(self) -> &'a Node {
        let fields: &[&str] = match self.form {
            Form::Whole => &[],
            Form::Repository | Form::Image => &["ref", "repository"],
            Form::Source => &["url"],
        };
        fields.iter().find_map(|field| self.node.get(field)).unwrap_or(self.node)
    }

    /// The whole form of the reference, without a scheme; nothing if no name is there.
    pub fn text(self) -> Option<String> {
        let read = |path: &[&str]| self.node.at(path).and_then(plain).filter(|text| !text.is_empty());
        let (name, tag, digest) = match self.form {
            Form::Whole => (plain(self.node)?, None, None),
            Form::Repository | Form::Image => match read(&["ref"]) {
                Some(whole) => (whole, None, None),
                None => (read(&["repository"])?, read(&["tag"]), read(&["digest"])),
            },
            Form::Source => {
                let digest = read(&["ref", "digest"]);
                let followed = || digest.is_none().then(|| FLUX_TAG.to_owned());
                let tag = read(&["ref", "tag"]).or_else(followed).filter(|_| !self.is_range());
                (read(&["url"])?, tag, digest)
            }
        };
        let name = name.strip_prefix("oci://").unwrap_or(&name).to_owned();
        let registry = read(&["registry"]).filter(|_| self.form == Form::Image);
        let name = registry.map_or_else(|| name.clone(), |registry| format!("{registry}/{name}"));
        Some(match (tag, digest) {
            // An image vector has a digest in the place of a tag, too.
            (Some(tag), None) if tag.starts_with("sha256:") => format!("{name}@{tag}"),
            (Some(tag), None) => format!("{name}:{tag}"),
            (Some(tag), Some(digest)) => format!("{name}:{tag}@{digest}"),
            (None, Some(digest)) => format!("{name}@{digest}"),
            (None, None) => name,
        })
    }

    /// The reference to a chart; nothing if no name is there.
    pub fn chart(self) -> Option<Result<Reference, Unusable>> {
        self.text().map(|text| Reference::parse(&text))
    }

    /// Whether it follows a range of versions, so that it names no one of them; a digest beside the range wins, a tag does
    /// not.
    ///
    /// upstream: fluxcd/source-controller, internal/controller/ocirepository_controller.go, getArtifactRef
    pub fn is_range(self) -> bool {
        let field = |name| self.node.get("ref").is_some_and(|version| is_text(version, name));
        self.form == Form::Source && field("semver") && !field("digest")
    }

    /// Whether Gardener's puller reads it.
    pub fn is_of_gardener(self) -> bool {
        self.form == Form::Repository
    }

    /// The value with another reference in it, in the same form. Fields that do not name anything stay.
    pub fn naming(self, reference: &Reference) -> Node {
        let span = self.node().span;
        let text = |text: String| Node::string(text, span);
        let mut node = self.node.clone();
        let Some(fields) = node.as_mapping_mut() else {
            return text(reference.to_string());
        };
        let mut set = |name: &str, value: Node| fields.set(Key { name: name.into(), span }, value);
        let digest = reference.digest.map(|digest| digest.to_string());
        if self.form == Form::Source {
            set("url", text(format!("oci://{}", reference.name())));
            let (name, version) = match (&digest, &reference.tag) {
                (Some(digest), _) => ("digest", digest.clone()),
                (None, tag) => ("tag", tag.clone().unwrap_or_default()),
            };
            let mut only = Mapping::default();
            only.set(Key { name: name.into(), span }, text(version));
            set("ref", Node::new(Value::Mapping(only), span));
        } else if self.node.get("ref").is_some() {
            set("ref", text(reference.to_string()));
        } else {
            set("repository", text(reference.name()));
            // An image in parts has no field for a digest, and takes it behind the tag.
            let (tag, digest) = match (self.form, &reference.tag, digest) {
                (Form::Image, tag, Some(digest)) => {
                    (Some(tag.as_ref().map_or(digest.clone(), |tag| format!("{tag}@{digest}"))), None)
                }
                (_, tag, digest) => (tag.clone(), digest),
            };
            for (field, value) in [("tag", tag), ("digest", digest)] {
                if let Some(value) = value {
                    set(field, text(value));
                }
            }
        }
        node
    }
}

fn is_text(node: &Node, field: &str) -> bool {
    node.get(field).and_then(plain).is_some_and(|text| !text.is_empty())
}

/// The text of a scalar: a tag that looks like a number becomes a text in the template of a chart.
fn plain(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
