//! Draws what happened: in the terminal and as SVG.

pub mod lane;
pub mod layout;
pub mod measure;
pub mod picture;
pub mod plot;
pub mod rows;
pub mod style;
pub mod timeline;
