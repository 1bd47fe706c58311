//! The page to try a server in a browser: its files, and the headers that confine them.
//!
//! The files are served as they are, without a build. The page is a client of `/mcp` like any other: what it shows comes
//! from there, and is text of the server's author, which it never reads as HTML.

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

/// The policy of the page: everything is its own, nothing is inline, and nobody frames it. Trusted Types keep text from
/// becoming HTML or a script by mistake.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src data:; \
                    connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                    require-trusted-types-for 'script'; trusted-types 'none'";

/// The policy of the frame of a view: an origin of its own that shares nothing with the page, and of all that a view may
/// declare the most. The frame restricts each view to what that declares, before it reads the view.
const VIEW: &str = "sandbox allow-scripts allow-forms; default-src 'none'; \
                    script-src 'unsafe-inline' 'unsafe-eval' data: blob: https: http://localhost:*; \
                    style-src 'unsafe-inline' data: blob: https: http://localhost:*; \
                    img-src data: blob: https: http://localhost:*; font-src data: blob: https: http://localhost:*; \
                    media-src data: blob: https: http://localhost:*; \
                    connect-src https: wss: http://localhost:* ws://localhost:*; \
                    frame-src https: http://localhost:*; worker-src blob:; base-uri https: http://localhost:*; \
                    form-action 'none'; frame-ancestors 'self'";

/// The policy of what is no document.
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
