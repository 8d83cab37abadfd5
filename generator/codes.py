"""What each error code means: one paragraph, shown by `explain` and printed in the reference."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """A code with its title and what to do about it."""

    code: str
    title: str
    text: str


FAMILIES = {
    "E0": "Files and YAML",
    "E1": "Objects and fields",
    "E2": "Flows",
    "E3": "Roles, functions and messages",
    "E4": "Documents, policies and dictionaries",
    "E9": "Generated code",
}


def _all(*rows: tuple[str, str, str]) -> dict[str, Explanation]:
    return {code: Explanation(code, title, " ".join(text.split())) for code, title, text in rows}


CODES: dict[str, Explanation] = _all(
    ("E001", "A file that must be there cannot be read",
     """The compiler reads metadata/ below the project's root and needs metadata/project.yaml.
     Check the working folder, the file's name and its permissions."""),
    ("E002", "A file is too large",
     """One object stands in one file, and no object needs half a megabyte. Data (rows) belong into
     metadata/reference/ or an import, not into the language."""),
    ("E003", "A file is not UTF-8",
     """Metadata is written in UTF-8. Files saved as GBK or UTF-16 have bytes that mean something
     else there; the place of the first such byte is shown. Save the file as UTF-8."""),
    ("E004", "A file is not YAML",
     """The YAML reader stopped here: usually an indentation that does not fit, a bracket or quote
     that is not closed, a tab, or a text with ': ' in it that needs quotes."""),
    ("E005", "A file is empty or no mapping",
     """Every file of the language consists of keys and values. An empty file says nothing, so it is
     either unfinished or to be deleted."""),
    ("E006", "A part of YAML that the language does not use",
     """Tags (!!name), anchors and aliases (&name, *name) and keys that are no words are refused:
     they hide where a value comes from. What repeats becomes a pattern."""),
    ("E007", "A key stands twice",
     """YAML readers silently keep the last of two equal keys. The first place is named; delete one
     of them or give it another name."""),
    ("E008", "An unknown key",
     """A key that the language does not have would be without effect, so it is refused. The hint
     names the nearest key that may stand here."""),
    ("E009", "A key is missing",
     """Some keys must be written: an object needs `object` and `title`, a field `type` and `title`, a flow
     `name`, `title`, `steps` and `actions`. The hint says what the missing key is for."""),
    ("E010", "A value has the wrong shape",
     """A list stands where keys and values are expected, or the other way round. The message names
     the shape that is expected."""),
    ("E011", "A value cannot be read as what it must be",
     """Values are converted by the type that the language declares for them, never by how they look:
     true and false are booleans only where a boolean is expected, 007 and 12:30 stay texts. Names have
     small letters, digits and underscores and begin with a letter."""),
    ("E012", "A file stands where none is read",
     """metadata/ has project.yaml, roles.yaml, types.yaml, the folders dictionaries, policies, documents,
     patterns and runtime, and one folder for each subsystem of project.yaml. A file elsewhere would be
     silently without effect."""),
    ("E013", "An unknown pattern",
     """`use` and `mixins` name files of metadata/patterns/ or one of the compiler's own mixins
     (org_owned, coded). A pattern is called as its file."""),
    ("E014", "A pattern's parameter",
     """A pattern declares its parameters with a type. A use must give those without a default, may not
     give others, and what it gives must fit: an object that exists, a field of that object, a role …"""),
    ("E015", "A hole that cannot be filled",
     """`$name` in a pattern stands for a parameter. It must be declared under `parameters`; a list or
     mapping can only fill a hole that stands alone."""),
    ("E016", "A pattern uses itself", "Patterns may use patterns, but not in a circle."),
    ("E101", "A name is defined twice",
     """Objects, flows, roles, dictionaries, policies and documents each have one definition; the
     first one is named. Rename or delete one of them."""),
    ("E102", "Two names meet",
     """Two objects would get the same table or class, a field the column of a reference, or a message the
     constant of an object. The framework would silently merge tables of one name, so this is refused."""),
    ("E103", "A reserved name",
     """The name is one that every object has (id, version, state …), a word of the expression language
     (this, form, me …), a reserved word of SQL, or a class of the runtime. Choose another."""),
    ("E104", "A name is too long for a database",
     """PostgreSQL and its kin cut identifiers off after 63 bytes; two long names could become one. Tables
     are called SUBSYSTEM_OBJECT, foreign keys fk_TABLE_COLUMN."""),
    ("E105", "An unknown type",
     """Fields have one of the built-in types or one declared in metadata/types.yaml, which itself narrows a
     built-in one."""),
    ("E106", "A key that does not go with the type",
     """Some keys belong to some types: `of` to dict, tree and draft_of, `to` to references, `scale` to
     decimal, `length` to texts. A dict needs `of`, a reference `to`. A computed field takes no default and
     is never required."""),
    ("E107", "An unknown object",
     """References, documents, functions and effects name objects as their files do under `object:` (rows of
     child lists under `object:` of the list)."""),
    ("E108", "An unknown dictionary", "Dictionaries stand in metadata/dictionaries/, several in a file."),
    ("E109", "Nobody or everybody could see the rows",
     """Every object states who may see its rows, since the runtime denies by default. `unit` needs a reference
     to the organisation, {unit: PATH} a path that ends at one."""),
    ("E110", "An unknown field",
     """Columns, order, sections, fill, unique, pick, rules and the like name fields of the object; dotted
     paths go through references and child lists. The framework would show an empty cell instead."""),
    ("E112", "Computed fields need each other",
     """The value of each is computed from the other, so neither has one. The way round is shown."""),
    ("E114", "A hold that cannot work",
     """A hold reserves an amount of the record that a reference field names. That record needs the fields
     `remaining` and `used` (or those given as capacity and used), the object a flow, and the hold an action
     that begins it."""),
    ("E115", "Objects whose first rows need each other",
     """Each requires a reference to the other, so no first row could ever be stored. Let one be empty."""),
    ("E116", "A variable in a text that cannot be filled in",
     """Names in braces in `display` and in the error of a rule are paths of fields of the record (of the row,
     where a rule has `each`)."""),
    ("E117", "A default that does not fit",
     """A default is a literal of the field's type, or an expression. For texts an expression is written with =
     before it; for references, dates and dictionaries whatever is no literal is one."""),
    ("E118", "A number without a pattern, or a pattern that gives none",
     """A field of type code gets its value on submit from the key `code` of the object: text with {yyyy}, {yy},
     {mm}, {dd} and the running number {n} or {n:04}. Without {n} all numbers would be the same."""),
    ("E120", "An expression is wrong",
     """Expressions are a checked subset of Python's: names of fields, paths through references, literals,
     comparisons, and/or/not, arithmetic, if/else, the built-in functions and policy.NAME(…). Types are
     checked. The words at fault are marked."""),
    ("E121", "A filter that cannot be asked of the database",
     """`choose`, `usable`, `where` and a scope's expression filter rows, so they must have an SQL form. The
     message says what in the expression has none."""),
    ("E201", "An action is offered where there is no step",
     """`from` names steps of the flow. Where a case has ended, only actions of kind cancel, note and
     other make sense."""),
    ("E202", "A step that no case can reach",
     """No action leads here from the first step on, directly or over other steps. The step would never have
     a task."""),
    ("E203", "An action goes to an unknown step",
     """`to` names a step of the flow, or next, previous or same."""),
    ("E204", "A step nobody can act on",
     """A case that arrives here would rest for ever: nobody is named, no action is offered, or no function
     grants an action of the step to the people that it is for. The screens that let people act are
     apply, rework, and review with the step among its `steps`."""),
    ("E205", "A step that cannot end",
     """From here no way of actions leads to a step with `end`. Every flow needs at least one."""),
    ("E206", "Routes that overlap",
     """An action leads to two steps at once. Give conditions, {step: EXPRESSION, other: else}; the first that holds is
     taken, `else` stands last. Only send_back lets the person choose."""),
    ("E207", "A route is missing",
     """No condition may hold, and then the action would lead nowhere: add a last target with `else`. `next` and
     `previous` need a step on that side."""),
    ("E208", "An action whose meaning is not clear",
     """The kind follows from the names submit, pass, send_back, reject, recall and cancel; any other name
     needs `kind`. `until: opened` belongs to recall, `refusal` to a guard."""),
    ("E209", "A flow that begins or ends wrongly",
     """A case begins at the first step of the file, which must not be an end. At an end nobody acts, so by,
     edit, within and the like mean nothing there."""),
    ("E210", "An effect that cannot work",
     """Effects are notify, issue, set, apply, drop, merge, rehold, start, account, void and reissue, each with its
     argument: set takes {field: expression}, apply a field of type draft_of, drop and merge a reference, account
     {do: join|open|update|close, role, of}."""),
    ("E211", "Branches that do not fit",
     """A step with `branches` divides a case: it goes all ways at once, and passes the step when every branch
     has come through. Nobody acts at that step itself. Each branch has steps of its own (declared under
     `steps` like all others); going forwards they are entered and left by the step that divides only. Sending
     back, rejecting and cancelling may leave them: the other branches are then withdrawn."""),
    ("E212", "Reminders without a time limit",
     """`remind` and `escalate` count working days from the limit that `within` gives: `before` is shorter than
     the limit itself, `after` and the report of a breach count from its end."""),
    ("E213", "A step that waits for ever",
     """`wait: {event: NAME}` rests a case until a receipt comes from outside; `within` and `by` say who goes on
     by hand where it does not. `wait: {object: NAME}` rests it until the cases of that object which it started
     (effect start) have ended. Actions of kind receipt lead on: `on` names the outcome (done, rejected or
     cancelled of cases), one without `on` is for all others."""),
    ("E214", "Verdicts that have no place",
     """`per: {rows: LIST, field: FIELD, refuses: [CODE]}` lets a decider judge each row: the list is a child list,
     the field one of its rows', of type dict, and the codes stand in that dictionary."""),
    ("E301", "An unknown role or person",
     """Roles stand in metadata/roles.yaml. `by` and `to` also take applicant, and paths that end at an account."""),
    ("E302", "A grant of something that the function does not have",
     """A function can grant what its screen does (view, add, edit, delete, export, import …) and the actions
     that are offered there. Who is granted anything must also be granted `view`."""),
    ("E303", "A function is declared twice or missing",
     """The identifier of a function is its permission, its address and its place in the list of requirements."""),
    ("E304", "An unknown heading of the menu",
     """A function stands under a module of its subsystem; both are declared in project.yaml."""),
    ("E305", "An unknown screen",
     """Screens are apply, review, rework, query, catalog, issued, progress, and runtime.NAME for one written by hand. A
     catalog shows rows without a flow."""),
    ("E306", "An unknown column or filter",
     """Columns, filters and charts of a function name fields of its object; paths go through references and
     child lists. The framework would answer with an empty cell or an error page."""),
    ("E307", "A queue of a step that does not exist",
     """`steps` and `states` of a function name steps of the object's flow; a review screen needs `steps`, and nobody
     waits at an end."""),
    ("E308", "A message that is unknown or never sent",
     """notify names a message of the same file. A message that no action sends is either forgotten or dead."""),
    ("E309", "A variable of a message or document that does not resolve",
     """Names in braces are paths of the record, or comment, action, step, actor, link. What a document binds is an
     expression, or rows {each: LIST, bind: {…}}; `edit` names bound values, `public` fields."""),
    ("E401", "A document or template that does not exist",
     """issue names a document of metadata/documents/ that is made from this object; its template is a file in the
     same folder."""),
    ("E402", "A policy without date, source or value",
     """Every version of a policy says from which day it holds, from which text it comes and for whom (profile).
     Policies with arguments have a table, the others a value, of the type that they return."""),
    ("E403", "An entry of a dictionary",
     """Entries are code: title, or code: {title, parent, attributes}; attributes are declared once for the
     dictionary. Codes have at most 40 characters."""),
    ("E901", "Generated code is out of date",
     """What stands in app/generated/ is not what the metadata gives. Nobody edits these files; run
     python -m generator build and commit the result."""),
    ("E902", "The tables have changed without a revision",
     """app/migrations/schema.json is the schema that the committed revisions give. Where the metadata asks for
     another one, python -m generator migrate -m TEXT writes the next revision; it refuses a loss that the metadata does
     not confirm (renamed_from, dropped, narrowed)."""),
)  # fmt: skip
