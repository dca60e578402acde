"""What a bug report needs to know about this installation and machine, as text."""

import os
import platform
import sys
from importlib import metadata

import psutil
from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from core.protocol import Ready

PACKAGES = ("pyqtgraph", "qasync", "numpy", "pillow")
"""Told with their versions, which a bundle must know too."""


def version() -> str:
    """Of this app."""
    return metadata.version("icdrl")


def diagnostics(ready: Ready | None) -> str:
    """A line each: versions, system, screens, and the devices, which the trainer knows.

    ready: what it said first; None: nothing yet.
    """
    how = "bundle" if getattr(sys, "frozen", False) else "Python environment"
    lines = [
        f"ICDRL {version()} ({how})",
        f"{platform.platform()}, {platform.machine()}",
        f"Python {platform.python_version()}, PySide6 {pyside_version}, Qt {qVersion()}",
        ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES),
        f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.1f} GiB of memory",
        f"screens ({QGuiApplication.platformName()}): {_screens()}",
    ]
    if ready is None:
        return "\n".join([*lines, "The trainer has not started: its devices are not known."])
    lines.append(f"torch {ready.versions.get('torch', 'unknown')}")
    lines.append(f"devices: {', '.join(ready.devices)}; training on {ready.device}")
    lines.append(f"CPU threads: {ready.threads}")
    return "\n".join(lines)


def _screens() -> str:
    return ", ".join(
        f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}x"
        for screen in QGuiApplication.screens()
    )
