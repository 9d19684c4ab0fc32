//! What is held while a thread waits. (Where a thread is seen at a lock and no mistake is named,
//! the words are in `check/failure.rs`.)

use crate::model::features::Feature::Chat;
use crate::model::mistakes::mistake::Topic::Lock;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[mistake("serves-nobody-while-it-waits", Chat)
    .attend(|i| !i.connects() || i.others().count() == 0)
    .about(Lock)
    .means("your server serves nobody else while it waits for one client to say something.")
    .look_at(
        "what the accept loop waits in: a join, until a client's thread ends? Or what is held \
             while a thread waits in read(): lock after the read, not before it.",
    )];
