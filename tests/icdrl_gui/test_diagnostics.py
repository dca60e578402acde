import pytest
from PySide6.QtWidgets import QApplication

from core.protocol import Ready
from icdrl_gui.diagnostics import diagnostics, version


def test_that_versions_screens_and_devices_are_told(qapp: QApplication) -> None:
    ready = Ready(("cpu", "cuda:0"), "cuda:0", 8, {"torch": "2.13.0"}, ())
    lines = diagnostics(ready).splitlines()
    assert lines[0] == f"ICDRL {version()} (Python environment)"
    assert any(line.startswith("screens (offscreen): ") for line in lines)
    assert lines[-3:] == [
        "torch 2.13.0",
        "devices: cpu, cuda:0; training on cuda:0",
        "CPU threads: 8",
    ]


@pytest.mark.usefixtures("qapp")
def test_that_it_is_said_when_the_trainer_has_not_started() -> None:
    assert diagnostics(None).endswith("The trainer has not started: its devices are not known.")
