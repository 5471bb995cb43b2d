//! A page as a browser reads it.

use std::collections::BTreeMap;
use std::rc::Rc;

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// An element, with the text of all that is in it.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split(' ').any(|own| own == class)
    }
}

/// All elements of a page, in its order.
pub(crate) struct Document {
    pub(crate) elements: Vec<Element>,
    /// What the parser had to mend.
    pub(crate) faults: Vec<String>,
}

impl Document {
    pub(crate) fn read(page: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
        let mut elements = Vec::new();
        collect(&dom.document, &mut elements);
        let faults = dom.errors.borrow().iter().map(ToString::to_string).collect();
        Self { elements, faults }
    }

    pub(crate) fn named(&self, name: &str) -> Vec<&Element> {
        self.elements.iter().filter(|element| element.name == name).collect()
    }

    pub(crate) fn of_class(&self, class: &str) -> Vec<&Element> {
        self.elements.iter().filter(|element| element.has_class(class)).collect()
    }
}

/// Walks the tree without calling itself: a page of a stranger may be deep.
fn collect(root: &Handle, elements: &mut Vec<Element>) {
    let mut pending = vec![(Rc::clone(root), Vec::new())];
    while let Some((node, above)) = pending.pop() {
        let mut above: Vec<usize> = above;
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                above.push(elements.len());
                let attributes = attrs.borrow();
                let pairs =
                    attributes.iter().map(|pair| (pair.name.local.to_string(), pair.value.to_string()));
                let name = name.local.to_string();
                elements.push(Element { name, attributes: pairs.collect(), text: String::new() });
            }
            NodeData::Text { contents } => {
                for index in &above {
                    if let Some(element) = elements.get_mut(*index) {
                        element.text.push_str(&contents.borrow());
                    }
                }
            }
            NodeData::Comment { contents } => panic!("the page has a comment: {contents}"),
            _ => {}
        }
        let children = node.children.borrow();
        pending.extend(children.iter().rev().map(|child| (Rc::clone(child), above.clone())));
    }
}
