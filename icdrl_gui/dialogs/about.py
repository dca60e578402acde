"""About: what this is, in which version, on which devices."""

from importlib import metadata

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from core.protocol import Ready

_ABOUT = (
    "<p><b>ICDRL {version}</b><br>Train and explore disentangled latent spaces under an "
    "independence constraint.</p>"
    "<p>It puts into practice <i>Independence Constrained Disentangled Representation Learning "
    "from Epistemological Perspective</i> (TC-GAN), "
    "<a href='https://arxiv.org/abs/2409.02672'>arXiv 2409.02672</a>.</p>"
    "<p>MIT licence. Built with Qt for Python (PySide6, LGPL), PyTorch, pyqtgraph and others.</p>"
)


class AboutDialog(QDialog):
    """Versions and devices, to be copied into a bug report."""

    def __init__(self, ready: Ready | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About ICDRL")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about = QLabel(_ABOUT.format(version=metadata.version("icdrl")))
        about.setWordWrap(True)
        about.setOpenExternalLinks(True)
        versions = {"PySide6": pyside_version} | (ready.versions if ready else {})
        lines = [f"{name} {version}" for name, version in versions.items()]
        if ready:
            lines.append(f"devices: {', '.join(ready.devices)}; training on {ready.device}")
            lines.append(f"CPU threads: {ready.threads}")
        else:
            lines.append("The trainer is still starting: its devices are not known yet.")
        self.details = QLabel("\n".join(lines))
        self.details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.details.text()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for each in (about, self.details, buttons):
            layout.addWidget(each)
        self.setMinimumWidth(440)
