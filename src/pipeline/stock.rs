//! A landscape and all that it refers to, before and after that is held to digests.

use super::Compiler;
use super::seen::Seen;
use crate::attest::Layer;
use crate::chart::PackedChart;
use crate::diagnostic::{Report, Reported};
use crate::digest::Digest;
use crate::inventory::{self, Inventory};
use crate::landscape::Landscape;
use crate::lock::{self, Lock};
use crate::mirror;
use crate::path::RelPath;
use crate::pin;
use crate::relocate::{self, Copy};

/// A landscape before its references are pinned, and what is known of them.
#[derive(Debug)]
pub struct Stock {
    /// The landscape; references to its own charts are pinned.
    pub landscape: Landscape,
    /// All that it refers to.
    pub inventory: Inventory,
    /// What is known beside.
    pub known: Known,
}

/// What was learnt on the way to a landscape.
#[derive(Debug)]
pub struct Known {
    /// What its lock says.
    pub lock: Lock,
    /// Its own charts, packed.
    pub(super) charts: Vec<PackedChart>,
    /// What has to be copied to its registry.
    pub(super) copies: Vec<Copy>,
    /// The files that it was read from.
    pub(super) layers: Vec<Layer>,
}

impl Known {
    /// The charts that are in the landscape's registry: its own, and those that are copied there.
    pub(super) fn charts(&self) -> impl Iterator<Item = (&str, Digest)> {
        let own = self.charts.iter().map(|chart| (chart.name(), chart.digest()));
        own.chain(
            self.copies.iter().filter_map(|Copy { target, .. }| Some((target.last_part(), target.digest?))),
        )
    }
}

impl Compiler<'_> {
    /// Reads a landscape and looks for everything that it refers to; nothing is checked yet.
    pub fn stock(&self, directory: &RelPath, report: &mut Report) -> Result<Stock, Reported> {
        self.stock_unseen(directory, &mut Seen::nothing(), report)
    }

    pub(super) fn stock_unseen(
        &self,
        directory: &RelPath,
        seen: &mut Seen<'_>,
        report: &mut Report,
    ) -> Result<Stock, Reported> {
        let (mut landscape, lock, layers) = self.load(directory, seen, report)?;
        (self.begin)("charts");
        let display = |chart: &str| self.workspace.display(&directory.child("charts").child(chart));
        let charts = pin::pack(&landscape, &display, report);
        pin::to_own(&mut landscape, &charts, report);
        (self.begin)("inventory");
        let inventory = inventory::inventory(&landscape);
        report.extend(inventory.findings.iter().cloned());
        let lock = lock.map(|file| lock::read(&file, report)).unwrap_or_default();
        Ok(Stock { landscape, inventory, known: Known { lock, charts, copies: Vec::new(), layers } })
    }

    /// Holds the references of a landscape to the digests that its lock knows.
    pub(super) fn pinned(&self, mut stock: Stock, report: &mut Report) -> Stock {
        (self.begin)("pin");
        report.extend(lock::judge(&stock.known.lock, &stock.inventory, self.strictness));
        pin::to_locked(&mut stock.landscape, &stock.known.lock);
        if self.relocate {
            stock.known.copies = relocate::relocate(&mut stock.landscape, report);
        }
        pin::to_secrets(&mut stock.landscape);
        mirror::mirror(&mut stock.landscape, report);
        stock
    }
}
