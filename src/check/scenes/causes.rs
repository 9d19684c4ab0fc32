//! Advice for what scenes in code observe, by subject.

use crate::model::advice::Advice;

// Clients that come and go.

pub const KEEPS_CONNECTIONS: Advice = Advice {
    id: "keeps-connections",
    means: "your server keeps the connections of clients that have left: in the end it runs out of \
            descriptors.",
    look_at: "the list: remove a client that leaves, and drop every clone of its stream.",
};
pub const RESETS_AT_ONCE: Advice = Advice {
    id: "resets-at-once",
    means: "your server fails when several clients reset their connections at once.",
    look_at: "what follows a failed write: that client is about to leave anyway. An unwrap, a \
              break or a ? there affects the clients that stay.",
};

// What several do at the same moment.

pub const SAME_NAME_AT_ONCE: Advice = Advice {
    id: "same-name-at-once",
    means: "your server gives one name to two clients that ask for it at the same moment, though \
            it refuses a name that is taken.",
    look_at: "what is locked from the check that the name is free until every client is \
              notified: one lock, held throughout.",
};
pub const STOPS_WHEN_AT_ONCE: Advice = Advice {
    id: "stops-when-at-once",
    means: "your server stops when several clients do at the same time what each can do alone: \
            its threads wait for one another.",
    look_at: "each place that locks a second thing while it holds a first one: all must lock them \
              in the same order. With one lock for everything there is no order to get wrong.",
};

// A client that does not read.

pub const FREEZES: Advice = Advice {
    id: "freezes",
    means: "your server makes everybody wait for one client that does not read.",
    look_at: "the write that blocks, and what is held or not done meanwhile: nobody may wait for \
              it but a thread of that client's own.",
};
pub const SLOWED_DOWN: Advice = Advice {
    id: "slowed-by-a-stalled-client",
    means: "your server makes others wait for a client that does not read.",
    look_at: "what the other clients' threads wait for while one client does not read.",
};
pub const ALWAYS_SLOW: Advice = Advice {
    id: "slow-for-nobody",
    means: "your server reads a client's input too slowly, although no client that reads has \
            fallen behind.",
    look_at: "what holds the sender back: throttle it only while a client that reads has fallen \
              behind.",
};
pub const DISCONNECTS_THE_SLOW: Advice = Advice {
    id: "disconnects-the-slow",
    means: "your server disconnects a client that is merely slow.",
    look_at: "the bound of a client's queue: it must hold 1 MiB.",
};
pub const DROPS_AT_GOODBYE: Advice = Advice {
    id: "drops-at-goodbye",
    means: "your server closes a connection before all that waits for its client is sent.",
    look_at: "what follows /exit: send what is in the queue, then Bye., then close.",
};
pub const CHANGES_THE_ORDER: Advice = Advice {
    id: "changes-the-order",
    means: "your server changes the order of the lines for a client that reads slowly.",
    look_at: "the paths to a client: it needs one queue, and one thread that writes it out.",
};
pub const DROPS_LINES: Advice = Advice {
    id: "drops-for-the-slow",
    means: "your server drops messages for a client that reads slowly.",
    look_at: "what happens when a client's queue is full: block or disconnect, but never drop a \
              line.",
};
pub const SILENT_ON_STDERR: Advice = Advice {
    id: "silent-on-stderr",
    means: "your server disconnects a client that does not read, and does not report it.",
    look_at: "what happens when a client's backlog is too large: report on stderr why it was \
              disconnected.",
};
pub const NO_NOTICE: Advice = Advice {
    id: "no-left-for-the-slow",
    means: "your server does not announce that a client left if it was disconnected for its \
            backlog.",
    look_at: "what follows the disconnection: notify the others, however a client leaves.",
};
pub const KEEPS_WITHOUT_END: Advice = Advice {
    id: "queues-without-end",
    means: "your server buffers without limit what a client does not read.",
    look_at: "the bound of a client's queue: beyond 1 MiB, disconnect the client.",
};
pub const KEEPS_QUEUES: Advice = Advice {
    id: "keeps-queues",
    means: "your server keeps the backlog of a client that has left.",
    look_at: "how a client ends: its queue and its writing thread must end with it, even if that \
              thread is blocked.",
};

// A client that talks without a pause.

pub const CUTS_THE_READER: Advice = Advice {
    id: "flood-cuts-the-reader",
    means: "your server disconnects a client that reads, because another one sends too much.",
    look_at: "what happens when a client that reads falls behind: the sender's own reading thread \
              must wait; then TCP slows the sender down.",
};
pub const CUTS_THE_TALKER: Advice = Advice {
    id: "flood-cuts-the-talker",
    means: "your server disconnects a client that sends too much, or blocks it for ever.",
    ..CUTS_THE_READER
};
pub const LEAVES_OUT_THE_SLOW: Advice = Advice {
    id: "flood-leaves-out-the-slow",
    means: "your server does not send everything to a client that reads slowly.",
    look_at: "the path of a line to a client that has fallen behind: it may wait, but it must \
              arrive.",
};

