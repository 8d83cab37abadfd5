"""The form through which a call reads what may be changed, and changes it."""

from typing import Any

from app.core.declare import Object
from app.core.errors import Refused
from app.core.records import granted_rows
from app.web.form.filing import Filing


def filing_of(obj: Object, operation: str, record: Any = None) -> Filing:
    """Return the form through which this person adds or edits a record of the object."""
    found = granted_rows.functions(obj, operation)
    if not found:
        raise Refused("您没有这项操作的权限。如确需办理，请联系安全管理员授权。")
    return Filing(found[0], record, by_call=True)
