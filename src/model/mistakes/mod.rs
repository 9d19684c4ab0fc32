//! The mistakes that servers are known to make, by subject.

mod accounts;
mod bytes;
mod commands;
mod ending;
mod hearing;
mod instances;
mod leaving;
mod lines;
mod locks;
pub mod mistake;
mod names;
mod serving;
mod vocabulary;
mod writing;

use crate::model::advice::Id;
use crate::model::contract::{Contract, Deviation};
use crate::model::mistakes::mistake::Mistake;

/// Where several fit equally well, the first is named first.
static MISTAKES: [&[Mistake]; 12] = [
    serving::MISTAKES,
    locks::MISTAKES,
    ending::MISTAKES,
    bytes::MISTAKES,
    hearing::MISTAKES,
    leaving::MISTAKES,
    writing::MISTAKES,
    lines::MISTAKES,
    commands::MISTAKES,
    names::MISTAKES,
    accounts::MISTAKES,
    instances::MISTAKES,
];

/// A mistake of one size.
#[derive(Clone, Copy)]
pub struct Suspect {
    pub mistake: &'static Mistake,
    pub size: usize,
}

impl Suspect {
    pub fn id(&self) -> Id {
        self.mistake.advice.id
    }

    /// What it means. The size is left out where other sizes explain as much.
    pub fn means(&self, is_sure_of_size: bool) -> String {
        let means = self.mistake.advice.means;
        match (means.find(" ("), means.find("{n}")) {
            (Some(start), Some(size)) if !is_sure_of_size && start < size => {
                let end = means[size..].find(')');
                let end = end.map_or(means.len(), |end| size + end + 1);
                [&means[..start], &means[end..]].concat()
            }
            _ => means.replace("{n}", &self.size.to_string()),
        }
    }

    /// What is different.
    fn deviations(&self) -> impl Iterator<Item = Deviation> {
        let hooks = self.mistake.hooks.into_iter().flatten();
        hooks.map(|hook| Deviation {
            hook,
            size: self.size,
            of: self.mistake.of,
        })
    }
}

/// The contract with these mistakes.
pub fn with(contract: Contract, suspects: &[Suspect]) -> Contract {
    contract.with(suspects.iter().flat_map(Suspect::deviations).collect())
}

/// Everything that can be wrong with a server of this step.
pub fn suspects(step: usize) -> Vec<Suspect> {
    let all = MISTAKES.iter().copied().flatten();
    let possible = all.filter(|mistake| mistake.is_possible(step));
    let sized = |mistake: &'static Mistake| {
        let sizes = mistake.sizes.iter();
        sizes.map(move |size| Suspect {
            mistake,
            size: *size,
        })
    };
    possible.flat_map(sized).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn an_id_stands_for_one_sentence() {
        let mut known = BTreeMap::new();
        for Mistake { advice, .. } in MISTAKES.iter().copied().flatten() {
            let means = known.entry(advice.id).or_insert(advice.means);
            assert_eq!(*means, advice.means, "{}", advice.id);
        }
        let sentences: BTreeSet<&str> = known.values().copied().collect();
        assert_eq!(sentences.len(), known.len(), "an id for each sentence");
    }
}
