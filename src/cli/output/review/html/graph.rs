//! The units of both sides as a graph in columns, every box and lane of it with a place.
//!
//! Units that are as they were share a box where a column has many. A line that passes a column gets a lane of its own in
//! it, which lines from the same unit share, so that it is never hidden behind a box.

use std::collections::{BTreeMap, BTreeSet};

use super::topology::Measured;
use crate::review::ReviewedUnit;

/// Units of a column up to which each has a box of its own, changed or not.
const CROWD: usize = 6;
/// Boxes that stand on top of each other before a wave gets a second column.
const COLUMN: usize = 14;
/// Passes over the columns that bring boxes near those they are tied to.
const SWEEPS: usize = 8;
/// The height of a column, as positions in it are compared with those in another.
const SCALE: usize = 1 << 20;

// Lengths are CSS pixels.
const LANE: usize = 4;
const GAP: usize = 10;
const AISLE: usize = 32;
const BETWEEN: usize = 14;
const HEAD: usize = 26;
const MARGIN: usize = 4;

/// Boxes, lanes and the lines between them.
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    /// Lines from one column to the next: from which box they come in the end, and to which they lead.
    pub(super) segments: BTreeMap<(usize, usize), Segment>,
    /// Where each wave begins.
    pub(super) waves: Vec<usize>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A part of a line, from one column to the next.
#[derive(Default)]
pub(super) struct Segment {
    pub(super) from: usize,
    pub(super) to: BTreeSet<usize>,
}

/// What stands in a column.
#[derive(Default)]
pub(super) struct Node<'a> {
    /// The units of a box; none for a lane.
    pub(super) units: Vec<&'a ReviewedUnit>,
    pub(super) wave: usize,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Node<'_> {
    pub(super) fn is_lane(&self) -> bool {
        self.units.is_empty()
    }

    fn middle(&self) -> usize {
        self.y + self.height / 2
    }
}

