//! A server in several blocks and modules.
#![deny(warnings)]

use mcp_runtime::server;

pub struct Shop<T> {
    first: T,
}

/// The whole shop.
#[server(parts("orders", "reports", "generated"))]
impl<T: ToString + Send + Sync + 'static> Shop<T> {
    /// Says the first.
    #[tool(read_only)]
    async fn first(&self) -> String {
        self.first.to_string()
    }
}

mod orders {
    use mcp_runtime::server;

    #[server(part = "orders", defaults(timeout = "5s"))]
    impl<T: ToString + Send + Sync + 'static> super::Shop<T> {
        /// Orders.
        #[tool]
        async fn order(&self, what: String) -> String {
            what
        }

        #[ready]
        async fn warehouse(&self) -> Result<(), String> {
            Ok(())
        }
    }
}

mod reports {
    #[mcp_runtime::server(part = "reports")]
    impl<T: ToString + Send + Sync + 'static> super::Shop<T> {
        /// Reports.
        #[tool(name = "report.all-time")]
        async fn report(&self) -> String {
            self.first.to_string()
        }
    }
}

macro_rules! part {
    ($name:literal, $ty:ident, $method:ident, $text:literal) => {
        #[server(part = $name)]
        impl<T: ToString + Send + Sync + 'static> $ty<T> {
            #[doc = $text]
            #[tool]
            async fn $method(&self) -> String {
                self.first.to_string()
            }
        }
    };
}
part!("generated", Shop, made, "Is made by a macro.");

#[test]
fn compiles() {
    drop(Shop { first: 1 }.into_server());
}
