"""The licence notices: whose they are, and that nothing is bundled without."""

import shutil
from importlib import metadata
from pathlib import Path

import pytest
from notices import (
    NoticeError,
    Part,
    bundled_distributions,
    debian_parts,
    python_part,
    write_notices,
)


def install(folder: Path, name: str, *files: str) -> None:
    """Lay out a distribution with these files as pip would install it."""
    record = [*files, f"{name}-1.0.dist-info/METADATA"]
    for file in record:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{file} of {name}", encoding="utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nLicense-Expression: MIT\n",
        encoding="utf-8",
    )
    about.joinpath("RECORD").write_text("".join(f"{file},,\n" for file in record), encoding="utf-8")


def found(folder: Path, *destinations: str) -> list[Part]:
    """What of the folder's distributions is bundled along with these destinations."""
    return bundled_distributions(destinations, metadata.distributions(path=[str(folder)]))


def test_that_a_distribution_is_bundled_once_one_of_its_files_is(tmp_path: Path) -> None:
    for name in ("shapes", "colours", "sounds"):
        install(tmp_path, name, f"{name}/__init__.py", f"{name}-1.0.dist-info/licenses/LICENSE")
    parts = found(tmp_path, "shapes/__init__.py", "colours/__init__.pyc", "resources/sounds.wav")
    assert {part.name for part in parts} == {"shapes", "colours"}


def test_that_all_licence_texts_of_a_distribution_are_found(tmp_path: Path) -> None:
    about = "shapes-1.0.dist-info"
    install(
        tmp_path,
        "shapes",
        "shapes/licence_plate.py",
        f"{about}/COPYING",
        f"{about}/licenses/LICENSE.txt",
        f"{about}/licenses/vendored/AUTHORS",
    )
    (part,) = found(tmp_path, "shapes/licence_plate.py")
    assert set(part.texts) == {"COPYING", "LICENSE.txt", "vendored/AUTHORS"}
    assert part.licence == "MIT"


def test_that_qt_comes_with_the_licences_that_its_wheels_lack() -> None:
    (qt,) = (
        part
        for part in bundled_distributions(["PySide6/QtCore.abi3.so"])
        if part.name.startswith("PySide6")
    )
    assert set(qt.texts) == {"LGPL-3.0", "GPL-3.0"}
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt.texts["LGPL-3.0"].read_text(encoding="utf-8")


def test_that_every_library_of_this_environment_has_a_licence_text(tmp_path: Path) -> None:
    files = [str(file) for each in metadata.distributions() for file in each.files or ()]
    parts = bundled_distributions(files)
    assert {"torch", "scipy", "pyinstaller"} <= {part.name for part in parts}
    write_notices([python_part(), *parts], tmp_path)


def test_that_the_notices_name_each_part_and_where_its_texts_lie(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("Do as you please.", encoding="utf-8")
    part = Part("shapes", "1:1.0", "MIT", {"vendored/LICENSE": text})
    write_notices([part], tmp_path)
    notices = (tmp_path / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")
    assert "shapes 1:1.0\n    MIT\n    licenses/shapes-1_1.0/vendored/LICENSE\n" in notices
    copied = tmp_path / "licenses" / "shapes-1_1.0" / "vendored" / "LICENSE"
    assert copied.read_text(encoding="utf-8") == "Do as you please."


def test_that_nothing_is_bundled_without_a_licence_text(tmp_path: Path) -> None:
    install(tmp_path, "shapes", "shapes/__init__.py")
    with pytest.raises(NoticeError, match=r"^shapes is bundled but comes without a licence text: "):
        write_notices(found(tmp_path, "shapes/__init__.py"), tmp_path)


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="not Debian")
def test_that_a_library_of_the_system_comes_with_its_packages_copyright() -> None:
    library = next(Path("/lib").glob("*-linux-gnu/libz.so.1"))
    (part,) = debian_parts([library])
    assert part.name == "zlib1g"
    assert set(part.texts) == {"copyright"}


def test_that_a_library_of_no_package_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(NoticeError, match=r"libhome\.so is bundled, but no Debian package holds"):
        debian_parts([tmp_path / "libhome.so"])
