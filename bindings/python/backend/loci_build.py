# SPDX-License-Identifier: MIT
"""What pip calls (PEP 517): builds the module with CMake and makes a wheel of it and of the package.

Settings (pip install --config-settings NAME=VALUE): build-dir, a folder that is kept, so that the next build is a short one; module, a
_loci.abi3.so that is there already, of which just the wheel is made. CFLAGS count as CMake says.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TOP = HERE.parent.parent
TAG = "cp311-abi3"


def _version() -> str:
    text = (TOP / "include/loci/status.h").read_text()
    parts = (re.search(rf"LOCI_VERSION_{part} (\d+)", text) for part in ("MAJOR", "MINOR", "PATCH"))
    return ".".join(part.group(1) for part in parts)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise SystemExit(f"loci: {' '.join(command[:2])} failed: {fault}") from None


def get_requires_for_build_wheel(config_settings=None):
    if (config_settings or {}).get("module"):
        return []
    return [name for name, tool in (("cmake>=3.22", "cmake"), ("ninja", "ninja")) if not shutil.which(tool)]


def _build(folder: Path) -> Path:
    """The module, built in a folder."""
    if not (TOP / "src").is_dir():
        raise SystemExit(f"loci: {TOP} has no sources; a clone of the repository was expected around {HERE}")
    include = sysconfig.get_path("include")
    options = [f"-DLOCI_PYTHON_INCLUDE={include}"] if Path(include, "Python.h").exists() else []
    _run("cmake", "-S", str(TOP), "-B", str(folder), "-G", "Ninja", "-DLOCI_PYTHON=ON", "-DCMAKE_BUILD_TYPE=Release", *options)
    _run("cmake", "--build", str(folder), "--target", "loci_python")
    return folder / "_loci.abi3.so"


def _needed(module: Path) -> list[str]:
    """The libraries that a module asks for by name."""
    text = subprocess.run(("readelf", "-d", str(module)), check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


def _jansson(module: Path) -> list[Path]:
    """The library for JSON that the module needs: it goes into the wheel, beside the module, which looks there first."""
    wanted = [name for name in _needed(module) if name.startswith("libjansson")]
    listed = subprocess.run(("ldd", str(module)), check=True, capture_output=True, text=True).stdout
    found = (re.search(rf"{re.escape(name)} => (\S+)", listed) for name in wanted)
    return [Path(match.group(1)) for match in found if match]


def _oldest_glibc(files: list[Path]) -> tuple[int, int]:
    """The version of the C library that files need at least."""
    versions = {(2, 17)}
    for file in files:
        text = subprocess.run(("readelf", "-V", "-W", str(file)), check=True, capture_output=True, text=True).stdout
        versions |= {(int(a), int(b)) for a, b in re.findall(r"GLIBC_(\d+)\.(\d+)", text)}
    return max(versions)


def _platform(files: list[Path]) -> str:
    machine = platform.machine()
    if platform.libc_ver()[0] != "glibc":
        return f"linux_{machine}"
    major, minor = _oldest_glibc(files)
    return f"manylinux_{major}_{max(minor, 28)}_{machine}"


def _metadata(version: str) -> str:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {version}",
        f"Summary: {project['description']}",
        f"License: {project['license']['text']}",
        f"Requires-Python: {project['requires-python']}",
    ]
    lines += [f"Classifier: {line}" for line in project["classifiers"]]
    lines += [f"Requires-Dist: {line}" for line in project["dependencies"]]
    for extra, needs in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}"] + [f'Requires-Dist: {line}; extra == "{extra}"' for line in needs]
    return "\n".join(lines + ["Description-Content-Type: text/markdown", "", (HERE / "README.md").read_text()])


def _write(wheel: Path, members: dict[str, bytes], record: str) -> None:
    rows = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}")
        archive.writestr(zipfile.ZipInfo(record, (2020, 1, 1, 0, 0, 0)), "\n".join([*rows, f"{record},,", ""]))


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """What the package is and needs, known without a build."""
    version = _version()
    info = Path(metadata_directory, f"loci-{version}.dist-info")
    info.mkdir()
    (info / "METADATA").write_text(_metadata(version))
    return info.name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    settings = config_settings or {}
    with tempfile.TemporaryDirectory() as scratch:
        if settings.get("module"):
            module = Path(settings["module"])
        else:
            module = _build(Path(settings.get("build-dir") or os.path.join(scratch, "build")))
        binaries = [module, *_jansson(module)]
        tag = f"{TAG}-{_platform(binaries)}"
        version = _version()
        info = f"loci-{version}.dist-info"
        members = {
            f"loci/{file.name}": file.read_bytes()
            for file in sorted((HERE / "loci").iterdir())
            if file.suffix in (".py", ".pyi", ".typed") or file.name == "py.typed"
        }
        members |= {f"loci/{file.name}": file.read_bytes() for file in binaries}
        members[f"{info}/METADATA"] = _metadata(version).encode()
        members[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: loci_build\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
        members[f"{info}/licenses/LICENSE"] = (TOP / "LICENSE").read_bytes()
        name = f"loci-{version}-{tag}.whl"
        _write(Path(wheel_directory) / name, members, f"{info}/RECORD")
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise SystemExit("loci: a source distribution would need the library's sources; pip install from a clone was expected")


if __name__ == "__main__":  # loci_build.py FOLDER [MODULE]: a wheel without pip
    print(build_wheel(sys.argv[1], {"module": sys.argv[2]} if len(sys.argv) > 2 else None))
