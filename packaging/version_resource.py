"""The version resource of a Windows executable, as text that PyInstaller reads."""

import re

_TEMPLATE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
  kids=[
    StringFileInfo([StringTable("040904B0", [{strings}])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def version_resource(name: str, version: str) -> str:
    """The resource of the executable `name`.exe at `version`, such as 0.1.0."""
    numbers = [int(number) for number in re.findall(r"\d+", version)[:4]]
    strings = {
        "FileDescription": "ICDRL",
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "MIT licence",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "ICDRL",
        "ProductVersion": version,
    }
    return _TEMPLATE.format(
        numbers=tuple(numbers + [0] * (4 - len(numbers))),
        strings=", ".join(f"StringStruct({key!r}, {text!r})" for key, text in strings.items()),
    )
