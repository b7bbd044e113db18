"""The archive of a pack: a tar (POSIX.1-1988 ustar) in gzip (RFC 1952) whose bytes are determined by the files in it.

Order, modes, owners and times are fixed, so that the same files always make the same tar (the bytes of its compression may differ
between implementations of zlib). It is read by the rule it is written by: a header that is not the very one that would be written
is refused, and with it links, devices, upward paths, repeated names and every extension of the format.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from shadowai.errors import SignatureError
from shadowai.model import Origin
from shadowai.packs import manifest

MAX_ARCHIVE: Final = 16 << 20
"""The largest archive, in bytes."""
MAX_UNPACKED: Final = 64 << 20
"""The largest tar in it, in bytes."""
MAX_FILES: Final = 20_000
MAX_MANIFEST: Final = 4 << 20
MAX_FILE: Final = 64 << 10
"""The largest signature file, in bytes: that of :mod:`shadowai.catalog`."""
FOLDER: Final = "signatures/"

_NAME = re.compile(rf"{FOLDER}[a-z0-9]+(?:-[a-z0-9]+)*\.yaml")
_LONGEST = len(FOLDER) + 64 + len(".yaml")
_BLOCK = tarfile.BLOCKSIZE
_END = b"\0" * (2 * _BLOCK)
_GZIP = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
"""RFC 1952, 2.3.1: deflate, no name, no time, best compression, an unknown system."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of ``files``, the manifest first and the others by name.

    Raises :class:`SignatureError` for what :func:`unpack` would refuse.
    """
    parts = []
    for name in sorted(files, key=_rank):
        _check(name, len(files[name]), Origin(name))
        parts += [_header(name, len(files[name])), files[name], b"\0" * (-len(files[name]) % _BLOCK)]
    tar = b"".join((*parts, _END))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(tar) + deflate.flush()
    made = _GZIP + body + zlib.crc32(tar).to_bytes(4, "little") + (len(tar) & 0xFFFFFFFF).to_bytes(4, "little")
    if len(made) > MAX_ARCHIVE or len(tar) > MAX_UNPACKED or len(files) > MAX_FILES:
        limits = f"{MAX_FILES:,} files, {MAX_UNPACKED >> 20} MiB, {MAX_ARCHIVE >> 20} MiB packed"
        raise SignatureError(f"the pack would be larger than {limits}", remedy="make several")
    return made


def unpack(data: bytes, origin: Origin) -> dict[str, bytes]:
    """The files in the archive ``data``, by name; raises :class:`SignatureError` with the reason where it is not canonical or too large."""
    tar = _inflate(data, origin)
    files: dict[str, bytes] = {}
    last = (-1, "")
    for name, body in _members(tar, origin):
        if _rank(name) <= last:
            raise _refused(f"{name} is repeated or out of order", origin)
        if len(files) == MAX_FILES:
            raise _refused(f"it holds more than {MAX_FILES:,} files", origin)
        files[name], last = body, _rank(name)
    if manifest.NAME not in files:
        raise _refused("it has no manifest", origin)
    return files


def check_size(data: bytes, origin: Origin) -> None:
    """Raises :class:`SignatureError` for more bytes than an archive may have."""
    if len(data) > MAX_ARCHIVE:
        raise _refused(f"it is larger than {MAX_ARCHIVE >> 20} MiB", origin)


def _inflate(data: bytes, origin: Origin) -> bytes:
    check_size(data, origin)
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        tar = inflate.decompress(data, MAX_UNPACKED + 1)
    except zlib.error:
        raise _refused("it is no gzip file, or a damaged one", origin) from None
    if len(tar) > MAX_UNPACKED:
        raise _refused(f"it unpacks to more than {MAX_UNPACKED >> 20} MiB", origin)
    if not inflate.eof:
        raise _refused("it is truncated", origin)
    if inflate.unused_data:
        raise _refused("there is something behind its end", origin)
    return tar


def _members(tar: bytes, origin: Origin) -> Iterator[tuple[str, bytes]]:
    at = 0
    while (block := tar[at : at + _BLOCK]) and any(block):
        name, size = _read_header(block, origin)
        body = tar[at + _BLOCK : at + _BLOCK + size]
        padding = tar[at + _BLOCK + size : at + _BLOCK + size + -size % _BLOCK]
        if len(body) < size or len(padding) != -size % _BLOCK or any(padding):
            raise _refused(f"{name} is truncated", origin)
        yield name, body
        at += _BLOCK + size + len(padding)
    if tar[at:] != _END:
        raise _refused("it does not end as it must", origin)


def _read_header(block: bytes, origin: Origin) -> tuple[str, int]:
    """The name and size in a header, which must be the one that :func:`_header` makes of them (POSIX pax, "ustar Interchange Format")."""
    name = block[:100].rstrip(b"\0").decode("ascii", "backslashreplace")
    size = block[124:135]
    if len(block) < _BLOCK or not re.fullmatch(rb"[0-7]{11}", size):
        raise _refused("it holds a malformed tar header", origin)
    if block[156:157] != tarfile.REGTYPE:
        raise _refused(f"{name!r} is a link or something else that is no plain file", origin)
    _check(name, int(size, 8), origin)
    if block != _header(name, int(size, 8)):
        raise _refused(f"the header of {name} is not canonical", origin)
    return name, int(size, 8)


def _check(name: str, size: int, origin: Origin) -> None:
    if name != manifest.NAME and (not _NAME.fullmatch(name) or len(name) > _LONGEST):
        raise _refused(f"no file of a pack is named {name!r}", origin)
    most = MAX_MANIFEST if name == manifest.NAME else MAX_FILE
    if size > most:
        raise _refused(f"{name} is larger than {most >> 10} KiB", origin)


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)  # its other fields are zero, empty and 0644
    member.size = size
    return member.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def _rank(name: str) -> tuple[int, str]:
    return (name != manifest.NAME, name)


def _refused(reason: str, origin: Origin) -> SignatureError:
    return SignatureError(f"the pack is refused: {reason}", origin=origin, remedy="get it again from who built it")