pub const TYPIST_WAITS: Advice = Advice {
    id: "typist-waits-for-floods",
    means: "your server makes a client that types wait for those that talk without a pause.",
    look_at: "what a client's thread waits for before it sends a line on: no thread may sleep, or \
              write for long, while it holds a lock that all need.",
};
pub const TYPIST_WAITS_FOR_ANSWERS: Advice = Advice {
    id: "typist-waits-for-answers",
    means: "your server makes a client that types wait for one that asks without a pause.",
    ..TYPIST_WAITS
};
pub const CUTS_WHO_ASKS: Advice = Advice {
    id: "flood-cuts-who-asks",
    means: "your server disconnects a client that asks a lot, although it reads all the answers.",
    look_at: "what throttles a client that has fallen behind: its own answers count as other \
              clients' messages do.",
};
pub const WAITS_FOR_THE_STALLED: Advice = Advice {
    id: "waits-for-the-stalled",
    means: "your server makes others wait for a client that reads nothing at all.",
    look_at: "which clients are waited for: only those that took something in the last five \
              seconds.",
};

pub const KEEPS_THE_HALF_CLOSED: Advice = Advice {
    id: "keeps-the-half-closed-for-ever",
    means: "your server waits for ever for a client that has half-closed and takes nothing.",
    look_at: "the wait until all is written: after 30 seconds in which a client takes nothing, it \
              is disconnected, whether it has left or not.",
};

// What happens in a thread.

pub const COSTS_TIME_IN_SILENCE: Advice = Advice {
    id: "works-in-silence",
    means: "your server works all the time for clients that read nothing.",
    look_at: "how it waits until a client takes something: the operating system wakes a thread \
              when there is space. Polling costs time for each client, for ever.",
};

pub const WAKES_FOR_EACH: Advice = Advice {
    id: "wakes-for-each-delivery",
    means: "your server wakes a thread for most lines that go to a client.",
    look_at: "how many threads write, and how much each finds to do when it is woken: one that is \
              awake already can write to all clients that keep up.",
};
pub const WAITS_FOR_EACH_FULL_SOCKET: Advice = Advice {
    id: "waits-for-each-full-socket",
    means: "your server makes others wait for each client that stops reading, one after the other.",
    look_at: "how long the thread that writes to all waits for one full socket, and how many can \
              be full at once.",
};

// Accounts.

pub const TWO_OWNERS: Advice = Advice {
    id: "two-owners",
    means: "your server registers one name for two clients that ask for it at the same moment.",
    look_at: "what is locked from the check that a name is free until it is registered: one lock, \
              held throughout, or a reservation before the slow part.",
};

