//! Draws what happened: in the terminal and as SVG.

mod canvas;
mod columns;
mod layout;
pub mod measure;
mod motion;
pub mod picture;
pub mod plot;
mod rows;
mod style;
mod svg;
mod threads;
pub mod timeline;
