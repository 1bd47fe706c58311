//! The page to try a server in a browser: its files, and the headers that confine them.
//!
//! The files are served as they are, without a build. The page is a client of `/mcp` like any other: its content comes
//! from there, and is text of the server's author, which is never parsed as HTML.

/// A file of the page.
#[derive(Debug)]
pub(crate) struct File {
    /// The path that it is served at.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content security policy.
    pub policy: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The policy of the page: same-origin sources only, nothing inline, no framing. Trusted Types prevent text from
/// becoming HTML or a script by mistake.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src data:; \
                    connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                    require-trusted-types-for 'script'; trusted-types 'none'";

/// The policy of the frame of a view: an opaque origin that shares nothing with the page, and the widest sources that
/// a view may declare. The frame restricts each view to its declared sources before it loads the view.
const VIEW: &str = "sandbox allow-scripts allow-forms; default-src 'none'; \
                    script-src 'unsafe-inline' 'unsafe-eval' data: blob: https: http://localhost:*; \
                    style-src 'unsafe-inline' data: blob: https: http://localhost:*; \
                    img-src data: blob: https: http://localhost:*; font-src data: blob: https: http://localhost:*; \
                    media-src data: blob: https: http://localhost:*; \
                    connect-src https: wss: http://localhost:* ws://localhost:*; \
                    frame-src https: http://localhost:*; worker-src blob:; base-uri https: http://localhost:*; \
                    form-action 'none'; frame-ancestors 'self'";

/// The policy of resources that are not documents.
const PART: &str = "default-src 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! file {
    ($path:expr, $name:literal, $media_type:expr, $policy:expr) => {
        File {
            path: $path,
            media_type: $media_type,
            policy: $policy,
            text: include_str!($name),
        }
    };
}

macro_rules! parts {
    ($($name:literal: $media_type:expr),* $(,)?) => {
        &[
            file!("/", "page.html", HTML, PAGE),
            file!("/page/view.html", "view.html", HTML, VIEW),
            $(file!(concat!("/page/", $name), $name, $media_type, PART)),*
        ]
    };
}

/// All files.
pub(crate) static FILES: &[File] = parts![
    "page.css": CSS,
    "icon.svg": SVG,
    "ask.js": SCRIPT,
    "call.js": SCRIPT,
    "calls.js": SCRIPT,
    "client.js": SCRIPT,
    "combobox.js": SCRIPT,
    "connect.js": SCRIPT,
    "content.js": SCRIPT,
    "controls.js": SCRIPT,
    "dom.js": SCRIPT,
    "fields.js": SCRIPT,
    "form.js": SCRIPT,
    "history.js": SCRIPT,
    "json.js": SCRIPT,
    "limits.js": SCRIPT,
    "list.js": SCRIPT,
    "listen.js": SCRIPT,
    "main.js": SCRIPT,
    "panel.js": SCRIPT,
    "prompts.js": SCRIPT,
    "resources.js": SCRIPT,
    "schema.js": SCRIPT,
    "server.js": SCRIPT,
    "sse.js": SCRIPT,
    "tasks.js": SCRIPT,
    "theme.js": SCRIPT,
    "tools.js": SCRIPT,
    "uri.js": SCRIPT,
    "view.js": SCRIPT,
];
