"""Files that rows name: members of the package, judged by their content as any upload."""

import io
from collections.abc import Mapping, Sequence

from app.core import files
from app.core.errors import Rejected
from app.core.plugin import Refused
from app.core.types import File
from app.intake import reading
from app.intake.reading import Line


def store(lines: Sequence[Line], members: Mapping[str, bytes]) -> None:
    """Store the files that the lines name; what is missing or not accepted is said with the row."""
    for line in lines:
        for field, name in line.members.items():
            kind = line.shape.field(field).type
            assert isinstance(kind, File)
            if name not in members:
                reading.refuse(line, field, f"包里没有文件“{name[:80]}”")
                continue
            try:
                stream = io.BytesIO(members[name])
                file = files.store(stream, name, kind.accept, kind.max_bytes, path=field)
                line.raw[field] = str(file.id)
            except Rejected as error:
                reading.refuse(line, field, error.faults[0].message)
            except Refused as error:
                reading.refuse(line, field, str(error))
