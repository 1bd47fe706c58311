//! Programs that the macros must let pass, each a module as a file of a crate would be. The lints that they deny are
//! those of users.
#![expect(
    dead_code,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    reason = "what is declared is not always used, nor written as this house would"
)]

mod elicit {
    mod shapes;
}
mod model {
    mod with_rules;
    mod without_serde;
}
mod prompt {
    mod every_key;
    mod shapes;
}
mod resource {
    mod every_key;
    mod no_implicit_prelude;
    mod shapes;
}
mod server {
    mod defaults;
    mod kinds;
    mod parts;
    mod shapes;
    mod unregistered;
}
mod state {
    mod shapes;
}
mod tool {
    mod cfg;
    mod every_key;
    mod from_macro_rules;
    mod inside_function;
    mod names_in_sight;
    mod no_implicit_prelude;
    mod other_path;
    mod own_result;
    mod private_types;
    mod raw_names;
    mod shapes;
    mod wrapped_by_macro_rules;
}
