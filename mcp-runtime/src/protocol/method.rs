//! The methods of all revisions, so that routing and metric labels use a closed set.

macro_rules! methods {
    ($($variant:ident = $name:literal,)*) => {
        /// A method that some revision defines, or another name.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub(crate) enum Method {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// A name that no revision defines.
            Other(Box<str>),
        }

        impl Method {
            /// The names of all known methods.
            pub(crate) const KNOWN: &'static [&'static str] = &[$($name),*];

            /// The method called `name`.
            pub(crate) fn parse(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }

            /// The name as it is written on the wire.
            pub(crate) fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }

            /// The position in [`Method::KNOWN`], or its length: for tables with one entry per method.
            pub(crate) fn index(&self) -> usize {
                enum Index { $($variant,)* Other }
                match self {
                    $(Self::$variant => Index::$variant as usize,)*
                    Self::Other(_) => Index::Other as usize,
                }
            }

            /// The name, or `other`: a closed set for metric labels.
            pub(crate) fn label(&self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(_) => "other",
                }
            }
        }
    };
}

methods! {
    ServerDiscover = "server/discover",
    Initialize = "initialize",
    Ping = "ping",
    ToolsList = "tools/list",
    ToolsCall = "tools/call",
    ResourcesList = "resources/list",
    ResourcesTemplatesList = "resources/templates/list",
    ResourcesRead = "resources/read",
    ResourcesSubscribe = "resources/subscribe",
    ResourcesUnsubscribe = "resources/unsubscribe",
    PromptsList = "prompts/list",
    PromptsGet = "prompts/get",
    ResourcesDirectoryRead = "resources/directory/read",
    SkillsList = "skills/list",
    SkillsGet = "skills/get",
    TasksGet = "tasks/get",
    TasksUpdate = "tasks/update",
    TasksCancel = "tasks/cancel",
    CompletionComplete = "completion/complete",
    LoggingSetLevel = "logging/setLevel",
    SubscriptionsListen = "subscriptions/listen",
    Initialized = "notifications/initialized",
    Cancelled = "notifications/cancelled",
}
