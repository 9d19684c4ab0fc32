//! A scene as a picture: an SVG drawn from what was recorded, with the same columns as on the terminal.

use std::time::Duration;

use crate::stage::{Event, What};
use crate::terminal::quoted;
use crate::timeline::{Columns, shortened};

/// All lengths are in pixels, at the width that a README has for a picture.
const WIDTH: usize = 760;
const LEFT: usize = 96;
const RIGHT: usize = 48;
const TOP: usize = 74;
const ROW: usize = 30;
/// How wide a letter is, on the average: in a label, and in what the server prints.
const LETTER: usize = 7;
const SMALL_LETTER: usize = 6;
/// A wait is drawn as long as it was, up to so many rows; this long makes one row.
const WAIT_PER_ROW: Duration = Duration::from_millis(400);
const MOST_WAIT_ROWS: u128 = 6;
/// What happens within this time happens at once, for the eye: nobody waits for it.
const INSTANT: Duration = Duration::from_millis(500);

/// Light and dark alike: the picture has a ground of its own, and takes the reader's preference.
const STYLE: &str = "\
svg{--ground:#fff;--ink:#1f2328;--faint:#818b98;--line:#c8ced5;--said:#0969da;--heard:#1a7f37;--bad:#cf222e;--pale:#ffebe9}
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--ink:#e6edf3;--faint:#8b949e;--line:#3d444d;--said:#58a6ff;--heard:#3fb950;--bad:#ff7b72;--pale:#3a1d1f}}
text{font:14px system-ui,sans-serif;fill:var(--ink);stroke:var(--ground);stroke-width:5px;paint-order:stroke}
.name{font-weight:600;font-size:16px;text-anchor:middle}.title{font-size:15px;font-weight:600}
.t,.printed text{fill:var(--faint);font-size:12px}.t{text-anchor:end}
line{stroke:var(--line);stroke-width:2}path{fill:none;stroke-width:2}
.said path,.connected path,.left path{stroke:var(--said)}.heard path,.closed path{stroke:var(--heard)}
.wait{fill:var(--pale);stroke:var(--bad);stroke-dasharray:5 4}.bad{fill:var(--bad);font-weight:600}
.does{font-style:italic}.end{text-anchor:end}circle{fill:var(--ink)}";

/// Draws the picture. It is valid XML, and the same for the same events but for the times.
pub fn draw(title: &str, cast: &[&str], events: &[Event], seen: Option<&str>) -> String {
    let picture = Picture {
        columns: Columns::new(cast.len()),
        clients: cast.len(),
    };
    let events: Vec<&Event> = events.iter().filter(|event| is_shown(event)).collect();
    let heights = heights(&events);
    let bottom = heights.last().copied().unwrap_or(TOP) + ROW;
    let seen = seen.unwrap_or("Everybody hears what is expected.");

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"said\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" style=\"fill:var(--said);stroke:none\"/></marker>\
         <marker id=\"heard\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" style=\"fill:var(--heard);stroke:none\"/></marker></defs>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"8\" style=\"fill:var(--ground)\"/>\n\
         <text class=\"title\" x=\"20\" y=\"28\">{}</text>\n",
        escaped(title),
        escaped(seen),
        escaped(title),
        height = bottom + 16,
    );
    svg += &picture.waits(&events, &heights);
    svg += &picture.lifelines(cast, &events, &heights, bottom);
    for (event, y) in events.iter().zip(&heights) {
        svg += &picture.event(event, *y);
    }
    svg + "</svg>\n"
}

/// What the server prints is shown only where it says more than what the clients see anyway.
fn is_shown(event: &Event) -> bool {
    !matches!(&event.what, What::Printed(text) if text.starts_with("Listening on"))
}

/// Where each event is drawn: a row further down, and more if there was a wait before it.
fn heights(events: &[&Event]) -> Vec<usize> {
    let mut y = TOP;
    let mut before = Duration::ZERO;
    let mut heights = Vec::new();
    for event in events {
        let passed = event.at.saturating_sub(before);
        before = event.at;
        let rows = if passed < INSTANT {
            0
        } else {
            (passed.as_millis() / WAIT_PER_ROW.as_millis()).min(MOST_WAIT_ROWS)
        };
        y += ROW * (1 + usize::try_from(rows).unwrap_or(0));
        heights.push(y);
    }
    heights
}

struct Picture {
    columns: Columns,
    clients: usize,
}

impl Picture {
    fn x(&self, column: usize) -> usize {
        LEFT + column * (WIDTH - LEFT - RIGHT) / self.clients
    }

    fn client(&self, client: usize) -> usize {
        self.x(self.columns.client(client))
    }

    fn server(&self) -> usize {
        self.x(self.columns.server())
    }

    /// A name over each column, and a line as long as its client was there.
    fn lifelines(
        &self,
        cast: &[&str],
        events: &[&Event],
        heights: &[usize],
        bottom: usize,
    ) -> String {
        let mut svg = lifeline(self.server(), "server", TOP, bottom);
        for (client, name) in cast.iter().enumerate() {
            let own = |what: fn(&What) -> bool| {
                let mut its = events.iter().zip(heights);
                its.find(|(event, _)| event.client == Some(client) && what(&event.what))
                    .map(|(_, y)| *y)
            };
            let start = own(|what| matches!(what, What::Connected));
            let end = own(|what| matches!(what, What::Left | What::Reset | What::Disconnected));
            if let Some(start) = start {
                svg += &lifeline(self.client(client), name, start, end.unwrap_or(bottom));
            }
        }
        svg
    }

