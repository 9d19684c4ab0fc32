//! What is held while a thread waits. If a thread is seen waiting for a lock and no mistake is
//! named, the words are those of `check/failure.rs`.

use crate::model::features::Feature::Chat;
use crate::model::mistakes::mistake::Topic::Lock;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[mistake("serves-nobody-while-it-waits", Chat)
    .attend(|i| !i.connects() || i.others().count() == 0)
    .about(Lock)
    .means("your server serves no other client while it waits for one client's input.")
    .look_at(
        "what blocks the accept loop: a join, until a client's thread ends? Or a lock held while a \
         thread waits in read(): lock after the read, not before it.",
    )];
