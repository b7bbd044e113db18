"""The same question put to data frame engines: ``python -m bench.frames ENGINE KIND FILE``.

Rows, bytes, first and last time per user and host, as such an engine is asked for it; the hosts that come back are then tried on the
suffixes of AI services. Like the naive loop, it knows the format beforehand and checks nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import cast

from bench.naive import by_label, suffixes

Rows = Iterable[tuple[str, str, int, int, str, str]]
"""User, host, rows, bytes down, first and last time."""
COLUMNS = {
    "csv": ("user", "hostname", "responsesize", "datetime"),
    "json": ("username", "host", "response_body_len", "ts"),
}


def duckdb(kind: str, path: str) -> Rows:
    """DuckDB, all threads."""
    import duckdb as engine

    if kind == "squid":
        source = (
            "(SELECT p[1] AS t, p[8] AS u, p[5]::BIGINT AS b, split_part(regexp_replace(p[7], '^[a-z]+://', ''), '/', 1) AS h0 "
            "FROM (SELECT regexp_split_to_array(trim(line), '\\s+') AS p FROM read_csv(?, columns={'line': 'VARCHAR'}, "
            "delim='\x01', quote='', header=false, ignore_errors=true)))"
        )
        inner = f"SELECT u, split_part(h0, ':', 1) AS h, b, t FROM {source}"
    else:
        user, host, size, time = COLUMNS[kind]
        reads = "read_csv(?, all_varchar=true)" if kind == "csv" else "read_json(?, format='newline_delimited')"
        inner = f"SELECT {user} AS u, {host} AS h, {size}::BIGINT AS b, {time} AS t FROM {reads}"
    found = engine.execute(f"SELECT u, h, count(*), sum(b), min(t), max(t) FROM ({inner}) GROUP BY u, h", [path])
    return cast("Rows", found.fetchall())


def polars(kind: str, path: str) -> Rows:
    """Polars, streaming."""
    import polars as engine

    if kind == "squid":
        parts = engine.col("line").str.strip_chars().str.replace_all(r"\s+", " ").str.split(" ")
        url = parts.list.get(6).str.replace(r"^[a-z]+://", "")
        frame = engine.scan_csv(path, has_header=False, new_columns=["line"], separator="\x01", quote_char=None).select(
            u=parts.list.get(7),
            h=url.str.extract(r"^([^/:]*)", 1),
            b=parts.list.get(4).cast(engine.Int64),
            t=parts.list.get(0),
        )
    else:
        user, host, size, time = COLUMNS[kind]
        reads = engine.scan_csv(path, infer_schema=False) if kind == "csv" else engine.scan_ndjson(path)
        frame = reads.select(
            u=user, h=host, b=engine.col(size).cast(engine.Int64), t=engine.col(time).cast(engine.String)
        )
    grouped = frame.group_by("u", "h").agg(
        engine.len(), engine.col("b").sum(), engine.col("t").min().alias("first"), engine.col("t").max().alias("last")
    )
    return cast("Rows", grouped.collect(engine="streaming").iter_rows())


def pandas(kind: str, path: str) -> Rows:
    """pandas; JSON and Squid by its own readers too."""
    import pandas as engine

    if kind == "squid":
        frame = engine.read_csv(
            path, sep=r"\s+", header=None, usecols=[0, 4, 6, 7], names=["t", "b", "h", "u"], dtype=str
        )
        frame["h"] = frame["h"].str.extract(r"^(?:[a-z]+://)?([^/:]*)")[0]
    else:
        user, host, size, time = COLUMNS[kind]
        if kind == "csv":
            frame = engine.read_csv(path, usecols=[user, host, size, time], dtype=str)
        else:
            frame = engine.read_json(path, lines=True)[[user, host, size, time]]
        frame = frame.rename(columns={user: "u", host: "h", size: "b", time: "t"})
    frame["b"] = frame["b"].astype("int64")
    grouped = frame.groupby(["u", "h"]).agg(n=("b", "size"), b=("b", "sum"), first=("t", "min"), last=("t", "max"))
    return cast("Rows", grouped.reset_index().itertuples(index=False))


ENGINES: dict[str, Callable[[str, str], Rows]] = {"duckdb": duckdb, "polars": polars, "pandas": pandas}


def main(engine: str, kind: str, path: str) -> None:
    """Count and print the number of AI rows and of (user, host) pairs."""
    is_ai = by_label(suffixes())
    found = [rows for _, host, rows, *_ in ENGINES[engine](kind, path) if is_ai(host.lower().rstrip("."))]
    print(sum(found), len(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