pub const TO_THE_FIRST: Advice = Advice {
    id: "name-to-the-first",
    means: "your server gives a name to the first who asks: anybody can be Alice.",
    look_at: "what makes a name somebody's own: a key, which nobody else has.",
};
pub const WAITS_FOR_A_LOGIN: Advice = Advice {
    id: "waits-for-a-login",
    means: "your server makes others wait while a client tries a key.",
    look_at: "which thread sleeps: only the client's own, with no lock held, not the room.",
};
pub const LOGINS_IN_TURN: Advice = Advice {
    id: "logins-in-turn",
    means: "your server makes clients that try a key wait for one another.",
    look_at: "what is locked during the pause: nothing should be. Attempts at different names are \
              independent.",
};
pub const REFUSES_TOO_SOON: Advice = Advice {
    id: "refuses-too-soon",
    means: "your server rejects a wrong name or key too soon: the shorter the pause, the more \
            guesses a second.",
    look_at: "what happens before the answer: pause for a second, for a wrong name as for a wrong \
              key.",
};
pub const NO_MEMORY_NOTICE: Advice = Advice {
    id: "not-said-to-be-in-memory",
    means: "your server does not print that its accounts are kept only in memory.",
    look_at: "the second line on stdout: Accounts are kept in memory: name a file to keep them.",
};
pub const PRINTS_KEYS: Advice = Advice {
    id: "prints-keys",
    means: "your server prints keys: anyone who reads its log has them.",
    look_at: "what is printed when a client registers or logs in: at most the name.",
};
pub const KEYS_ALIKE: Advice = Advice {
    id: "keys-alike",
    means: "your server makes similar keys: a client that has one can guess another.",
    look_at: "where keys come from: 128 random bits each, from the operating system; no counter, \
              clock, name or fixed seed.",
};
pub const KEYS_IN_THE_FILE: Advice = Advice {
    id: "keys-in-the-file",
    means: "your server stores the keys themselves: anyone who reads the file has them.",
    look_at: "what is written: the SHA-256 of a key. The key itself goes only to its owner.",
};
pub const NOT_KEPT: Advice = Advice {
    id: "not-kept",
    means: "your server does not find a registered account in its file.",
    look_at: "what it writes, when that is on disk, and what it loads at the start: all accounts, \
              including the first.",
};
pub const KEPT_LATE: Advice = Advice {
    id: "kept-late",
    means: "your server answers before the account is on disk.",
    look_at: "the order: first write the account and sync the file, then answer.",
};
pub const LOST_BEHIND_A_TORN_LINE: Advice = Advice {
    id: "lost-behind-a-torn-line",
    means: "your server does not recover from half a line at the end of its file, as a crash \
            leaves it.",
    look_at: "what happens at the start: half a line at the end was never answered. Cut it off, or \
              the next account is appended to it.",
};
pub const STARTS_WITH_DAMAGE: Advice = Advice {
    id: "starts-with-damage",
    means: "your server starts with a file that is damaged in the middle.",
    look_at: "how a line that is not an account is handled: exit with an error that names the \
              line, and overwrite nothing, so that the file can be repaired.",
};
pub const OVERWRITES_DAMAGE: Advice = Advice {
    id: "overwrites-damage",
    means: "your server changes a file that is damaged.",
    ..STARTS_WITH_DAMAGE
};
pub const DOES_NOT_NAME_THE_LINE: Advice = Advice {
    id: "does-not-name-the-line",
    means: "your server does not report which line of its file is damaged.",
    look_at: "the error on stderr: with the line's number, the file can be repaired.",
};
pub const SHARES_ITS_FILE: Advice = Advice {
    id: "shares-its-file",
    means: "your server starts although another one uses its file: neither knows what the other \
            registers.",
    look_at: "the start: call File::try_lock, and exit with an error if another server holds the \
              lock.",
};
pub const WAITS_FOR_THE_DISK: Advice = Advice {
    id: "waits-for-the-disk",
    means: "your server makes every client wait for the disk while one registers.",
    look_at: "what is locked while the account is written and synced: the file, but not the room.",
};
pub const ENDS_WITH_THE_SERVER: Advice = Advice {
    id: "ends-with-the-server",
    means: "your server keeps its accounts in memory only: when it is killed, every name is free.",
    look_at: "where the accounts are when the server starts again: in a file, which its second \
              argument names.",
};
pub const ONE_PROCESS: Advice = Advice {
    id: "one-process",
    means: "your server is one process, and its room ends there.",
    look_at: "what two servers share: nothing yet.",
};

// Instances that share a Redis.

pub const DISCONNECTS_WITHOUT_REDIS: Advice = Advice {
    id: "disconnects-without-redis",
    means: "your server disconnects clients when it loses its connection to Redis.",
    look_at: "what follows a Redis error: reconnect to Redis, and close no client's connection.",
};
pub const ENDS_WITHOUT_REDIS: Advice = Advice {
    id: "ends-without-redis",
    means: "your server exits when it loses its connection to Redis.",
    look_at: "what follows a Redis error: reconnect; neither a thread nor the program may end.",
};
pub const LOST: Advice = Advice {
    id: "lost-line",
    means: "a line is lost, or takes more than 10 s, when a connection between your server and \
            Redis is lost.",
    look_at: "whether it reconnects with all that it needs (a restarted Redis has no scripts); \
              where it resumes reading: after the last entry it has read; and whether it resends \
              requests that got no answer.",
};
pub const TWICE: Advice = Advice {
    id: "line-twice",
    means: "a line arrives twice when a connection between your server and Redis is lost.",
    look_at: "whether it was written twice or read twice: a request that is resent must be \
              recognised as the same, and a server resumes reading after the last entry it has \
              read.",
};
pub const ORDER: Advice = Advice {
    id: "no-common-order",
    means: "your servers do not send messages in one order.",
    look_at: "where a client's own messages come from: only from the shared log.",
};
pub const NO_WAIT_NOTICE: Advice = Advice {
    id: "not-said-to-wait",
    means: "your server does not tell alice that her messages wait.",
    look_at: "what happens when Redis does not answer: The room is out of reach: what you say \
              waits.",
};
pub const NO_BACK_NOTICE: Advice = Advice {
    id: "not-said-to-be-back",
    means: "your server does not report when the room is back.",
    look_at: "the end of the wait: The room is back.",
};
pub const REPEATED_NOTICE: Advice = Advice {
    id: "says-again-that-it-waits",
    means: "your server tells alice more than once that her messages wait.",
    look_at: "the state of each client: remember whether it was notified.",
};
pub const BACK_TOO_LATE: Advice = Advice {
    id: "back-too-late",
    means: "your server reports that the room is back only after the messages that waited.",
    look_at: "the order: first The room is back., then the messages that waited.",
};
pub const KEYS_IN_REDIS: Advice = Advice {
    id: "keys-in-redis",
    means: "your server stores the keys themselves in Redis: anyone who can read it has them.",
    look_at: "what goes to Redis: the SHA-256 of a key. The key itself goes only to its owner.",
};
