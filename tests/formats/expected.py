"""The records of a sample as JSON lines: ``python -m tests.formats.expected NAME…`` writes them, for a person to review."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from shadowai.model import Gap
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.timestamps import iso

HERE = Path(__file__).parent
MODIFIED = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
"""What samples take as their last change, so that dates without a year read the same everywhere."""


def samples(name: str) -> list[Path]:
    """The sample files of a format."""
    folder = HERE / name
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.endswith(".expected.jsonl"))


def records(sample: Path) -> str:
    """Everything read from ``sample``: a JSON object per record, then the gaps."""
    lines: list[str] = []
    (source,) = container.expand([str(sample)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        for content in container.contents(source, stream):
            assert not isinstance(content, Gap)
            content.modified = MODIFIED
            log = LogFile(content, formats())
            for row in log.rows():
                record = asdict(log.record(row))
                for key in ("path", "unit", "inferred", "facts"):  # of captures only, but for the path
                    del record[key]
                for key in ("time", "began"):
                    if record[key] is not None:
                        record[key] = iso(record[key])
                if record["session"] is not None:
                    record["session"] = {key: value for key, value in record["session"]._asdict().items() if value}
                if record["counted"]:
                    del record["counted"]
                log.tally.named += record["host"] is not None
                lines.append(json.dumps({key: value for key, value in record.items() if value is not None}))
            lines += [
                json.dumps({"gap": gap.reason, "count": gap.count, "lines": [at.position for at in gap.examples]})
                for gap in log.gaps()
            ]
    return "".join(f"{line}\n" for line in lines)


def main(names: list[str]) -> None:
    """Write the expected records of the named formats, or of all."""
    for name in names or sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"):
        for sample in samples(name):
            Path(f"{sample}.expected.jsonl").write_text(records(sample), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
