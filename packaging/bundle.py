"""`make bundle`: the app in a folder and in an archive in dist/, for machines without Python."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import measures

REPOSITORY = Path(__file__).parents[1]
PACKAGING = REPOSITORY / "packaging"
BUILD = REPOSITORY / "build"
DIST = REPOSITORY / "dist"
VERSION = metadata.version("icdrl")


class BundleError(Exception):
    """The bundle cannot be made; the message says why and what to do."""


def main() -> int:
    """Make it and print its sizes."""
    parser = argparse.ArgumentParser(description="Make the bundle of the app in dist/.")
    parser.add_argument("--cuda", action="store_true", help="allow a torch built for CUDA")
    options = parser.parse_args()
    try:
        has_cuda = _is_built_for_gpus(allowed=options.cuda)
        time = _time_of_sources()
        folder = _folder(time)
        archive = _archive(folder, "-cuda" if has_cuda else "", time)
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    _print_sizes(folder, archive)
    return 0


def _is_built_for_gpus(allowed: bool) -> bool:
    import torch

    found = torch.version.cuda or torch.version.hip
    if found and not allowed:
        raise BundleError(
            f"The installed torch {torch.__version__} is built for GPUs, so that the bundle would "
            f"take gigabytes: delete .venv and run `make bundle TORCH_ARGS='--index-url "
            f"https://download.pytorch.org/whl/cpu'`, or, if you mean it, `make bundle CUDA=1`."
        )
    return bool(found)


def _time_of_sources() -> datetime:
    """When the commit was made that is bundled, or SOURCE_DATE_EPOCH: the files' time."""
    seconds = (
        os.environ.get("SOURCE_DATE_EPOCH")
        or subprocess.run(
            ["git", "log", "-1", "--format=%ct"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    return datetime.fromtimestamp(int(seconds), UTC)


def _folder(time: datetime) -> Path:
    """Let PyInstaller make the bundle's folder, from nothing, and complete it."""
    shutil.rmtree(BUILD, ignore_errors=True)
    for old in DIST.glob("icdrl-*"):
        old.unlink()
    environment = dict(os.environ) | {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(int(time.timestamp())),
    }
    icons = [sys.executable, str(PACKAGING / "icons.py"), str(BUILD / "icons")]
    freeze = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    freeze += ["--distpath", str(DIST), "--workpath", str(BUILD), str(PACKAGING / "icdrl.spec")]
    for command in (icons, freeze):
        if subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode != 0:
            raise BundleError(f"There is no bundle, for `{' '.join(command[1:3])}` failed.")
    if sys.platform == "darwin":
        return DIST / "ICDRL.app"
    folder = DIST / "icdrl"
    shutil.copytree(BUILD / "notices", folder, dirs_exist_ok=True)
    if sys.platform == "linux":
        _add_desktop_files(folder, time)
    return folder


def _add_desktop_files(folder: Path, time: datetime) -> None:
    """What desktops look for, and what turns the folder into an AppImage's."""
    linux = PACKAGING / "linux"
    share = folder / "usr" / "share"
    applications, metainfo, icons = (share / name for name in ("applications", "metainfo", "icons"))
    applications.mkdir(parents=True)
    metainfo.mkdir()
    shutil.copy(linux / "AppRun", folder)
    for place in (folder, applications):
        shutil.copy(linux / "icdrl.desktop", place)
    (described,) = linux.glob("*.metainfo.xml")
    text = described.read_text(encoding="utf-8")
    text = text.replace("@VERSION@", VERSION).replace("@DATE@", f"{time:%Y-%m-%d}")
    (metainfo / described.name).write_text(text, encoding="utf-8")
    for picture in (BUILD / "icons").glob("*.png"):
        size = picture.stem.removeprefix("icdrl-")
        target = icons / "hicolor" / f"{size}x{size}" / "apps" / "icdrl.png"
        target.parent.mkdir(parents=True)
        shutil.copyfile(picture, target)
    scalable = icons / "hicolor" / "scalable" / "apps" / "icdrl.svg"
    scalable.parent.mkdir(parents=True)
    shutil.copyfile(REPOSITORY / "resources" / "icons" / "icdrl.svg", scalable)
    shutil.copyfile(BUILD / "icons" / "icdrl-256.png", folder / "icdrl.png")
    (folder / ".DirIcon").symlink_to("icdrl.png")


def _archive(folder: Path, suffix: str, time: datetime) -> Path:
    """Pack the folder: byte for byte the same from the same files."""
    system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
    path = DIST / f"icdrl-{VERSION}-{system}-{platform.machine().lower()}{suffix}"
    if sys.platform == "win32":
        return Path(shutil.make_archive(str(path), "zip", DIST, folder.name))
    if sys.platform == "darwin":
        # Keeps links and signatures.
        archive = path.with_name(f"{path.name}.zip")
        subprocess.run(["ditto", "-c", "-k", "--keepParent", folder, archive], check=True)
        return archive
    archive = path.with_name(f"{path.name}.tar.xz")
    torn = archive.with_suffix(".part")
    compress = "xz -T0"
    if platform.machine() == "x86_64":
        compress = "xz -T0 --x86 --lzma2=preset=6"
    pack = ["tar", "--create", f"--file={torn}", f"--use-compress-program={compress}"]
    pack += ["--sort=name", f"--mtime=@{int(time.timestamp())}", "--mode=u+rw,go=rX"]
    pack += ["--owner=0", "--group=0", "--numeric-owner", f"--directory={DIST}", folder.name]
    subprocess.run(pack, check=True)
    return torn.replace(archive)


def _print_sizes(folder: Path, archive: Path) -> None:
    unpacked, packed = measures.size_mb(folder), measures.size_mb(archive)
    print(f"{archive.relative_to(REPOSITORY)}: {packed:.0f} MB, unpacked {unpacked:.0f} MB")
    for name, size in measures.largest_parts(folder):
        print(f"{size:8.1f} MB  {name}")
    if sys.platform == "linux":
        print(f"It asks for glibc {measures.glibc_asked_for(folder)} or newer.")


if __name__ == "__main__":
    sys.exit(main())
