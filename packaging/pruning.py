"""What the bundle leaves out: modules and files that the app never touches.

A test runs the app's imports and checks that nothing of what they load stands here.
"""

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath

# Modules, with all that lies below them.
MODULES = (
    # What comes along with libraries and serves developers.
    "IPython",
    "_pytest",
    "distutils",
    "hypothesis",
    "matplotlib",
    "mypy",
    "pkg_resources",
    "pydoc_data",
    "pytest",
    "setuptools",
    "tkinter",
    # Extras of libraries: coloured source code, Markdown, templates, remote files, graphs, SQL,
    # the picture format AVIF.
    "fsspec",
    "jinja2",
    "markdown_it",
    "markupsafe",
    "networkx",
    "pygments",
    "sqlite3",
    # Of the extra `cluster`.
    "dask",
    "distributed",
    # GPL-3.
    "readline",
    # Parts of the libraries in use.
    "narwhals._arrow",
    "narwhals._dask",
    "narwhals._duckdb",
    "narwhals._ibis",
    "narwhals._pandas_like",
    "narwhals._polars",
    "narwhals._spark_like",
    "narwhals._sql",
    "pydantic.v1",
    "pyqtgraph.console",
    "pyqtgraph.examples",
    "pyqtgraph.flowchart",
    "pyqtgraph.opengl",
    "PIL.AvifImagePlugin",
    "PIL._avif",
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtSql",
    "scipy._lib.cobyqa",
    "scipy._lib.pyprima",
    "scipy.cluster",
    "scipy.datasets",
    "scipy.io",
    "scipy.misc",
    "scipy.odr",
    "scipy.signal",
    "sklearn.cluster",
    "sklearn.cross_decomposition",
    "sklearn.datasets",
    "sklearn.experimental",
    "sklearn.gaussian_process",
    "sklearn.inspection",
    "sklearn.manifold",
    "sklearn.mixture",
    "sklearn.neural_network",
    "sklearn.semi_supervised",
    "sympy.categories",
    "sympy.codegen",
    "sympy.combinatorics",
    "sympy.physics",
    "sympy.testing",
    "sympy.vector",
    # Of torch nothing that `torch.optim` imports may go, and that is much: of the compiler
    # (_dynamo, _inductor), of distributed training and of quantisation the outer shells.
    "torch._dynamo.repro",
    "torch._export.serde",
    "torch._inductor.autoheuristic",
    "torch._inductor.autotune_process",
    "torch._inductor.codecache",
    "torch._inductor.codegen",
    "torch._inductor.comms",
    "torch._inductor.compile_fx",
    "torch._inductor.cudagraph_trees",
    "torch._inductor.fx_passes",
    "torch._inductor.graph",
    "torch._inductor.ir",
    "torch._inductor.kernel",
    "torch._inductor.lowering",
    "torch._inductor.pattern_matcher",
    "torch._inductor.runtime.triton_heuristics",
    "torch._inductor.scheduler",
    "torch._inductor.select_algorithm",
    "torch._inductor.template_heuristics",
    "torch._vendor.quack",
    "torch.ao.ns",
    "torch.ao.pruning",
    "torch.ao.quantization.backend_config",
    "torch.ao.quantization.fx",
    "torch.distributed._tools",
    "torch.distributed.checkpoint",
    "torch.distributed.elastic",
    "torch.distributed.flight_recorder",
    "torch.distributed.launcher",
    "torch.distributed.optim",
    "torch.distributed.pipelining",
    "torch.distributed.tensor.experimental",
    "torch.fx.experimental.migrate_gradual_types",
    "torch.testing._internal.common_device_type",
    "torch.testing._internal.common_distributed",
    "torch.testing._internal.common_fsdp",
    "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_modules",
    "torch.testing._internal.common_nn",
    "torch.testing._internal.common_quantization",
    "torch.testing._internal.common_utils",
    "torch.testing._internal.distributed._tensor",
    "torch.testing._internal.distributed.distributed_test",
    "torch.testing._internal.distributed.rpc",
    "torch.testing._internal.generated",
    "torch.testing._internal.opinfo",
    "torch.testing._internal.optests",
    "torch.testing._internal.test_module",
    "torch.utils.benchmark",
    "torch.utils.cpp_extension",
    "torch.utils.hipify",
    "torch.utils.tensorboard",
    "torchgen.dest",
    "torchgen.gen",
)

