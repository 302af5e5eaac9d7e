"""The sample manifests that travel with the package, and where they are copied to."""

import shutil
from pathlib import Path

from k9lite import private_files
from k9lite.cli.commands import Failure

DEFAULT = "manifests"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def write(target: Path) -> list[Path]:
    """Copy the samples to `target` and return the files; Failure if that would overwrite anything."""
    found = sorted(path for path in SAMPLES.rglob("*") if path.is_file())
    copies = {target / path.relative_to(SAMPLES): path for path in found}
    if taken := [str(copy) for copy in copies if copy.exists()]:
        raise Failure(f"nothing written, since {taken[0]} is there already")
    for copy, path in copies.items():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        except OSError as error:
            raise Failure(f"cannot write {error.filename or copy}: {error.strerror}") from None
    return list(copies)


def chosen(state_folder: Path) -> Path:
    """The folder to follow if none is named: ./manifests, else a copy of the samples, kept in the state folder."""
    if Path(DEFAULT).is_dir():
        return Path(DEFAULT)
    private_files.claim(state_folder)
    kept = state_folder / "samples"
    if not kept.exists():
        try:
            write(kept)
        except Failure:
            shutil.rmtree(kept, ignore_errors=True)  # half of them would pass for all of them next time
            raise
    return kept
