"""Files that rows name: members of the package, judged by their content as any upload."""

import io
from collections.abc import Mapping, Sequence

from app.core.errors import Rejected
from app.core.files import attachments
from app.core.plugin import Refused
from app.core.types import File
from app.intake import row_parsing
from app.intake.row_parsing import Line


def store(lines: Sequence[Line], members: Mapping[str, bytes]) -> None:
    """Store the files that the lines name; what is missing or not accepted is said with the row."""
    for line in lines:
        for field, name in line.members.items():
            kind = line.shape.field(field).type
            assert isinstance(kind, File)
            if name not in members:
                row_parsing.refuse(line, field, f"包里没有文件“{name[:80]}”")
                continue
            try:
                stream = io.BytesIO(members[name])
                file = attachments.store(stream, name, kind.accept, kind.max_bytes, path=field)
                line.raw[field] = str(file.id)
            except Rejected as error:
                row_parsing.refuse(line, field, error.faults[0].message)
            except Refused as error:
                row_parsing.refuse(line, field, str(error))
