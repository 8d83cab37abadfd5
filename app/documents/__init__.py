"""Papers made for records: from template to sealed PDF, valid until declared void."""

from app.documents.drafting import issue, reissue
from app.documents.sealing import seal, void

__all__ = ["issue", "reissue", "seal", "void"]
