//! Names that are registered.

use crate::model::contract::Kind::{LoginRefused, Registered};
use crate::model::contract::Quirk::{
    AllowEndlessGuesses, AnnounceOldConnection, CompareAccountsExactly, CountAllGuessesTogether,
    KeepCountAfterLogin, KeepOldConnection, KeepOldConnectionOpen, RegisterTakenNames,
    RegisterTwice, RegisterWithoutRename, TakeAnyKey, TakeBeginningOfKey,
};
use crate::model::contract::{Expected, Pattern};
use crate::model::features::Feature::Accounts;
use crate::model::mistakes::hearing::to_all;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    to_all("tells-keys", Accounts, &[Registered])
        .means("your server tells a key to everybody.")
        .look_at("who hears the answer to /register: its sender alone."),
    mistake("nick-takes-accounts", Accounts)
        .grant(|r| r.is_granted || r.is_well_formed() && r.is_free_ignoring_accounts())
        .means("your server gives a registered name to a client that asks for it with /nick.")
        .look_at(
            "what /nick asks: whether somebody here has the name, and whether it is registered.",
        ),
    mistake("accounts-to-the-letter", Accounts)
        .have(CompareAccountsExactly)
        .means("your server takes a registered name in another letter case for another name.")
        .look_at(
            "where names are compared: letter case aside, with those that are registered, too.",
        ),
    mistake("registers-taken-names", Accounts)
        .have(RegisterTakenNames)
        .means("your server lets a client register the name that somebody else has here.")
        .look_at(
            "what /register asks: whether the name is registered, and whether somebody else here \
             has it.",
        ),
    mistake("registers-twice", Accounts)
        .have(RegisterTwice)
        .means("your server registers a name again that is registered already.")
        .look_at(
            "what /register asks first: whether there is an account of that name, also the \
             client's own.",
        ),
    mistake("any-key", Accounts)
        .have(TakeAnyKey)
        .means("your server lets anybody in, whatever the key.")
        .look_at("where the key is compared: with the one that was made for this name."),
    mistake("beginning-of-a-key", Accounts)
        .have(TakeBeginningOfKey)
        .means("your server takes the beginning of a key for the key.")
        .look_at("where the key is compared: all of it counts, and its length does."),
    mistake("own-words-for-a-failed-login", Accounts)
        .write(|d| {
            d.is(LoginRefused)
                .then_some(Expected::Matches(Pattern::LoginRefusal))
        })
        .means(
            "your server has words of its own for a login that fails: they must be the same, \
             whatever was wrong.",
        )
        .look_at("what is answered: Wrong name or key. Other words may tell which of them it was."),
    mistake("old-connection-goes-on", Accounts)
        .have(KeepOldConnection)
        .means("your server lets an old connection go on when its owner has logged in elsewhere.")
        .look_at(
            "what a login does with another connection of that name: it is told, closed, and heard \
             no more.",
        ),
    mistake("old-connection-stays-open", Accounts)
        .have(KeepOldConnectionOpen)
        .means(
            "your server tells an older connection that its owner has logged in elsewhere, and \
             does not close it.",
        )
        .look_at(
            "what a login does with another connection of that name: it is told, then closed.",
        ),
    mistake("registers-without-rename", Accounts)
        .have(RegisterWithoutRename)
        .means("your server registers a name, and does not call the client by it.")
        .look_at("what follows a registration: {old} is now {name}, for everybody."),
    mistake("old-connection-left", Accounts)
        .have(AnnounceOldConnection)
        .means("your server tells that somebody left whose owner has only logged in elsewhere.")
        .look_at(
            "what a login does with another connection of that name: for all others, the person is \
             still here.",
        ),
    mistake("endless-guesses", Accounts)
        .have(AllowEndlessGuesses)
        .means("your server does not end the connection at the third wrong login in a row.")
        .look_at(
            "what is counted: all that a client tries, a wrong name as well as a wrong key, \
             whichever names they are.",
        ),
    mistake("counts-on-after-login", Accounts)
        .have(KeepCountAfterLogin)
        .means("your server goes on counting wrong logins after a right one.")
        .look_at("what a right login does: the count begins anew."),
    mistake("one-count-for-all", Accounts)
        .have(CountAllGuessesTogether)
        .means(
            "your server counts the wrong logins of all clients together: one who guesses gets \
             others disconnected.",
        )
        .look_at("where it counts: each client has a number of its own."),
];
