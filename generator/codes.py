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
    "E5": "Reports, scores and interfaces",
    "E6": "Rows from elsewhere",
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
     small letters, digits and underscores and begin with a letter. The size of a file has its unit: 500kB, 5MB."""),
    ("E012", "A file stands where none is read",
     """metadata/ has project.yaml, roles.yaml, types.yaml, the folders dictionaries, policies, decisions,
     documents, reports, scores, interfaces, migration, patterns and runtime, and one folder for each subsystem of
     project.yaml.
     A file elsewhere would be silently without effect."""),
    ("E013", "An unknown pattern",
     """`use` and `mixins` name files of metadata/patterns/ or one of the compiler's own mixins
     (org_owned, coded, slotted). A pattern is called as its file."""),
    ("E014", "A pattern's parameter",
     """A pattern declares its parameters with a type. A use must give those without a default, may not
     give others, and what it gives must fit: an object that exists, a field of that object, a role …"""),
    ("E015", "A hole that cannot be filled",
     """`$name` in a pattern stands for a parameter. It must be declared under `parameters`; a list or
     mapping can only fill a hole that stands alone."""),
    ("E016", "A pattern uses itself", "Patterns may use patterns, but not in a circle."),
    ("E017", "A full-width mark where a plain one belongs",
     """A Chinese keyboard writes ：，“”‘’（） where YAML and expressions need : , " ' ( ). They are characters like
     others in what users read; as part of a key, a name, a number or an expression, or around a whole text, they
     cannot be meant. The mark itself is shown, and what to type instead. A text that is to keep one stands in
     quotes."""),
    ("E018", "An inherited list has no such item",
     """`{add: […], remove: […]}` in place of a list changes the one that a pattern or the extended object
     brings. A text is removed by itself, a rule by its `name`, a combination of fields by the same fields. What
     is not there cannot be removed: it was called otherwise, or is not there any more."""),
    ("E101", "A name is defined twice",
     """Objects, flows, roles, dictionaries, policies and documents each have one definition; the
     first one is named. Rename or delete one of them."""),
    ("E102", "Two names meet",
     """Two objects would get the same table or class, a field the column of a reference, a message the
     constant of an object, or a function the class of an object. The framework would silently merge
     tables of one name, so this is refused."""),
    ("E103", "A reserved name",
     """The name is one that every object has (id, version, state …), a word of the expression language
     (this, form, me …), a reserved word of SQL, or a class, table or address of the runtime. Choose another."""),
    ("E104", "A name is too long for a database",
     """PostgreSQL and its kin cut identifiers off after 63 bytes; two long names could become one. Tables
     are called SUBSYSTEM_OBJECT, foreign keys fk_TABLE_COLUMN."""),
    ("E105", "An unknown type",
     """Fields have one of the built-in types or one declared in metadata/types.yaml, which itself narrows a
     built-in one."""),
    ("E106", "A key that does not go with the type",
     """Some keys belong to some types: `of` to dict, tree and draft_of, `to` to references, `scale` to
     decimal, `length` to texts. A dict needs `of`, a reference `to`, `among` the
     condition `choose` that it puts into words. A computed field takes no default and
     is never required."""),
    ("E107", "An unknown object",
     """References, documents, functions and effects name objects as their files do under `object:` (rows of
     child lists under `object:` of the list). issued_document and account are the framework's own: they
     need no file."""),
    ("E108", "An unknown dictionary", "Dictionaries stand in metadata/dictionaries/, several in a file."),
    ("E109", "Nobody or everybody could see the rows",
     """Every object states who may see its rows, since the runtime denies by default. `unit` needs a reference
     to the organisation, {unit: PATH} a path that ends at one. The organisation itself says {unit: id}."""),
    ("E110", "An unknown field",
     """Columns, order, sections, fill, unique, pick, rules and the like name fields of the object; dotted
     paths go through references and child lists. The framework would show an empty cell instead. Rows are
     ordered and told apart by single values of their own."""),
    ("E111", "A value that cannot be proposed",
     """`propose` computes a value until a person overrides it with a reason. It goes with texts,
     numbers, dates and entries of a dictionary, not with `value`, `default` or `readonly`, and it
     brings the fields NAME_proposed, NAME_basis and NAME_reason, whose names must be free."""),
    ("E112", "Computed fields need each other",
     """The value of each is computed from the other, so neither has one. The way round is shown."""),
    ("E113", "Rows that cannot follow others",
     """`rows` makes one row for each row at the end of a path, such as order.lines, or for each record of an object
     (`of`, with a `where` that has an SQL form and a `max` of the list). `fill` says what
     each takes over, `key` which of that tells that it is the same row again, so that what was
     typed stays; rows with an empty part in their key are told apart by their order. Nobody picks such rows, and people
     add some of their own only where `add: true` says so: then no field of `fill` is readonly or hidden."""),
    ("E114", "A hold that cannot work",
     """A hold reserves an amount of the record that a reference field names. That record needs the fields
     `remaining` and `used` (or those given as capacity and used), the object a flow, and the hold an action
     that begins it. `until` names the ends that give the amount back; where a case can end in vain, one must."""),
    ("E115", "Objects whose first rows need each other",
     """Each requires a reference to the other, so no first row could ever be stored. Let one be empty."""),
    ("E116", "A variable in a text that cannot be filled in",
     """Names in braces in `display` and in the error of a rule are paths of fields of the record (of the row,
     where a rule has `each`). A `display` names a field, by which records differ, and none with `mask`: what a
     record is called stands in lists, choices and histories."""),
    ("E117", "A default that does not fit",
     """A default is a literal of the field's type, or an expression. For texts an expression is written with =
     before it; for references, dates and dictionaries whatever is no literal is one."""),
    ("E118", "A number without a pattern, or a pattern that gives none",
     """A field of type code gets its value on submit from the key `code` of the object: text with {yyyy}, {yy},
     {mm}, {dd} and the running number {n} or {n:04}. Without {n} all numbers would be the same."""),
    ("E119", "Slots that cannot be made",
     """`slots: {hours: [09:00-11:30], capacity: 4, ahead: 10 workdays}` makes rows of the object for each working day
     ahead. They need the fields day, hours, capacity, used and remaining, which the mixin `slotted` brings, and hours
     that do not overlap. Appointments refer to a slot and hold places of it."""),
    ("E120", "An expression is wrong",
     """Expressions are a checked subset of Python's: names of fields, paths through references, literals,
     comparisons, and/or/not, arithmetic, if/else, the built-in functions and policy.NAME(…). Types are
     checked. The words at fault are marked."""),
    ("E121", "A filter that cannot be asked of the database",
     """`choose`, `usable`, `where` and a scope's expression filter rows, so they must have an SQL form. The
     message says what in the expression has none."""),
    ("E122", "A hand-written model that is otherwise than said",
     """`runtime: MODULE.CLASS` names a class of app/ that stands for the object's table: the class, its `table` and an
     attribute for each field must be there. The class is read, never imported."""),
    ("E130", "An abstract object that cannot be one list",
     """An object with abstract: true has no table: it is the list over the tables of the objects that say
     extends: NAME, which all have its fields. So somebody must extend it, what they share keeps its type, and
     what needs a table of its own (a form, a flow's queue, a hold, a draft, several references in one field)
     names one of them."""),
    ("E131", "A ladder that cannot be climbed",
     """A ladder does something so many days from a date, until an event: date names a field of type date, until
     is a condition with an SQL form, and each stage has days and effects that need nobody's decision: notify,
     set, upsert. A stage is climbed once for a record and its date."""),
    ("E132", "A block by nothing",
     """`blocks: {NAME: {by: OBJECT, when: CONDITION, error: TEXT}}` refuses new records while a row of the object
     fulfils the condition; names in it and in braces are fields of that row, `form` is the record that is filed."""),
    ("E133", "A desk that finds nothing, or where somebody has to look",
     """A function with screen: scan has scan: {by: FIELD, do: ACTION} and steps: the record at one of the steps
     whose number is scanned gets the action at once. So the field is a text, and the action offered there. Nobody
     looks at the record: a step with checks, with verdicts row by row, with differences that are only shown, or an
     action with a comment needs a review."""),
    ("E134", "A record that cannot be found by what is typed",
     """`find: {OWN FIELD: PATH}` finds the record that a reference names by exact values, for people who may not
     list such records. The own fields are required and hold numbers, codes, short texts or dates; the reference
     itself is never typed."""),
    ("E135", "A capture that no device can make",
     """`captures: {NAME: {title, device, fill: {OWN FIELD: NAME OF THE DEVICE}}}` lets a device of a workstation fill
     fields at a step where the record may be changed; nobody types them. They are texts, numbers, dates or
     pictures. `needs: all` of an action refuses until everything that applies is there. `settings` are told to the
     device: texts and whole numbers. `compare: [PICTURE, PICTURE]` lets it compare two own pictures. `passes` is a
     condition over what was read; `error` says why it does not hold, and `by_hand` names an own text in which
     somebody who confirms it nevertheless says why."""),
    ("E136", "A message that nobody answers",
     """`send: INTERFACE.MESSAGE`, or {message: INTERFACE.MESSAGE, fields: {VALUE: EXPRESSION}}, of a step leaves when a
     case arrives there; the step also says wait: {event: NAME}, so that the answer finds the case. Whatever the message
     requires is said, by the step or by the message; what is filled in, and `on` of receipts, are of its answers; rows
     of an answer fill a list of the case, value by value the fields of its row."""),
    ("E140", "Something that cannot be picked once",
     """`once: true` keeps what a list picks to one record that is under way. It goes with `pick`, the
     reference by which rows are added, or with `rows`, where `fill` keeps `this` in a reference of the key."""),
    ("E141", "A ledger or a posting that cannot work",
     """`ledger` gives a record accounts, each a field of money that postings move for good: `post: {ACCOUNT:
     expression}`, or `settle: {by: PLUGIN, equals: {ACCOUNT: expression}}`, where what the plugin reckons must
     add up to the expression. `price: {by: PLUGIN, rows: LIST, field: NAME}` lets it say the amount of each row."""),
    ("E142", "A comparison that cannot work",
     """`compare: {rows: LIST, with: PATH, key: {OWN: THERE}, fields: {OWN: THERE}}` shows at a step which
     rows of a list are added, missing or otherwise than the rows at the end of a path. With `sums: {OWN: THERE}`
     both sides are shown beside each other with what they add up to, in total and for each `key`. Keys and sums are
     expressions over a row of their side; the two of a pair have one type, of sums a number. `level: error` keeps
     the case at the step while there is a difference."""),
    ("E145", "A timeline that expects nothing",
     """A node says when it was (`actual`, or `passed: STEP`), for when it is planned, or how many working days it
     `takes` `after` a node that stands above it. A warning names a node and the last day that is early enough."""),
    ("E146", "A total that cannot be kept",
     """`sum`, `count`, `least`, `most` keep a number over rows that refer to the record: {of: OBJECT.FIELD,
     by: REFERENCE, where: CONDITION}; `of` may be an own list, as in lines.amount. The number follows every
     change of a row in the same transaction, so the condition reads the row and its parent only, and no total
     may follow from itself. The field has the type of the value (of count: integer) and says nothing about
     how it is entered."""),
    ("E147", "A text that cannot be bilingual",
     """`bilingual: true` gives a text that people type a second field NAME_en for its English, shown behind it.
     It goes with string and text, not with what is computed, and NAME_en must be free."""),
    ("E148", "A warning that nobody could end",
     """`warnings: {NAME: {title, when, text, do, ended}}` stands over a record from the moment `when` holds until it
     does not; `when` has a form in SQL, braces in `text` are fields. What is done then (`do`, `ended`, also of a
     warning of a timeline) needs nobody's decision: notify, set, upsert."""),
    ("E149", "A required field that nobody can fill",
     """A record is complete only when every required field has a value. A field with `readonly` or `hidden` is
     not typed, so something fills it: value, propose or default, a reference that is picked (`fill`, `find`), a
     capture, an effect, an answer, a migration, `preset` of a screen. Completeness is asked for on submit, and on
     pass where the step has `edit`: what the flow of the record itself fills from then on comes too late to be
     required. So does what the step at which a case begins does not open: field, list or material."""),
    ("E150", "Two things of one title",
     """What people choose by its title must not be called like another one beside it: roles, entries of a dictionary
     (below one parent), functions in one place of the menu, fields that are shown, child lists, materials and steps of
     one object, and actions that one person is offered at a step. Fields that both have `when` and actions that
     both have a `guard` may stand in for each other under one title."""),
    ("E151", "A copy of what is masked",
     """Lists, messages, choices and warnings show only the ends of a field with `mask`, and looking at its record is
     logged. So where its value goes (a computed field, a default, `fill`, `find`, rows that follow, the effects set,
     start, upsert, range and take), the field says mask: true as well, and no chart has groups by it. What
     is only asked of the value, such as birth_of(…), is none. A paper and a message to another system show it whole,
     as that is what they are made for; the page behind the code of a paper shows the ends."""),
    ("E152", "A value that its field cannot take",
     """`fill`, `preset`, effects and what `takes` brings write where nobody types: into a field that is not
     computed, since what is computed would be computed again at once, and a value of its type. Nor can a
     step let people change it by `edit`. A preset is written as a person would type it: 3, true,
     2026-03-01, the code of an entry. What the engine keeps of every record (state, entry, id, position,
     parent, created_at, updated_at) is written by nobody else: a state that its case does not have can
     neither act nor be found."""),
    ("E153", "A condition that says nothing",
     """A condition reads fields, policies or today, so that it holds of some records and not of others. One that
     reads nothing, such as "true" in quotes, lets everything through or nothing, and what stands under it is always
     there or never. So does one whose parts rule each other out, `choose` that asks for what `usable` of its object
     excludes, and `required` that asks for what `when` excludes: nothing could ever be chosen, or be required."""),
    ("E160", "A value that does not say as of when it holds",
     """A computed value, or rows, taken from another record are a copy or follow it: say which. `as_of: now` follows
     whenever the other changes, in the same transaction; `as_of: STEP` (or several steps) follows while the case is at
     these steps and then stays as it was; `as_of: save` is what it was when the record was saved last. What reads the
     day, the person, a policy or the calendar is not true for long, so it is never `now`: ask for it where it is
     needed, in a rule, a filter, a `when` or a warning."""),
    ("E170", "A sample that no record can hold",
     """`sample` says what a record of the derived tests holds where they find none by themselves. It names fields that
     somebody types, by their name or, of the record that a reference names, as `course.ends_on`; the value is an
     expression of the field's type that reads no other field, such as `today - 3`."""),
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
     """Effects are notify, issue, set, apply, drop, merge, rehold, start, upsert, range, take, act, account, void,
     reissue, post, settle and price (E141), each with its argument: set takes {field: expression}, upsert {object,
     key, fields} where the key is unique there, range {object, number, first, last, fields}, take {object, as,
     where, order, fields}: both write rows of an object without a flow, a number is unique there, and the field `as`
     keeps one row for one record, apply a field of type draft_of, drop and merge a reference, account {do:
     join|open|update|close, role, of}. With each: LIST, set, start, upsert and act are done for every row of the list;
     `when` and values then read the row."""),
    ("E211", "Branches that do not fit",
     """A step with `branches` divides a case: it goes all ways at once, and passes the step when every branch
     has come through. Nobody acts at that step itself. Each branch has steps of its own (declared under
     `steps` like all others); going forwards they are entered and left by the step that divides only. Sending
     back, rejecting and cancelling may leave them: the other branches are then withdrawn."""),
    ("E212", "A time limit or a reminder that does not fit",
     """`within` gives a step one working day or more. `remind` and `escalate` count working days from the limit
     that `within` gives: `before` is shorter than the limit itself, `after` and the report of a breach count from
     its end."""),
    ("E213", "A step that waits for ever",
     """`wait: {event: NAME}` rests a case until a receipt comes from outside; `within` and `by` say who goes on
     by hand where it does not. `wait: {object: NAME}` rests it until the cases of that object which it started
     (effect start) have ended. Actions of kind receipt lead on: `on` names the outcome (done, rejected or
     cancelled of cases), one without `on` is for all others."""),
    ("E214", "Verdicts that have no place",
     """`per: {rows: LIST, field: FIELD, refuses: [CODE]}` lets a decider judge each row: the list is a child list,
     the field one of its rows', of type dict, and the codes stand in that dictionary."""),
    ("E215", "A way in that is missing or said twice",
     """Where a flow names its `entries`, every case has come in by one of them: a person by the one
     that is `by_hand`, another case by the one that its effect `start` names."""),
    ("E216", "A document that is not printed so",
     """`print: [DOCUMENT, …]` of a step names documents that are made from this object and have no number: lists
     that anybody with the grant `print` takes from the record as it stands. What has a number is issued by the
     effect issue, sealed, and verified by its code; a list knows none of seal, edit, public and body."""),
    ("E217", "Fewer can sign than have to",
     """Countersigning counts roles: each role of `by` signs once, whoever holds it. `all` needs two roles or
     more, a number no more than there are. Let the signers hold roles of their own, such as first and
     second surveyor; or let each person who holds one sign, by `signers: people` with `all` or a number
     from 2 on."""),
    ("E218", "Nobody to ask for a view",
     """`ask: [ROLE, …]` of a step lets its decider ask a holder of these roles for a view before deciding. A
     function of screen review with that step grants `ask` to whoever decides there and `advise` to the roles
     that may be asked: the case waits for them in it. Whoever applied asks nobody."""),
    ("E219", "A copy that nobody can open",
     """`copy_to: [ROLE, …]` of a step or an action and `copy_choice: [ROLE, …]` of an action give the case to
     holders of these roles to read: they open it in a function on the object with `view`, of screen apply, review
     or query. Nobody chooses at an action of kind receipt."""),
    ("E220", "An act that the other case cannot take",
     """`act: {on: PATH, action: NAME}` takes an action on the case of another record, each row's where the path goes
     through a list; {object: NAME, where: CONDITION, action: NAME} on all that the condition finds. They have a
     flow with that action. No effect takes what a person says (submit, recall, a pass with checks, per or
     countersign, a choice of targets) or what a receipt brings, and cases that act on each other come to an end."""),
    ("E221", "An action that asks for what nobody can type there",
     """`asks: [FIELD, …]` of an action opens a dialog in which whoever takes it fills in these fields, all of them.
     A field that is asked for is `readonly: true` and not `required`: it is typed there and nowhere else. Types
     that a dialog has a box for: text, numbers, dates, yes or no, an entry of a dictionary, one record. A submit
     has its form, a receipt nobody to ask, and where several sign each would write over the last one."""),
    ("E222", "A message by one channel only",
     """Whoever is told something is told by SMS and in the inbox: who does not sign in reads the one, who looks it up
     later the other. A message with `sms: false` or `inbox: false` says why by `one_channel: REASON`."""),
    ("E223", "A warning that its reviewer never reads",
     """A rule with `level: warning` is shown to whoever files and to whoever reviews. With `when: code is empty` it
     ends on submit, when the number is given. What is counted from today is counted from the day of submission then:
     `days(starts_on - (today if state == 'draft' or submitted_on is empty else submitted_on))`."""),
    ("E224", "A message that means another day when it is read",
     """A reminder goes out late where a worker stood still, and is read when somebody comes to it: it names the day.
     `{due_on}到期`, not 今天到期."""),
    ("E225", "A decision over own cases that is left open",
     """A role that submits cases also passes or rejects them at a later step. Nobody decides over what they have
     submitted themselves, so whoever has no colleague could not go on. `self_approval: true` lets them: it is work
     on an own case, such as sending an own batch on. `self_approval: false` keeps it to somebody else."""),
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
     """Screens are apply, review, rework, query, catalog, issued, progress, report, explore, dashboard, written,
     score, intake, scan, and runtime.NAME for one written by hand. A catalog shows rows without a flow, a report the
     tables of a model of metadata/reports/, explore the tables that people put together of several, a dashboard its
     tiles, a score one of metadata/scores/, an intake takes files of maps of metadata/migration/."""),
    ("E306", "An unknown column or filter",
     """Columns, filters and charts of a function name fields of its object; paths go through references and
     child lists. The framework would answer with an empty cell or an error page. A chart adds up a number
     only where a row stands in each group once, and only such rows make a ring (pie)."""),
    ("E307", "A queue of a step that does not exist",
     """`steps` and `states` of a function name steps of the object's flow; a review screen needs `steps`, and nobody
     waits at an end. `todo` names states of the object (steps, or entries of its field `state`), on screens that have
     no queue of their own."""),
    ("E308", "A message that is unknown or never sent",
     """notify names a message of the same file. A message that no action sends is either forgotten or dead."""),
    ("E309", "A variable of a message or document that does not resolve",
     """Names in braces are paths of the record, or comment, action, step, actor, link. What a document binds is an
     expression, or rows {each: LIST, bind: {…}}; `edit` names bound values, `public` fields. A template names
     what is bound; amounts and codes are printed with |money and |title('DICTIONARY')."""),
    ("E310", "A setting that a screen does not have",
     """`params` of a function are settings of its screen: `preset: {FIELD: VALUE}` sets fields of what is filed, which
     nobody types; `advise: {OBJECT: PATH}` shows rows of the object that refer to what is chosen at the path. A screen
     runtime.NAME reads settings of its own."""),
    ("E311", "An unknown icon",
     """`icon` of a subsystem is the name of one of the Bootstrap Icons that the front end brings, such as folder,
     airplane or gear. An unknown name would leave the place in the menu empty."""),
    ("E312", "An action that nobody is granted",
     """Everything is denied unless a function grants it under `roles`: NAME: [view, …]. So an action that no function
     of its object grants is a button that nobody sees. Receipts, and the passing of a step with `branches`, happen by
     themselves."""),
    ("E313", "A guide that there is none of",
     """`guide` of a function is the `key` of a record of the object guide, whose texts are shown before starting.
     So the project has that object with a field `key`; where it ships such records in metadata/reference/guide.csv,
     one of them is meant."""),
    ("E314", "Somebody could run the system and do its business",
     """Who opens accounts, assigns roles or looks at what others did does no business, and a role that does business
     is not held beside one of these: one of the two names the other under excludes. `new role` writes it."""),
    ("E401", "A document, template or seal that does not exist",
     """issue names a document of metadata/documents/ that is made from this object; its template is a file in the
     same folder, which python -m generator new template NAME begins. Its seal is one of `seals` of
     metadata/project.yaml: NAME, as the seal plugin knows it, and a title."""),
    ("E402", "A policy whose versions are not complete",
     """Every version of a policy says from which day it holds, from which text it comes and for whom (profile).
     Policies with arguments have a table, the others a value, of the type that they return. Where the keys of
     the table are `codes` of a dictionary, it speaks of each of them, or of all others by '*'."""),
    ("E403", "An entry of a dictionary",
     """Entries are code: title, or code: {title, parent, attributes}; attributes are declared once for the
     dictionary. Codes have at most 40 characters."""),
    ("E404", "A decision with a gap, an overlap or a condition that cannot be read",
     """Whatever a decision is asked, exactly one line must fit. All combinations of the entries and
     bounds that its lines name are tried; the message shows the first that no line fits, or that
     two lines fit. Conditions are `a, b`, `not a`, and of numbers and days `>= 90`, `< 90`,
     `30..89`, where both ends belong to the range; yes and no of a boolean; amounts in yuan; `empty` is for
     what is not known; an input that a line leaves out may be anything."""),
    ("E405", "A document that nobody ever gets",
     """A document with a number is issued by the effect issue of an action (`do`) or a step (`on_pass`); one without
     a number is printed at a step by `print`. One that nothing names would never be made."""),
    ("E501", "An unknown name in a report",
     """A report's model names an object (or OBJECT.LIST) as its fact, paths of it as columns, and its own dimensions
     and measures in its reports; a function with screen: report, dashboard or written names the model,
     one with screen: explore lists in `models` those that people may choose."""),
    ("E502", "A dimension that gives no groups",
     """A dimension is a code, a reference, a state, a text, a whole number, true or false, or a date with
     `period`. Amounts are first made steps by an expression. Where a fact has several values (a path through a
     list), `many: true` says that it is meant: it counts once under each value, and once in the total. A field with
     `mask` is none: its groups would show whole what lists show the ends of."""),
    ("E503", "A measure that is not clear",
     """A measure takes exactly one of count, sum, average, least, most, ratio, percent. What is counted is a
     record: `this` (the fact) or a path to one, each counted once. A ratio or percent divides one count or sum of the
     model by another; conditions stand in those. A number that belongs to a record which several facts share
     needs `of`: the path to take it once for each record, or `this` where it is meant once for each fact."""),
    ("E504", "A sum that would add what may not be added",
     """Divided by a dimension with `many`, a fact stands in several groups, and the groups add up to more than
     there is. A sum therefore says by which dimensions it may not be divided (`not_by`), or `not_by: []` where
     each group is to have the whole number; no report may divide it so."""),
    ("E505", "A figure that cannot be drawn or leads nowhere",
     """A tile names one measure in one form: number, bar, line, pie, ranking, wordcloud or heat. A line, and the course
     below a number, need a date with `period`; a ring (pie, also of a report) shows parts of a whole, so its
     dimension has one value for each fact and its measure counts or adds; heat takes two dimensions, the
     others one. Every figure of a tile, and of a model that a function with screen: explore lists, opens the list of
     its records, so that list must have columns: those of the model where facts are counted, else those of the
     counted object."""),
    ("E506", "A written report that its template does not fit",
     """A report under `docx` names a .docx of metadata/documents/. Its template writes every block by name: {{ NAME }}
     for a number, the leading names or a picture, {{p NAME }} in a paragraph of its own for a table; and it prints
     {{ asked }} and {{ basis }}, what was asked and what the figures count. A block has one form: number, leading,
     table, bar, line or pie. A line needs a date with `period`; a pie a dimension with one value for each fact and a
     measure that counts or adds; a table one dimension or, with a single measure, two."""),
    ("E511", "An unknown name in a score",
     """A score names the object that it scores, and in each item an event: OBJECT.ACTION or OBJECT.STEP of a flow, or
     OBJECT.LADDER, which must not be called like one of them. A
     function with screen: score names the score by `model`."""),
    ("E512", "A cap that does not go with the points",
     """Points that are taken are capped by a negative number, points that are given by a positive one: the sum of
     the item's points in a period never goes beyond it."""),
    ("E521", "An unknown name in an interface",
     """An interface names a module of plugins/ as its transport, the objects, materials and steps that its messages are
     about, and dictionaries of codes."""),
    ("E522", "A contract that cannot be kept",
     """A value of a message is a text or has a type; codes go with type: dict and of: DICTIONARY, and no two of ours
     are one of theirs. A message whose fields have values, or that leaves by itself (`on`), is about an object.
     Only an answer brings rows: {type: rows, max: 500, fields: {…}}, whose values are single ones."""),
    ("E601", "An unknown name in a migration",
     """A migration names the object that it fills, its fields and child lists, columns that it declares itself, rules
     of cleaning of the language, a step of the flow, and, with `from`, another migration."""),
    ("E602", "A column that cannot be cleaned so",
     """Each rule of cleaning takes what the reference says: nothing, texts, a table, or a number. `codes` needs a
     column of type dict and codes of its dictionary; `dates` needs a date and ways to write it, such as
     YYYY.M.D."""),
    ("E603", "A field that cannot be mapped, or lacks a value",
     """Computed fields and drafts take no value from elsewhere. Fields that are compared (`match`) and columns
     that may not be empty need one. Records of an object with a flow need the `state` at which they rest. A reference
     is found by a field of its target (`by`) or by the migration that made the target (`from`)."""),
    ("E604", "A file that cannot be handed in so",
     """Maps with `file` and the same `source` read one file: they say the same `file` and the same `mode`. A function
     with screen: intake names the source by `model`. A column of type file names a member, so it needs file: package;
     it alone gives the value of a file or an image."""),
    ("E605", "A recipe of the demonstration that cannot be cooked",
     """A recipe of metadata/demo draws records of an object: `size` says how many, or `for` an object for each record
     of which there are `each`. Where the object has a flow, `life` says when a case began and at which of its steps it
     rests; the comments in `say` belong to actions of that flow. Expressions name what the recipe gives before them,
     and fields of the records that they go through."""),
    ("E901", "Generated code is out of date",
     """What stands in app/generated/ is not what the metadata gives. Nobody edits these files; run
     python -m generator build and commit the result."""),
    ("E902", "The tables have changed without a revision",
     """app/migrations/schema.json is the schema that the committed revisions give. Where the metadata asks for
     another one, python -m generator migrate -m TEXT writes the next revision; it refuses a loss that the metadata does
     not confirm (renamed_from, dropped, narrowed)."""),
    ("E903", "A change of tables that loses data or its meaning",
     """Values are converted so that they say what they said: other digits behind the point, a number that becomes text,
     a day that becomes a moment. Where something may be lost on the way (fewer digits, shorter texts, codes of another
     dictionary) the field says `narrowed: true` that it is meant; it confirms one change and then goes. Where nothing
     can turn the one into the other (a reference to another object) the new field takes another name."""),
    ("E904", "A version of a flow is not kept",
     """Cases finish on the version of the flow that they began on; it stands in app/kept/, one module a version. The
     one in force is kept before it is released: python -m generator migrate -m TEXT writes it. An upgrade is refused
     where a version with cases under way is not kept."""),
)  # fmt: skip
