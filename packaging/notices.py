"""The licence notices of a bundle: which distributions and system libraries it holds, their texts.

Whatever is bundled without a licence text stops the build, in one sentence.
"""

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

_TEXTS = Path(__file__).parent / "licences"
_IS_LICENCE = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)

# Wheels that hold no licence text, and the texts that stand in.
_OF_QT = (_TEXTS / "LGPL-3.0", _TEXTS / "GPL-3.0")
_TEXTS_ELSEWHERE = {"pyside6-essentials": _OF_QT, "shiboken6": _OF_QT}

# Part of every bundle, though no file of theirs lies where it was installed: the program that
# starts Python, and what runs before the app.
_ALWAYS = ("pyinstaller", "pyinstaller-hooks-contrib")
_OWN = "icdrl"

_HEAD = """\
This bundle of ICDRL holds the programs and libraries named below, each under its own licence. The
texts of all licences lie in the folder licenses, at the names given here. ICDRL's own licence is
the MIT licence, in LICENSE.

Qt and PySide6 are used under the GNU Lesser General Public License, version 3. They are linked
dynamically and unchanged: each is a file of its own, below _internal/PySide6 and
_internal/shiboken6, and may be replaced by a build of your own of the same version, such as one
from https://download.qt.io/. You may take the bundle apart and debug it for that purpose. Qt itself
holds work of others, such as ICU, PCRE, zlib, libpng, libjpeg, FreeType and HarfBuzz, listed with
their licences at https://doc.qt.io/qt-6/licenses-used-in-qt.html. Portions of this software are
copyright The FreeType Project (www.freetype.org); it is based in part on the work of the
Independent JPEG Group.
"""


class NoticeError(Exception):
    """Something is bundled whose licence is not known; the message names it."""


@dataclass(frozen=True)
class Part:
    """Something that is bundled.

    Attributes:
        name: of the distribution, or of the system's package.
        licence: in one line.
        texts: names below the part's folder -> files with the texts.
    """

    name: str
    version: str
    licence: str
    texts: Mapping[str, Path]

    @property
    def folder(self) -> str:
        """Where its texts lie, below licenses."""
        return f"{self.name}-{self.version}".replace(":", "_")


def write_notices(parts: Iterable[Part], folder: Path) -> None:
    """Write THIRD-PARTY-NOTICES.txt and the folder licenses into `folder`.

    Raises:
        NoticeError: a part has no licence text.
    """
    lines = [_HEAD]
    for part in sorted(parts, key=lambda part: part.name.lower()):
        if not part.texts:
            raise NoticeError(
                f"{part.name} is bundled but comes without a licence text: find the text, and name "
                f"it in packaging/notices.py."
            )
        lines.append(f"{part.name} {part.version}")
        lines.append(f"    {part.licence}")
        for name, text in sorted(part.texts.items()):
            target = folder / "licenses" / part.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, target)
            lines.append(f"    licenses/{part.folder}/{name}")
        lines.append("")
    (folder / "THIRD-PARTY-NOTICES.txt").write_text("\n".join(lines), encoding="utf-8")


def bundled_distributions(
    destinations: Iterable[str], installed: Iterable[metadata.Distribution] | None = None
) -> list[Part]:
    """The distributions of which at least one file is bundled.

    Args:
        destinations: of the bundle's files, below its own folder; of a module in byte code either
            that or where its source would lie.
        installed: what may be bundled; None: all that is installed.
    """
    bundled = {_as_source(destination) for destination in destinations}
    return [
        _part(distribution)
        for distribution in (metadata.distributions() if installed is None else installed)
        if (name := _normal(distribution.name)) != _OWN
        if name in _ALWAYS
        or any(_as_source(str(file)) in bundled for file in distribution.files or ())
    ]


def python_part() -> Part:
    """Python itself.

    Raises:
        NoticeError: this Python came without its licence.
    """
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not text.exists():
        raise NoticeError(f"Python's own licence is bundled, but there is no {text}: put it there.")
    version = sysconfig.get_config_var("py_version")
    return Part("Python", str(version), "PSF-2.0", {"LICENSE.txt": text})


def debian_parts(libraries: Iterable[Path]) -> list[Part]:
    """Debian's packages that these libraries were taken from.

    Raises:
        NoticeError: a library belongs to none.
    """
    return [_debian_part(name) for name in {_debian_package(library) for library in libraries}]


def _part(distribution: metadata.Distribution) -> Part:
    name = _normal(distribution.name)
    texts = {
        "/".join(path.parts[1:]).removeprefix("licenses/"): Path(
            str(distribution.locate_file(file))
        )
        for file in distribution.files or ()
        if (path := PurePosixPath(file)).parts[0].endswith(".dist-info")
        and _IS_LICENCE.search(path.name if len(path.parts) == 2 else str(path))
    }
    texts = texts or {text.name: text for text in _TEXTS_ELSEWHERE.get(name, ())}
    return Part(distribution.name, distribution.version, _licence(distribution), texts)


def _licence(distribution: metadata.Distribution) -> str:
    described = distribution.metadata
    for field in ("License-Expression", "License"):
        # Some put the whole text here.
        if field in described and "\n" not in described[field]:
            return described[field]
    return "see its text"


def _debian_part(name: str) -> Part:
    asked = "${Version} ${source:Package} ${source:Version}"
    shown = _printed("dpkg-query", "--show", "--showformat", f"{asked}\\n", name)
    version, source, source_version = shown.splitlines()[0].split()
    licence = (
        f"of Debian's package; source: https://sources.debian.org/src/{source}/{source_version}/"
    )
    text = Path("/usr/share/doc") / name / "copyright"
    return Part(name, version, licence, {"copyright": text} if text.exists() else {})


def _debian_package(library: Path) -> str:
    real = library.resolve()
    # Since /lib is a link to /usr/lib, packages name either.
    for path in (real, Path("/", *real.parts[2:])):
        found = _printed("dpkg-query", "--search", str(path))
        if found:
            return found.partition(":")[0]
    raise NoticeError(
        f"{library} is bundled, but no Debian package holds it, so its licence isn't known: bundle "
        f"on Debian, with libraries from its packages."
    )


def _printed(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def _as_source(destination: str) -> str:
    path = destination.replace("\\", "/")
    return path[:-1] if path.endswith(".pyc") else path


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
