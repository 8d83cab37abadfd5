"""Every column of the runtime's own tables that holds a name of the metadata, and how a rename reaches it.

Business tables are renamed by the operations of a revision. What the runtime keeps of a record (its
case, its papers, its messages) finds it by the name of its object, written as text: a column that is
forgotten here loses all of it. `tests/app/test_names.py` walks the tables and refuses a text column
that is in none of these lists.
"""

# ruff: noqa: S608 - names of tables and columns stand in this file

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.audit import former_fields, former_names
from app.migrations import forms
from app.migrations.forms import Forms

# Columns that hold the name of an object.
OBJECTS: dict[str, tuple[str, ...]] = {
    "sys_account": ("opened_for_object",),
    "sys_capture": ("object",),
    "sys_case": ("object",),
    "sys_document": ("object",),
    "sys_exchange": ("object",),
    "sys_former_field": ("object",),
    "sys_former_name": ("object",),
    "sys_hold": ("object", "resource_object"),
    "sys_ladder_stage": ("object",),
    "sys_ledger_entry": ("object",),
    "sys_mark": ("object",),
    "sys_material": ("object",),
    "sys_message": ("object",),
    "sys_reading": ("object",),
    "sys_record_version": ("object", "cause_object"),
    "sys_score_entry": ("object",),
    "sys_search_text": ("object",),
    "sys_sms": ("object",),
    "sys_taken_row": ("object",),
    "sys_warning": ("object",),
}
# Columns with OBJECT.KIND: a message is called after the object that sends it.
MESSAGES: dict[str, tuple[str, ...]] = {
    "sys_message": ("message",),
    "sys_message_template": ("message",),
    "sys_sms": ("message",),
}
# Columns with JSON in which the key "object" names one: work that is still to be done.
WORK: dict[str, tuple[str, ...]] = {"sys_long_job": ("payload",), "sys_outbox": ("payload",)}
# Columns with the name of a field of the row's object, alone or behind a prefix.
FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "sys_hold": (("field", ""),),
    "sys_mark": (("target", "field."),),
    "sys_reading": (("field", ""),),
}
# Columns with forms, as JSON keyed by fields: a revision says where they lie (`forms.Forms`).
FORMS: dict[str, tuple[str, ...]] = {
    "sys_autosave": ("content",),
    "sys_record_version": ("content",),
}
# Columns with paths of lists: columns and filters that a person keeps.
LISTS: dict[str, tuple[str, ...]] = {"sys_preference": ("value",)}
# Columns that stay as they were written: their mac or digest covers the names. Former names are looked up on reading.
SEALED: dict[str, tuple[str, ...]] = {
    "sys_archive": ("content",),
    "sys_former_field": ("former", "field", "was", "now"),
    "sys_former_name": ("former",),
    "sys_history": ("object", "detail"),
}

