"""Packs a folder so that the same files give the same bytes, whoever packs them, and where:

    archive.py FOLDER ARCHIVE.tar.gz

The folder's name comes first in the paths. Times are those of SOURCE_DATE_EPOCH
(https://reproducible-builds.org/specs/source-date-epoch/).
"""

import gzip
import io
import os
import pathlib
import stat
import sys
import tarfile


def packed(folder, epoch):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted([folder, *folder.rglob("*")]):
            entry = archive.gettarinfo(path, arcname=str(path.relative_to(folder.parent)))
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = epoch
            runs = path.is_dir() or stat.S_IMODE(path.lstat().st_mode) & 0o100
            entry.mode = 0o755 if runs else 0o644
            if entry.isreg():
                with path.open("rb") as file:
                    archive.addfile(entry, file)
            else:
                archive.addfile(entry)
    return gzip.compress(tar.getvalue(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: archive.py FOLDER ARCHIVE.tar.gz")
    source = pathlib.Path(sys.argv[1]).resolve()
    pathlib.Path(sys.argv[2]).write_bytes(packed(source, int(os.environ["SOURCE_DATE_EPOCH"])))
