//! The units as a picture: columns by wave, a line from each unit to those that wait for it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::graph::{Graph, Node};
use super::value::text;
use crate::change::ChangeKind;
use crate::effect::Impact;
use crate::kind::Cluster;
use crate::review::{Review, ReviewedUnit};

/// Characters of a name on a box.
const LABEL: usize = 26;
/// Units that the title of a box names.
const NAMED: usize = 30;
/// The least share of its size at which the picture can still be read, in percent.
const LEAST_SCALE: usize = 78;

// Lengths are CSS pixels.
const LABEL_CHARACTER: usize = 7;
const NOTE_CHARACTER: usize = 6;
const PADDING: usize = 24;
const LEAST_WIDTH: usize = 88;
const TALL: usize = 44;
const FLAT: usize = 28;

/// How large a box has to be.
pub(super) struct Measured {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The picture, ready to be drawn.
#[derive(Serialize)]
pub(super) struct Picture {
    width: usize,
    height: usize,
    waves: Vec<Wave>,
    boxes: Vec<Box>,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Wave {
    x: usize,
    number: usize,
}

#[derive(Serialize)]
struct Box {
    /// Its number in the picture, which the lines name.
    number: usize,
    x: usize,
    y: usize,
    width: usize,
    height: usize,
    label: String,
    /// The second line, of a unit that differs.
    note: Option<String>,
    title: String,
    /// `unchanged`, or the worst impact of its objects.
    weight: &'static str,
    change: Option<&'static str>,
    unit: String,
    /// The number of its group, where the page has objects of it.
    group: Option<usize>,
}

#[derive(Serialize)]
struct Line {
    path: String,
    from: usize,
    /// The boxes it leads to, as words of one attribute.
    to: String,
}

/// The objects that differ in each unit: how many, and the number of their group.
struct Differing<'a>(BTreeMap<&'a str, (usize, usize)>);

impl Picture {
    /// The picture of the units of a review; nothing where there was no plan.
    pub(super) fn of(review: &Review, groups: &BTreeMap<(Cluster, &str), usize>) -> Option<Self> {
        if review.units.is_empty() {
            return None;
        }
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for object in &review.objects {
            let name = object.unit_name();
            let group = groups.get(&(object.cluster, name)).copied().unwrap_or_default();
            counts.entry(name).or_insert((0, group)).0 += 1;
        }
        let differing = Differing(counts);
        let graph = Graph::of(&review.units, |node| differing.measure(node));
        let waves = graph.waves.iter().enumerate().map(|(index, x)| Wave { x: *x, number: index + 1 });
        let nodes = graph.nodes.iter().enumerate().filter(|(_, node)| !node.is_lane());
        let lines = graph.segments.iter().filter_map(|((one, other), segment)| {
            let to: Vec<String> = segment.to.iter().map(ToString::to_string).collect();
            Some(Line { path: graph.path(*one, *other)?, from: segment.from, to: to.join(" ") })
        });
        Some(Self {
            width: graph.width,
            height: graph.height,
            waves: waves.collect(),
            boxes: nodes.map(|(number, node)| differing.drawn(number, node)).collect(),
            lines: lines.collect(),
        })
    }

    /// The rule that keeps the picture from being made smaller than can be read.
    pub(super) fn style(&self) -> String {
        format!(
            ".topology svg{{min-width:{}px;max-width:{}px}}\n",
            self.width * LEAST_SCALE / 100,
            self.width
        )
    }
}

impl Differing<'_> {
    fn count(&self, unit: &ReviewedUnit) -> usize {
        self.0.get(unit.name.as_str()).map_or(0, |(count, _)| *count)
    }

    fn measure(&self, node: &Node<'_>) -> Measured {
        let second = self.note(node);
        let second_width = second.as_ref().map_or(0, |line| line.chars().count() * NOTE_CHARACTER);
        let width = (label(node).chars().count() * LABEL_CHARACTER).max(second_width) + PADDING;
        Measured { width: width.max(LEAST_WIDTH), height: if second.is_some() { TALL } else { FLAT } }
    }

    fn drawn(&self, number: usize, node: &Node<'_>) -> Box {
        let unit = node.units.first().filter(|_| node.units.len() == 1);
        let changed = unit.filter(|unit| unit.change.is_some());
        Box {
            number,
            x: node.x,
            y: node.y,
            width: node.width,
            height: node.height,
            label: label(node),
            note: self.note(node),
            title: self.title(node),
            weight: changed.map_or("unchanged", |unit| unit.impact.name()),
            change: changed.and_then(|unit| unit.change).map(ChangeKind::name),
            unit: unit.map(|unit| text(&unit.name)).unwrap_or_default(),
            group: unit.and_then(|unit| self.0.get(unit.name.as_str())).map(|(_, group)| *group),
        }
    }

    /// What became of the unit of a box; nothing for units that are as they were.
    fn note(&self, node: &Node<'_>) -> Option<String> {
        let unit = node.units.first()?;
        let change = match (unit.change?, self.count(unit)) {
            (ChangeKind::Added, _) => "new".to_owned(),
            (ChangeKind::Removed, _) => "removed".to_owned(),
            (ChangeKind::Changed | ChangeKind::Moved, 0) => "delivered otherwise".to_owned(),
            (ChangeKind::Changed | ChangeKind::Moved, 1) => "1 object".to_owned(),
            (ChangeKind::Changed | ChangeKind::Moved, count) => format!("{count} objects"),
        };
        let has_impact = unit.impact > Impact::None;
        Some(if has_impact { format!("{change} · {}", unit.impact) } else { change })
    }

    /// All there is to say of a box, in words.
    fn title(&self, node: &Node<'_>) -> String {
        let [unit] = node.units.as_slice() else {
            let names: Vec<String> = node.units.iter().take(NAMED).map(|unit| text(&unit.name)).collect();
            let more = node.units.len().saturating_sub(NAMED);
            let and = if more > 0 { format!(" and {more} more") } else { String::new() };
            return format!("as they were: {}{and}", names.join(", "));
        };
        let change = match unit.change {
            None => "as it was".to_owned(),
            Some(ChangeKind::Added) => "new".to_owned(),
            Some(ChangeKind::Removed) => "removed".to_owned(),
            Some(ChangeKind::Changed | ChangeKind::Moved) => format!("{} differ", self.count(unit)),
        };
        let impact = unit.change.map(|_| format!(", worst impact: {}", unit.impact)).unwrap_or_default();
        let way = format!("{}, {}, wave {}", unit.cluster.name(), unit.delivery.name(), unit.wave + 1);
        let objects =
            if unit.objects == 1 { "1 object".to_owned() } else { format!("{} objects", unit.objects) };
        format!("{}: {way}, {objects}, {change}{impact}", text(&unit.name))
    }
}

/// The first line of a box.
fn label(node: &Node<'_>) -> String {
    match node.units.as_slice() {
        [unit] => {
            let name = text(&unit.name);
            match name.char_indices().nth(LABEL) {
                Some((cut, _)) => format!("{}…", name.get(..cut).unwrap_or_default()),
                None => name,
            }
        }
        units => format!("{} unchanged", units.len()),
    }
}