# Columns with names that no word of the metadata renames: of flows, steps, actions, functions, roles, materials and
# the like. Where the language gains a `renamed_from` for one of them, its columns move up.
FIXED: dict[str, tuple[str, ...]] = {
    "sys_autosave": ("function",),
    "sys_awaited": ("event", "step", "outcome"),
    "sys_branch": ("fork", "name", "state"),
    "sys_capture": ("name", "device"),
    "sys_case": ("flow", "flow_version", "state", "resume", "returns", "entry"),
    "sys_dictionary_entry": ("dictionary", "parent"),
    "sys_document": ("document",),
    "sys_exchange": ("interface", "message", "place"),
    "sys_exchange_row": ("interface", "message"),
    "sys_flow_version": ("flow",),
    "sys_grant_default": ("role", "function", "operation"),
    "sys_handed_in": ("source", "function"),
    "sys_history": ("function",),
    "sys_job_run": ("job",),
    "sys_ladder_stage": ("ladder",),
    "sys_ledger_entry": ("account", "action"),
    "sys_long_job": ("function",),
    "sys_mark": ("step",),
    "sys_material": ("material",),
    "sys_nudge": ("step",),
    "sys_policy": ("policy", "profile"),
    "sys_preference": ("name",),
    "sys_reading": ("material",),
    "sys_role": ("face", "excludes"),
    "sys_saved_query": ("function", "query", "role"),
    "sys_score_entry": ("score", "item"),
    "sys_sent_form": ("function",),
    "sys_step": ("action", "source", "target", "actor_role", "branch"),
    "sys_taken_row": ("migration", "part"),
    "sys_task": ("function", "step", "role", "outcome", "branch", "waits"),
    "sys_token": ("functions",),
    "sys_warning": ("warning",),
}
# Columns that hold no name of the metadata: words of people, titles, codes, keys, digests, states of the runtime.
OTHER: dict[str, tuple[str, ...]] = {
    "sys_account": ("name", "district", "phone", "post", "lock_reason", "closed_reason"),
    "sys_archive": ("digest",),
    "sys_awaited": ("key", "payload"),
    "sys_capture": ("serial", "nonce", "basis"),
    "sys_case": ("title", "code", "district", "parent_ends"),
    "sys_copy": ("person_name", "sender_name", "action_title"),
    "sys_deputy": ("person_name", "deputy_name", "reason"),
    "sys_dictionary_entry": ("code", "title", "attributes", "shipped_title", "shipped_parent"),
    "sys_document": (
        "title",
        "subject",
        "number",
        "state",
        "values",
        "generated_values",
        "public_values",
        "token",
        "sealed_by_name",
        "void_by_name",
        "void_reason",
    ),
    "sys_document_event": ("kind", "actor_name", "ip", "detail"),
    "sys_exchange": ("direction", "key", "title", "state", "error", "fingerprint", "answer"),
    "sys_exchange_mark": ("name", "value"),
    "sys_file": ("sha256", "kind", "name"),
    "sys_flow_version": ("version", "title", "definition"),
    "sys_handed_in": ("name", "sha256", "note"),
    "sys_history": ("actor_name", "ip", "kind", "mac"),
    "sys_history_check": ("asked_by", "state", "breaks", "error"),
    "sys_job_run": ("owner", "state", "note"),
    "sys_lease": ("name", "owner"),
    "sys_ledger_entry": ("note",),
    "sys_long_job": ("kind", "key", "title", "state", "owner", "note", "result"),
    "sys_mark": ("labels", "comment", "by"),
    "sys_material": ("uploaded_by", "origin"),
    "sys_message": ("title", "text"),
    "sys_message_template": ("text", "shipped", "updated_by_name"),
    "sys_nudge": ("key", "kind", "step_title", "actor_name", "comment"),
    "sys_number": ("series",),
    "sys_outbox": ("kind", "key", "title", "state", "owner", "error", "result"),
    "sys_past_password": ("hash",),
    "sys_phrase": ("text",),
    "sys_policy": ("content", "level", "source"),
    "sys_reading": ("value", "files", "by"),
    "sys_record_version": ("by",),
    "sys_role": ("title", "reach", "purpose", "shipped_as"),
    "sys_saved_query": ("title", "owner_name", "basis"),
    "sys_score_entry": ("period", "item_title", "subject", "event", "reason", "actor_name"),
    "sys_search_text": ("made_from",),
    "sys_sent_form": ("token", "content"),
    "sys_session": ("token_hash", "ip", "agent", "ended_why"),
    "sys_sign_in": ("username", "ip", "agent", "place", "channel", "result", "detail"),
    "sys_sms": ("key", "phone", "name", "text", "state", "gateway_id", "error"),
    "sys_sms_code": ("phone", "purpose", "hash", "ip"),
    "sys_sms_cursor": ("gateway", "cursor"),
    "sys_step": (
        "action_title",
        "kind",
        "source_title",
        "target_title",
        "actor_name",
        "ip",
        "comment",
        "opinions",
        "checks",
        "seen",
        "behalf_name",
    ),
    "sys_taken_row": (
        "key",
        "belongs",
        "digest",
        "outcome",
        "reasons",
        "texts",
        "fixed",
        "differs",
        "decided",
    ),
    "sys_task": ("district", "assignee_name"),
    "sys_token": ("hash", "title", "kind"),
    "sys_warning": ("text",),
    "sys_workday": ("title", "source"),
}


