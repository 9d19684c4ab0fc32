//! Step 1: an echo.

use super::scene::{Scene, Script::Turns};

pub const SCENES: &[Scene] = &[
    Scene::new("an echo for one client", 0).script(Turns(
        "alice connects; alice says hi; alice says how are you?; alice says so long",
    )),
    Scene::new("one client after the other", 0).script(Turns(
        "alice connects; alice says hi; alice leaves
         bob connects; bob says hello; bob leaves
         carol connects; carol says oops & resets
         dave connects; dave says oops & says wait & resets
         erin connects; erin says hello",
    )),
];