# Destinations in the bundle; a star stands for any text, slashes too.
FILES = (
    # Headers, tests and tools of torch; its import asks for torch/bin/torch_shm_manager.
    "torch/bin/protoc*",
    "torch/bin/*Test",
    "torch/bin/script_module*",
    "torch/bin/test_*",
    "torch/bin/upgrader_models/*",
    "torch/include/*",
    "torch/share/*",
    "torch/test/*",
    "torch/lib/*.a",
    "torch/lib/libtorchbind_test.so",
    "torch/lib/libjitbackend_test.so",
    "torch/lib/libbackend_with_compiler.so",
    "*/tests/*",
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.tp",
    "*/meson.build",
    "sklearn/svm/src/*",
    "hypothesis-*",
    "pillow.libs/libavif-*",
    # OpenSSL: nothing is fetched, and hashlib has digests of its own.
    "*/lib-dynload/_ssl.*",
    "*/lib-dynload/_hashlib.*",
    # Qt: the app speaks English; it draws no web pages, and reaches for no network, no GTK, no
    # bare console.
    "PySide6/Qt/translations/*",
    "PySide6/Qt/qml/*",
    "PySide6/Qt/lib/libQt6Egl*",
    "PySide6/Qt/plugins/egldeviceintegrations/*",
    "PySide6/Qt/plugins/generic/*",
    "PySide6/Qt/plugins/networkinformation/*",
    "PySide6/Qt/plugins/platforms/*qeglfs.*",
    "PySide6/Qt/plugins/platforms/*qlinuxfb.*",
    "PySide6/Qt/plugins/platforms/*qminimalegl.*",
    "PySide6/Qt/plugins/platforms/*qvkkhrdisplay.*",
    "PySide6/Qt/plugins/platformthemes/*qgtk3.*",
    "PySide6/Qt/plugins/tls/*",
    # Every system has these, and its graphics drivers may need newer ones than the build machine's.
    "libstdc++.so*",
    "libgcc_s.so*",
)

# Modules whose source is read when they are imported; all else is bundled as byte code.
SOURCES = (
    "torch._dynamo.config",
    "torch._export.config",
    "torch._functorch.config",
    "torch._inductor.config",
    "torch.compiler.config",
    "torch.distributed.config",
    "torch.functional",
    "torch.fx.experimental._config",
    "torch.nn.functional",
    "torch.nn.modules.rnn",
)

# Tables of symbols, which only debuggers read, are taken out of all binaries but these: some of the
# libraries that were edited to fit into their wheel cannot be loaded afterwards, and Qt is to stay
# as its makers built it.
UNTOUCHED = ("*.libs/*", "PySide6/*", "nvidia/*", "shiboken6/*", "triton/*")

# As in PyInstaller's tables of contents: destination, source, type.
Entry = tuple[str, str, str]

_FOLDERS = tuple(name.replace(".", "/") for name in MODULES)


def is_module_left_out(name: str) -> bool:
    """Whether the bundle lacks the module `name`, such as torch.testing._internal.common."""
    return any(name == module or name.startswith(f"{module}.") for module in MODULES)


def is_file_left_out(destination: str) -> bool:
    """Whether the bundle lacks the file that would lie at `destination`, below its own folder."""
    path = PurePath(destination).as_posix()
    if any(path.startswith((f"{folder}/", f"{folder}.")) for folder in _FOLDERS):
        return True
    return _matches(path, FILES)


def is_stripped(destination: str) -> bool:
    """Whether the binary at `destination` is bundled without its table of symbols."""
    return not _matches(PurePath(destination).as_posix(), UNTOUCHED)


def pruned(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that are bundled: neither they nor what they link to is left out."""
    return [
        (destination, source, kind)
        for destination, source, kind in entries
        if not is_file_left_out(destination)
        and not (kind == "SYMLINK" and is_file_left_out(_target(destination, source)))
    ]


def is_system_library(entry: Entry) -> bool:
    """Whether PyInstaller took this library from the system: it lies at the top of the bundle."""
    destination, _, kind = entry
    return kind == "BINARY" and "/" not in destination and not destination.startswith("libpython")


def without_orphans(entries: Iterable[Entry], needed: set[str]) -> list[Entry]:
    """The entries without libraries of the system that no other bundled file is linked to.

    Args:
        entries: what is bundled.
        needed: names of all libraries that files of the bundle are linked to.
    """
    return [entry for entry in entries if not is_system_library(entry) or entry[0] in needed]


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _target(destination: str, link: str) -> str:
    folder = PurePath(destination).parent.as_posix()
    return posixpath.normpath(f"{folder}/{PurePath(link).as_posix()}")