impl<'a> Graph<'a> {
    /// The graph of some units; `measure` says how large a box has to be.
    pub(super) fn of(units: &'a [ReviewedUnit], measure: impl Fn(&Node<'_>) -> Measured) -> Self {
        let nodes = boxes(units);
        let mut graph = Self { nodes, segments: BTreeMap::new(), waves: Vec::new(), width: 0, height: 0 };
        graph.connect();
        for node in &mut graph.nodes {
            let lane = Measured { width: 0, height: LANE };
            let Measured { width, height } = if node.is_lane() { lane } else { measure(node) };
            (node.width, node.height) = (width, height);
        }
        let columns = graph.ordered();
        graph.place(&columns);
        graph
    }

    /// The way of a line from the right of one node to the left of another; through a lane, all along it.
    pub(super) fn path(&self, from: usize, to: usize) -> Option<String> {
        let (from, to) = (self.nodes.get(from)?, self.nodes.get(to)?);
        let begin = if from.is_lane() { from.x } else { from.x + from.width };
        let (right, middle) = (from.x + from.width, (from.x + from.width).midpoint(to.x));
        let (up, down) = (from.middle(), to.middle());
        Some(format!("M{begin} {up}H{right}C{middle} {up} {middle} {down} {} {down}", to.x))
    }

    /// Ties each box to those it waits for, by way of lanes where they are not neighbours.
    fn connect(&mut self) {
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, node) in self.nodes.iter().enumerate() {
            by_name.extend(node.units.iter().map(|unit| (unit.name.as_str(), number)));
        }
        let mut ties: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (number, node) in self.nodes.iter().enumerate() {
            let names = node.units.iter().flat_map(|unit| &unit.depends_on);
            ties.extend(names.filter_map(|name| by_name.get(name.as_str())).map(|from| (*from, number)));
        }
        let mut lanes: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (from, to) in ties {
            let wave = |number: usize| self.nodes.get(number).map_or(0, |node| node.wave);
            let between = wave(from) + 1..wave(to);
            let mut last = from;
            for wave in between {
                let lane = *lanes.entry((from, wave)).or_insert_with(|| {
                    self.nodes.push(Node { wave, ..Node::default() });
                    self.nodes.len() - 1
                });
                self.tie(last, lane, (from, to));
                last = lane;
            }
            self.tie(last, to, (from, to));
        }
    }

    fn tie(&mut self, one: usize, other: usize, (from, to): (usize, usize)) {
        let segment = self.segments.entry((one, other)).or_default();
        segment.from = from;
        segment.to.insert(to);
    }

    /// The columns, each in an order in which few lines cross.
    fn ordered(&self) -> Vec<Vec<usize>> {
        let count = self.nodes.iter().map(|node| node.wave + 1).max().unwrap_or_default();
        let mut columns: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (number, node) in self.nodes.iter().enumerate() {
            if let Some(column) = columns.get_mut(node.wave) {
                column.push(number);
            }
        }
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut behind: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (one, other) in self.segments.keys() {
            behind.entry(*one).or_default().push(*other);
            before.entry(*other).or_default().push(*one);
        }
        let mut heights: BTreeMap<usize, usize> = BTreeMap::new();
        for column in &columns {
            remember(column, &mut heights);
        }
        for sweep in 0..SWEEPS {
            let ties = if sweep % 2 == 0 { &before } else { &behind };
            for column in &mut columns {
                column.sort_by_key(|node| mean(*node, ties.get(node), &heights));
                remember(column, &mut heights);
            }
            columns.reverse();
        }
        columns
    }

    /// Gives each node its place; columns stand side by side, all centred.
    fn place(&mut self, columns: &[Vec<usize>]) {
        let mut stacks: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut x = MARGIN;
        for column in columns {
            let width = column.iter().filter_map(|node| self.nodes.get(*node)).map(|node| node.width).max();
            let width = width.unwrap_or_default();
            self.waves.push(x);
            let parts = column.len().div_ceil(COLUMN).max(1);
            let whole = parts * (width + BETWEEN) - BETWEEN;
            for part in column.chunks(column.len().div_ceil(parts).max(1)) {
                for number in part {
                    if let Some(node) = self.nodes.get_mut(*number) {
                        node.x = x;
                        node.width = width;
                    }
                }
                stacks.push((x, part.to_vec()));
                x += width + BETWEEN;
            }
            // A lane leads through the whole wave.
            for number in column {
                if let Some(node) = self.nodes.get_mut(*number).filter(|node| node.is_lane()) {
                    (node.x, node.width) = (x - BETWEEN - whole, whole);
                }
            }
            x += AISLE - BETWEEN;
        }
        let height = |graph: &Self, stack: &[usize]| -> usize {
            let nodes = stack.iter().filter_map(|node| graph.nodes.get(*node));
            nodes.map(|node| node.height + GAP).sum::<usize>().saturating_sub(GAP)
        };
        let tallest = stacks.iter().map(|(_, stack)| height(self, stack)).max().unwrap_or_default();
        for (_, stack) in &stacks {
            let mut y = HEAD + (tallest - height(self, stack)) / 2;
            for number in stack {
                if let Some(node) = self.nodes.get_mut(*number) {
                    node.y = y;
                    y += node.height + GAP;
                }
            }
        }
        self.width = (x + MARGIN).saturating_sub(AISLE);
        self.height = HEAD + tallest + MARGIN;
    }
}

/// The boxes: a unit each, or the unchanged units of a wave that has many.
fn boxes(units: &[ReviewedUnit]) -> Vec<Node<'_>> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for unit in units {
        *sizes.entry(unit.wave).or_default() += 1;
    }
    let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
    let mut nodes: Vec<Node<'_>> = Vec::new();
    for unit in units {
        let crowded = sizes.get(&unit.wave).is_some_and(|size| *size > CROWD);
        let known = shared.get(&unit.wave).filter(|_| unit.change.is_none() && crowded);
        match known.and_then(|number| nodes.get_mut(*number)) {
            Some(node) => node.units.push(unit),
            None => {
                if unit.change.is_none() {
                    shared.insert(unit.wave, nodes.len());
                }
                nodes.push(Node { units: vec![unit], wave: unit.wave, ..Node::default() });
            }
        }
    }
    nodes
}

/// Notes how far down each node of a column is.
fn remember(column: &[usize], heights: &mut BTreeMap<usize, usize>) {
    for (index, node) in column.iter().enumerate() {
        heights.insert(*node, (2 * index + 1) * SCALE / (2 * column.len()));
    }
}

/// How far down the nodes are that a node is tied to; without any, how far down it is itself.
fn mean(node: usize, ties: Option<&Vec<usize>>, heights: &BTreeMap<usize, usize>) -> usize {
    let own = std::slice::from_ref(&node);
    let ties = ties.map_or(own, Vec::as_slice);
    let sum: usize = ties.iter().filter_map(|tie| heights.get(tie)).sum();
    sum / ties.len().max(1)
}
