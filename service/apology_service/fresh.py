"""Files that are read anew when they change, so that certificates and tokens are replaced without a restart."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from apology_service.settings import SettingsError

T = TypeVar("T")
_log = logging.getLogger(__name__)
_Stamp = tuple[tuple[int, int, int] | None, ...]


class Fresh(Generic[T]):
    """What `load` makes of `paths`. The first load raises SettingsError when they are of no use.

    Later ones keep what was good, log why, once, and try again: files that belong together seldom change in the same moment,
    and a certificate may come before its time.
    """

    def __init__(self, paths: Sequence[str], load: Callable[[], T]) -> None:
        self._paths = [Path(path) for path in paths]
        self._load = load
        self._stamp = self._told = self._look()
        self._value = load()

    @property
    def value(self) -> T:
        """Costs a look at each file, and a load while one of them is another than that of the value."""
        stamp = self._look()
        if stamp != self._stamp:
            try:
                self._value = self._load()
            except SettingsError as error:
                if stamp != self._told:
                    _log.error("a changed file is of no use", extra={"fields": {"why": str(error)}})
            else:
                self._stamp = stamp
                _log.info("changed files read", extra={"fields": {"files": [str(path) for path in self._paths]}})
            self._told = stamp
        return self._value

    def _look(self) -> _Stamp:
        return tuple(map(_stamp, self._paths))


def read(path: str, setting: str) -> bytes:
    """The content of a file that a setting names."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SettingsError(f"{setting}: cannot read {path}: {(error.strerror or '').lower()}") from error


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """The inode tells files apart that a link was turned to within one tick of the clock."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
