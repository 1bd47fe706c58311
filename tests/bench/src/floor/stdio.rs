//! The floor over stdio: read a line, answer it, write the answer.

use std::io::{BufRead as _, Write as _, stdin, stdout};

use crate::error::Error;

/// Serves until its input ends.
pub(crate) fn serve() -> Result<(), Error> {
    let (mut input, mut output) = (stdin().lock(), stdout().lock());
    let (mut line, mut answer) = (Vec::new(), Vec::new());
    while input
        .read_until(b'\n', &mut line)
        .map_err(Error::io("reading requests"))?
        > 0
    {
        super::answer(&line, &mut answer)?;
        answer.push(b'\n');
        output
            .write_all(&answer)
            .and_then(|()| output.flush())
            .map_err(Error::io("writing answers"))?;
        line.clear();
        answer.clear();
    }
    Ok(())
}
