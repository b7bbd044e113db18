"""The compiled modules; all else about the package is in pyproject.toml.

They are optional: built where there is a C compiler, left out where there is none. ``CFLAGS`` and ``LDFLAGS`` are heeded. The C
that Cython writes stays in the build folder.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup

FOLDER = "shadowai/fast"
PLAIN = ["-g0"] if os.name == "posix" and "CFLAGS" not in os.environ else []
"""Python's own flags ask for debugging information, which takes a quarter of the time and most of the room."""

setup(
    ext_modules=[
        Extension(
            "shadowai.fast.packets",
            [f"{FOLDER}/packets.pyx"],
            include_dirs=[FOLDER],
            extra_compile_args=PLAIN,
            depends=[*sorted(map(str, Path(FOLDER, "flow_table").glob("*.pxi"))), f"{FOLDER}/initial.h"],
            optional=True,
        ),
        Extension(
            "shadowai.fast.lines",
            [f"{FOLDER}/lines.pyx"],
            include_dirs=[FOLDER],
            extra_compile_args=PLAIN,
            depends=[f"{FOLDER}/lines.h", *sorted(map(str, Path(FOLDER, "line_fold").glob("*.pxi")))],
            optional=True,
        ),
    ],
    options={"build_ext": {"cython_c_in_temp": True}} if find_spec("Cython") else {},
)
