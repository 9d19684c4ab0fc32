//! The style of a picture, in light and dark mode.

/// Blue and orange are distinct even to colour-blind readers; waits are also hatched, and unread
/// messages dashed. Colours are literals, as some viewers do not support variables.
pub const STYLE: &str = "
text{font:17px Helvetica,Arial,'Liberation Sans',Roboto,system-ui,sans-serif;fill:#1f2328}
.ground{fill:#fff}
.title,.name{font-weight:600}
.name{text-anchor:middle}
.t,.end{text-anchor:end}
.t,.faint{fill:#59636e}
.does{font-style:italic}
path{fill:none;stroke:#59636e;stroke-width:2}
.life,.box{stroke:#848d97;stroke-width:1.5;fill:#fff}
.stage{fill:#eff1f3;rx:4px}
.gap{stroke:#fff;stroke-width:8}
.break{stroke:#848d97;stroke-width:1.5}
path.said,.said path{stroke:#0969da}
path.heard,.heard path{stroke:#57606a}
path.wrong,.wrong path{stroke:#b54708}
.wait{fill:url(#hatch);stroke:#b54708}
.hatch{fill:#fff1e5}
.bad,.wrong .w{fill:#b54708;font-weight:600}
.queued{stroke-dasharray:6 5}
#said path{fill:#0969da}
#heard path{fill:#57606a}
#wrong path{fill:#b54708}
marker path{stroke:none}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}
.ground{fill:#0d1117}
.t,.faint{fill:#9da7b3}
path{stroke:#9da7b3}
.life,.box{stroke:#656d76;fill:#0d1117}
.stage{fill:#1c2128}
.gap{stroke:#0d1117}
.break{stroke:#656d76}
path.said,.said path{stroke:#58a6ff}
path.heard,.heard path{stroke:#9da7b3}
path.wrong,.wrong path{stroke:#ffa657}
.wait{stroke:#ffa657}
.hatch{fill:#3b2611}
.bad,.wrong .w{fill:#ffa657}
#said path{fill:#58a6ff}
#heard path{fill:#9da7b3}
#wrong path{fill:#ffa657}
}
";

/// The arrowheads and the hatching.
pub fn definitions() -> String {
    let head = |kind| {
        format!(
            "<marker id=\"{kind}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" \
             markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
             <path d=\"M0 0L10 5L0 10z\"/></marker>\n"
        )
    };
    let heads = ["said", "heard", "wrong"].map(head).concat();
    format!(
        "<defs>\n{heads}<pattern id=\"hatch\" width=\"7\" height=\"7\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"hatch\" width=\"7\" height=\"7\"/><path class=\"wrong\" d=\"M0 0V7\"/>\
         </pattern>\n</defs>"
    )
}
