"""What is made around the frozen app: icons, sizes, the version resource, files for desktops."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import measures
from PIL import Image
from version_resource import version_resource

REPOSITORY = Path(__file__).parents[2]
PACKAGING = REPOSITORY / "packaging"


def test_that_icons_are_made_for_every_system(tmp_path: Path) -> None:
    subprocess.run([sys.executable, PACKAGING / "icons.py", tmp_path], check=True)
    with Image.open(tmp_path / "icdrl-512.png") as icon:
        assert icon.size == (512, 512)
        assert icon.getpixel((0, 0)) == (0, 0, 0, 0)
        assert icon.convert("RGBA").getpixel((256, 60)) == (0x14, 0x32, 0x4A, 255)
    with Image.open(tmp_path / "icdrl.ico") as icon:
        assert {(16, 16), (32, 32), (256, 256)} <= icon.info["sizes"]
    with Image.open(tmp_path / "icdrl.icns") as icon:
        assert (512, 512, 1) in icon.info["sizes"]


def test_that_sizes_count_a_file_once_however_often_it_is_linked_to(tmp_path: Path) -> None:
    inner = tmp_path / "_internal"
    inner.mkdir()
    (inner / "large.so").write_bytes(bytes(3_000_000))
    (inner / "link.so").symlink_to("large.so")
    (tmp_path / "app").write_bytes(bytes(1_000_000))
    assert measures.size_mb(tmp_path) == 4
    assert measures.size_mb(tmp_path / "app") == 1
    assert measures.largest_parts(tmp_path) == [("large.so", 3.0), ("app", 1.0)]


def test_that_the_newest_glibc_is_found_that_a_binary_asks_for(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(b"\x7fELF...GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.9\0")
    (tmp_path / "notes.txt").write_bytes(b"GLIBC_2.99")
    assert measures.glibc_asked_for(tmp_path) == "2.34"


def test_that_the_version_resource_states_the_version_four_times_over() -> None:
    resource = version_resource("icdrl-gui", "0.1.0")
    assert "filevers=(0, 1, 0, 0), prodvers=(0, 1, 0, 0)" in resource
    assert "StringStruct('ProductVersion', '0.1.0')" in resource
    compile(resource, "version", "eval")


def test_that_the_desktop_finds_the_window_its_icon_and_its_description() -> None:
    entry = (PACKAGING / "linux" / "icdrl.desktop").read_text(encoding="utf-8")
    app = (REPOSITORY / "icdrl_gui" / "app.py").read_text(encoding="utf-8")
    (metainfo,) = (PACKAGING / "linux").glob("*.metainfo.xml")
    component = ElementTree.parse(metainfo).getroot()
    assert 'setDesktopFileName("icdrl")' in app
    assert component.findtext("launchable") == "icdrl.desktop"
    assert metainfo.name == f"{component.findtext('id')}.metainfo.xml"
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    commands = {*project["scripts"], *project["gui-scripts"]}
    (started,) = re.findall(r"^Exec=(\S+)", entry, re.MULTILINE)
    assert started in commands
    assert {each.text for each in component.iter("binary")} == commands
