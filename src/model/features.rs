//! What the steps add to the contract, in order. Where the steps are cut, this table alone says.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    Echo,
    /// Several clients at once.
    Threads,
    Chat,
    Lines,
    Commands,
    Names,
    Accounts,
    /// A file keeps the accounts.
    Ledger,
    /// Two servers, and the words stay the same.
    Instances,
}

impl Feature {
    /// The first step that has it. All later ones keep it.
    pub const fn step(self) -> usize {
        match self {
            Feature::Echo => 1,
            Feature::Threads => 2,
            Feature::Chat => 3,
            Feature::Lines => 4,
            Feature::Commands => 5,
            Feature::Names => 6,
            Feature::Accounts => 10,
            Feature::Ledger => 11,
            Feature::Instances => 12,
        }
    }

    pub fn is_in(self, step: usize) -> bool {
        self.step() <= step
    }
}