def rename_object(old: str, new: str) -> None:
    """Let everything that the runtime keeps of the records of an object name it as it is called now."""
    connection = _connection()
    if connection is None:
        return
    there = set(sa.inspect(connection).get_table_names())
    for table, columns in OBJECTS.items():
        for column in columns if table in there else ():
            _update(connection, table, column, old, new)
    if {"sys_former_name", "sys_history"} <= there:
        row = {"object": new, "former": old, "last": _last_entry(connection)}
        text = "INSERT INTO sys_former_name (object, former, last_entry) VALUES (:object, :former, :last)"
        connection.execute(sa.text(text), row)
    for table, columns in MESSAGES.items():
        for column in columns if table in there else ():
            _update_prefix(connection, table, column, f"{old}.", f"{new}.")
    for table, columns in WORK.items():
        for column in columns if table in there else ():
            forms.rewrite(connection, table, column, old, lambda value: _name(value, old, new))
    former_names.forget()


def rename_field(owner: str, old: str, new: str, held: Forms) -> None:
    """Let what is kept of single fields of an object name the field as it is called now."""
    connection = _connection()
    if connection is None:
        return
    there = set(sa.inspect(connection).get_table_names())
    for table, places in FIELDS.items():
        for column, prefix in places if table in there else ():
            _update(connection, table, column, prefix + old, prefix + new, owner)
    forms.change(connection, held, old, forms.renaming(old, new))
    forms.lists(connection, held)
    _note(connection, there, owner, old, new)


def convert_field(owner: str, field: str, was: str, now: str, held: Forms) -> None:
    """Let what is kept of the values of a field say in its new type what it said."""
    connection = _connection()
    if connection is None:
        return
    forms.change(connection, held, field, forms.converting(field, was, now))
    there = set(sa.inspect(connection).get_table_names())
    _note(connection, there, owner, field, field, was, now)


def _note(
    connection: sa.Connection,
    there: set[str],
    owner: str,
    old: str,
    new: str,
    was: str = "",
    now: str = "",
) -> None:
    """Write down how entries of the history up to here name the field and mean its values."""
    if not {"sys_former_field", "sys_history"} <= there:
        return
    columns = ("object", "former", "field", "was", "now", "last_entry")
    values = (owner, old, new, was, now, _last_entry(connection))
    text = f"INSERT INTO sys_former_field ({', '.join(columns)}) VALUES (:{', :'.join(columns)})"
    connection.execute(sa.text(text), dict(zip(columns, values, strict=True)))
    former_fields.forget()


def _last_entry(connection: sa.Connection) -> int:
    return connection.scalar(sa.text("SELECT max(id) FROM sys_history")) or 0


def _connection() -> sa.Connection | None:
    return None if op.get_context().as_sql else op.get_bind()


def _update(
    connection: sa.Connection, table: str, column: str, old: str, new: str, owner: str = ""
) -> None:
    of = " AND object = :owner" if owner else ""
    text = f"UPDATE {table} SET {column} = :new WHERE {column} = :old{of}"
    values = {"old": old, "new": new} | ({"owner": owner} if owner else {})
    connection.execute(sa.text(text), values)


def _update_prefix(connection: sa.Connection, table: str, column: str, old: str, new: str) -> None:
    text = (
        f"UPDATE {table} SET {column} = :new || substr({column}, :behind)"
        f" WHERE substr({column}, 1, :length) = :old"
    )
    values = {"new": new, "old": old, "behind": len(old) + 1, "length": len(old)}
    connection.execute(sa.text(text), values)


def _name(value: Any, old: str, new: str) -> None:
    """Name an object anew wherever work that is still to be done says which it is about."""
    if isinstance(value, dict) and value.get("object") == old:
        value["object"] = new
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _name(one, old, new)
