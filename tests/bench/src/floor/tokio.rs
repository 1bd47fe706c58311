//! The floor over stdio as an asynchronous program: read a line, answer it, write the answer, with tokio's stdin and
//! stdout, which run each read and each write on another thread.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, stdin, stdout};

use crate::error::Error;

/// Serves until its input ends.
pub(crate) async fn serve() -> Result<(), Error> {
    let (mut input, mut output) = (BufReader::new(stdin()), stdout());
    let (mut line, mut answer) = (Vec::new(), Vec::new());
    while input
        .read_until(b'\n', &mut line)
        .await
        .map_err(Error::io("reading requests"))?
        > 0
    {
        super::answer(&line, &mut answer)?;
        answer.push(b'\n');
        output
            .write_all(&answer)
            .await
            .map_err(Error::io("writing answers"))?;
        output.flush().await.map_err(Error::io("writing answers"))?;
        line.clear();
        answer.clear();
    }
    Ok(())
}
