//! The methods of disabled features: the error about a call of one names the feature.

use super::Server;
use crate::handler::call::inject::State;

macro_rules! absent {
    ($($feature:literal $trait:ident: $message:literal, $note:literal; $($method:ident)*;)*) => {$(
        #[doc = concat!("A server of a program with the feature `", $feature, "`.")]
        #[cfg(not(feature = $feature))]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "the feature is off",
            note = $note
        )]
        pub trait $trait<'a>: Sized {
            #[doc(hidden)]
            fn built(self) -> Self;
        }

        #[cfg(not(feature = $feature))]
        impl<S: State> Server<S> {$(
            #[doc = concat!("Needs the feature `", $feature, "`.")]
            #[doc(hidden)]
            pub fn $method<T>(self, _: T) -> Self
            where
                for<'a> Self: $trait<'a>,
            {
                <Self as $trait<'static>>::built(self)
            }
        )*}
    )*};
}

absent! {
    "otel" Telemetry: "`Server::telemetry` needs the feature `otel` of `mcp-runtime`",
        "write `mcp-runtime = {{ version = \"..\", features = [\"otel\"] }}` in Cargo.toml";
        telemetry;
    "page" Tried: "`Server::page` needs the feature `page` of `mcp-runtime`",
        "the feature is on by default: write `features = [\"page\"]` in Cargo.toml, or remove the call: a server without the feature has no page";
        page;
    "redis" Redis: "the state that instances share needs the feature `redis` of `mcp-runtime`",
        "write `mcp-runtime = {{ version = \"..\", features = [\"redis\"] }}` in Cargo.toml, or give `Server::stores` your own";
        redis store_prefix;
    "cli" Logged: "`Server::log_layer` needs the feature `cli` of `mcp-runtime`",
        "the feature is on by default: write `features = [\"cli\"]` in Cargo.toml, or add the layer to a subscriber of your own";
        log_layer;
    "skills" Skills: "`Server::skills` needs the feature `skills` of `mcp-runtime`",
        "write `mcp-runtime = {{ version = \"..\", features = [\"skills\"] }}` in Cargo.toml";
        skills skill_files;
    "tls" Tls: "`Server::tls` needs the feature `tls` of `mcp-runtime`",
        "write `mcp-runtime = {{ version = \"..\", features = [\"tls\"] }}` in Cargo.toml, or put a proxy in front of the server";
        tls;
}

/// A server of a program with the feature `cli`.
#[cfg(not(feature = "cli"))]
#[diagnostic::on_unimplemented(
    message = "`Server::run` needs the feature `cli` of `mcp-runtime`",
    label = "the feature is off",
    note = "the feature is on by default: write `features = [\"cli\"]` in Cargo.toml, or call `serve_stdio()` or `serve_http(address)` without it"
)]
pub trait CommandLine<'a>: Sized {
    #[doc(hidden)]
    fn ran(self) -> crate::Result<()>;
}

#[cfg(not(feature = "cli"))]
impl<S: State> Server<S> {
    /// Needs the feature `cli`.
    #[doc(hidden)]
    pub fn run(self) -> std::future::Ready<crate::Result<()>>
    where
        for<'a> Self: CommandLine<'a>,
    {
        std::future::ready(<Self as CommandLine<'static>>::ran(self))
    }
}
