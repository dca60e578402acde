"""About: what this is, in which version, on which devices."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from core.config import METHOD_CONFIGS
from icdrl_gui.diagnostics import version

_ABOUT = (
    "<p><b>ICDRL {version}</b><br>Train and explore disentangled latent spaces under an "
    "independence constraint.</p>"
    "<p>It puts into practice <i>Independence Constrained Disentangled Representation Learning "
    "from Epistemological Perspective</i> (TC-GAN), "
    "<a href='https://arxiv.org/abs/2409.02672'>arXiv 2409.02672</a>.</p>"
    "<p>It trains {methods}.</p>"
    "<p>MIT licence. Built with Qt for Python (PySide6, LGPL), PyTorch, pyqtgraph and others.</p>"
)


class AboutDialog(QDialog):
    """Versions and devices, to be copied into a bug report."""

    def __init__(self, diagnostics: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About ICDRL")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about = QLabel(_ABOUT.format(version=version(), methods=_methods()))
        about.setWordWrap(True)
        about.setOpenExternalLinks(True)
        self.details = QLabel(diagnostics)
        self.details.setTextFormat(Qt.TextFormat.PlainText)
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


def _methods() -> str:
    *some, last = (method.title for method in METHOD_CONFIGS.values())
    return f"{', '.join(some)} and {last}"
