//! A ZIP archive of uncompressed files (PKWARE APPNOTE 6.3.10).

/// The largest file and archive of the format without its 64-bit extension.
const LARGEST: u64 = u32::MAX as u64;
/// 1980-01-01, the first day of the format: an archive depends on its files only.
const DATE: u16 = 0x21;

/// A file of an archive.
pub(super) struct File<'f> {
    pub path: &'f str,
    pub bytes: &'f [u8],
    pub is_executable: bool,
}

/// Packs files into an archive; `None` if they are too large.
pub(super) fn archive(files: &[File<'_>]) -> Option<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let offset = u32::try_from(archive.len()).ok()?;
        let size = u32::try_from(file.bytes.len()).ok()?;
        let common = common(file, size)?;
        archive.extend_from_slice(&0x0403_4b50_u32.to_le_bytes());
        archive.extend_from_slice(&common);
        archive.extend_from_slice(file.path.as_bytes());
        archive.extend_from_slice(file.bytes);
        let mode: u32 = if file.is_executable {
            0o100_755
        } else {
            0o100_644
        };
        directory.extend_from_slice(&0x0201_4b50_u32.to_le_bytes());
        directory.extend_from_slice(&0x0314_u16.to_le_bytes()); // made on Unix, by version 2.0
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]); // comment, disk, internal attributes
        directory.extend_from_slice(&(mode << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(file.path.as_bytes());
    }
    let start = u32::try_from(archive.len()).ok()?;
    let (count, size) = (
        u16::try_from(files.len()).ok()?,
        u32::try_from(directory.len()).ok()?,
    );
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(&0x0605_4b50_u32.to_le_bytes());
    archive.extend_from_slice(&[0; 4]);
    archive.extend_from_slice(&count.to_le_bytes());
    archive.extend_from_slice(&count.to_le_bytes());
    archive.extend_from_slice(&size.to_le_bytes());
    archive.extend_from_slice(&start.to_le_bytes());
    archive.extend_from_slice(&[0; 2]);
    (archive.len() as u64 <= LARGEST).then_some(archive)
}

/// The fields that the header of a file and its entry in the directory share.
fn common(file: &File<'_>, size: u32) -> Option<Vec<u8>> {
    let mut fields = Vec::new();
    fields.extend_from_slice(&20_u16.to_le_bytes());
    fields.extend_from_slice(&0x0800_u16.to_le_bytes()); // names are UTF-8
    fields.extend_from_slice(&[0; 4]); // stored, at midnight
    fields.extend_from_slice(&DATE.to_le_bytes());
    fields.extend_from_slice(&crc32(file.bytes).to_le_bytes());
    fields.extend_from_slice(&size.to_le_bytes());
    fields.extend_from_slice(&size.to_le_bytes());
    fields.extend_from_slice(&u16::try_from(file.path.len()).ok()?.to_le_bytes());
    fields.extend_from_slice(&[0; 2]);
    Some(fields)
}

/// CRC-32 (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |sum: u32, byte: &u8| TABLE[usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8);
    !bytes.iter().fold(!0, step)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0_u32;
    while index < 256 {
        let (mut sum, mut bit) = (index, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
            bit += 1;
        }
        table[index as usize] = sum;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn an_archive_has_its_directory_at_the_end() {
        let file = File {
            path: "a.txt",
            bytes: b"hello",
            is_executable: false,
        };
        let archive = archive(&[file]).unwrap();
        assert!(archive.starts_with(b"PK\x03\x04") && archive[30..].starts_with(b"a.txthello"));
        assert_eq!(&archive[archive.len() - 22..][..4], b"PK\x05\x06");
    }
}
