//! Registered names.

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
        .means("your server sends a key to everyone.")
        .look_at("which clients get the answer to /register: only its sender."),
    mistake("nick-takes-accounts", Accounts)
        .grant(|r| r.is_granted || r.is_well_formed() && r.is_free_ignoring_accounts())
        .means("your server grants a registered name to a client that asks for it with /nick.")
        .look_at("what /nick checks: whether a client has the name, and whether it is registered."),
    mistake("accounts-to-the-letter", Accounts)
        .have(CompareAccountsExactly)
        .means("your server treats a registered name in another letter case as another name.")
        .look_at("where names are compared: ignore case for registered names too."),
    mistake("registers-taken-names", Accounts)
        .have(RegisterTakenNames)
        .means("your server lets a client register a name that another client is using.")
        .look_at(
            "what /register checks: whether the name is registered, and whether another client is \
             using it.",
        ),
    mistake("registers-twice", Accounts)
        .have(RegisterTwice)
        .means("your server registers a name that is already registered.")
        .look_at(
            "what /register checks first: whether an account of that name exists, even the \
             client's own.",
        ),
    mistake("any-key", Accounts)
        .have(TakeAnyKey)
        .means("your server accepts any key.")
        .look_at("where the key is compared: with the one issued for this name."),
    mistake("beginning-of-a-key", Accounts)
        .have(TakeBeginningOfKey)
        .means("your server accepts a prefix of the key.")
        .look_at("where the key is compared: compare all of it, including the length."),
    mistake("own-words-for-a-failed-login", Accounts)
        .write(|d| {
            d.is(LoginRefused)
                .then_some(Expected::Matches(Pattern::LoginRefusal))
        })
        .means(
            "your server reports a failed login in other words: they must be the same whatever was \
             wrong.",
        )
        .look_at(
            "what is answered: Wrong name or key. Other words may reveal which of the two it was.",
        ),
    mistake("old-connection-goes-on", Accounts)
        .have(KeepOldConnection)
        .means(
            "your server keeps serving an old connection after its owner has logged in elsewhere.",
        )
        .look_at(
            "what a login does with another connection of that name: notify it, close it, and \
             ignore its input.",
        ),
    mistake("old-connection-stays-open", Accounts)
        .have(KeepOldConnectionOpen)
        .means(
            "your server notifies an older connection that its owner has logged in elsewhere, but \
             does not close it.",
        )
        .look_at(
            "what a login does with another connection of that name: notify it, then close it.",
        ),
    mistake("registers-without-rename", Accounts)
        .have(RegisterWithoutRename)
        .means("your server registers a name but does not rename the client to it.")
        .look_at("what follows a registration: {old} is now {name}, sent to everyone."),
    mistake("old-connection-left", Accounts)
        .have(AnnounceOldConnection)
        .means(
            "your server announces that a client left when its owner has only logged in elsewhere.",
        )
        .look_at(
            "what a login does with another connection of that name: for everyone else, the user \
             is still here.",
        ),
    mistake("endless-guesses", Accounts)
        .have(AllowEndlessGuesses)
        .means("your server does not end the connection at the third wrong login in a row.")
        .look_at(
            "what is counted: every failed login of a client, for a wrong name or a wrong key, \
             whatever the name.",
        ),
    mistake("counts-on-after-login", Accounts)
        .have(KeepCountAfterLogin)
        .means("your server does not reset the count of wrong logins after a right one.")
        .look_at("what a right login does: it resets the count."),
    mistake("one-count-for-all", Accounts)
        .have(CountAllGuessesTogether)
        .means(
            "your server counts the wrong logins of all clients together: one client's guesses \
             disconnect another.",
        )
        .look_at("where it counts: each client needs its own counter."),
];