    /// Behind everything else: a band for each time that a client waited in vain.
    fn waits(&self, events: &[&Event], heights: &[usize]) -> String {
        let in_vain = events
            .iter()
            .enumerate()
            .filter_map(|(index, event)| match event.what {
                What::HeardNothing(limit) => Some(self.wait(events, heights, index, limit)),
                _ => None,
            });
        in_vain.collect()
    }

    /// From what the client said until it hears something; where it said nothing, from what it heard last.
    fn wait(&self, events: &[&Event], heights: &[usize], index: usize, limit: Duration) -> String {
        let client = events[index].client.unwrap_or(0);
        let is_own = |what: fn(&What) -> bool| {
            move |event: &&Event| event.client == Some(client) && what(&event.what)
        };
        let talk = |what: &What| matches!(what, What::Said(_) | What::Heard(_));
        let begun = events[index].at.saturating_sub(limit + INSTANT);
        let last = events[..index].iter().rposition(is_own(talk));
        let said = last.filter(|last| matches!(events[*last].what, What::Said(_)));
        let silent = events
            .iter()
            .position(|event| event.at >= begun)
            .unwrap_or(index);
        let heard = events[index..]
            .iter()
            .position(is_own(|what| matches!(what, What::Heard(_))));

        let start = heights[said.unwrap_or(silent.max(last.unwrap_or(0)))];
        let end = heights[heard.map_or(index, |after| index + after)];
        let (x, height) = (self.client(client) - 8, end - start);
        format!(
            "<rect class=\"wait\" x=\"{x}\" y=\"{start}\" width=\"16\" height=\"{height}\" rx=\"4\"/>\n"
        )
    }

    fn event(&self, event: &Event, y: usize) -> String {
        let time = format!(
            "<text class=\"t\" x=\"56\" y=\"{}\">{} ms</text>",
            y + 4,
            event.at.as_millis()
        );
        let drawn = match (event.client, &event.what) {
            (Some(client), What::Connected) => self.arrow("connected", client, y, "connects", true),
            (Some(client), What::Said(text)) => self.arrow("said", client, y, &quoted(text), true),
            (Some(client), What::Heard(text)) => {
                self.arrow("heard", client, y, &quoted(text), false)
            }
            (Some(client), What::HalfClosed) => self.arrow("left", client, y, "says no more", true),
            (Some(client), What::Left) => self.arrow("left", client, y, "leaves", true),
            (Some(client), What::Reset) => self.arrow("left", client, y, "resets", true),
            (Some(client), What::Disconnected) => self.arrow("closed", client, y, "closes", false),
            (Some(client), What::HeardNothing(limit)) => self.note(
                "bad",
                client,
                y,
                &format!("✗ nothing for {} s", limit.as_secs_f32()),
            ),
            (Some(client), What::Does(what)) => self.note("does", client, y, what),
            (_, What::Printed(text)) => self.printed(y, text.trim_end_matches("\\n")),
            (_, What::Exited(status)) => self.printed(y, &format!("✗ ends ({status})")),
            (None, _) => String::new(),
        };
        format!("{drawn}{time}</g>\n")
    }

    /// An arrow between a client and the server, with its label near the client.
    fn arrow(
        &self,
        class: &str,
        client: usize,
        y: usize,
        label: &str,
        towards_server: bool,
    ) -> String {
        let (client, server) = (self.client(client), self.server());
        let right_of_server = client > server;
        let (near, far) = if right_of_server {
            (client - 2, server + 2)
        } else {
            (client + 2, server - 2)
        };
        let (from, to) = if towards_server {
            (near, far)
        } else {
            (far, near)
        };
        let head = if towards_server { "said" } else { "heard" };
        let (x, anchor) = if right_of_server {
            (client - 22, "end")
        } else {
            (client + 22, "start")
        };
        format!(
            "<g class=\"{class}\"><path d=\"M{from} {y}H{to}\" marker-end=\"url(#{head})\"/><text class=\"{anchor}\" x=\"{x}\" y=\"{}\">{}</text>",
            y - 7,
            escaped(&shortened(label, (near.abs_diff(far) - 30) / LETTER))
        )
    }

    /// Words beside a client's line.
    fn note(&self, class: &str, client: usize, y: usize, text: &str) -> String {
        let right_of_server = self.client(client) > self.server();
        let client = self.client(client);
        let (x, anchor) = if right_of_server {
            (client - 22, "end")
        } else {
            (client + 22, "start")
        };
        let y = y + 4;
        format!(
            "<g class=\"note\"><text class=\"{class} {anchor}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        )
    }

    fn printed(&self, y: usize, text: &str) -> String {
        format!(
            "<g class=\"printed\"><text x=\"{}\" y=\"{}\">» {}</text>",
            self.server() + 10,
            y + 4,
            escaped(&shortened(
                text,
                (WIDTH - self.server() - 20) / SMALL_LETTER
            ))
        )
    }
}

fn lifeline(x: usize, name: &str, start: usize, end: usize) -> String {
    format!(
        "<text class=\"name\" x=\"{x}\" y=\"60\">{name}</text><line x1=\"{x}\" y1=\"{start}\" x2=\"{x}\" y2=\"{end}\"/>\n"
    )
}

/// Text that XML takes for nothing else.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
