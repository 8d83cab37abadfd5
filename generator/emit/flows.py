"""Declarations of flows: steps, actions with their routes, effects."""

import hashlib
import re
from typing import Any

from generator import comparisons, model
from generator.emit import rules
from generator.emit.bodies import Bodies
from generator.emit.text import OMIT, Raw, call, given, rows, unless
from generator.formulas import Where, doing, where_written
from generator.interfaces import type_of
from generator.problem import Problems
from generator.reader import Code, Name, Reader, Word
from generator.readers import Effect
from generator.routes import comment_of, consequence, kind_of, route_consequence, routes_of
from generator.source import Mapping, Node, Scalar
from generator.world import Entity, Linked


class Flows:
    """Writes the `Flow(…)` of one object."""

    def __init__(self, linked: Linked, bodies: Bodies) -> None:
        self.linked = linked
        self.bodies = bodies

    def render(self, entity: Entity) -> str:
        """Return the declaration of an object's flow."""
        flow = entity.flow
        assert flow is not None
        steps = rows([self.step(entity, step) for step in flow.steps.values()])
        actions = rows([self.action(entity, action) for action in flow.actions.values()])
        text = steps.source + actions.source
        # The same names may stand for other expressions in the next version.
        named = set(re.findall(r"\w+", text))
        used = [body for name, body in self.bodies.texts.items() if name in named]
        version = hashlib.sha256("".join([text, *used]).encode()).hexdigest()[:12]
        declaration = call(
            "Flow", tall=True, name=str(flow.name), title=str(flow.title), object=entity.name,
            steps=steps, actions=actions, version=version, archive=given(flow.archive),
            entries=self.entries(flow),
        )  # fmt: skip
        return f"{flow_constant(entity)} = {declaration.source}\n"

    def entries(self, flow: model.Flow) -> Any:
        """Return the declarations of the ways in."""
        found = [
            call("WayIn", name=str(w.name), title=str(w.title), by_hand=given(w.by_hand))
            for w in flow.entries.values()
        ]
        return rows(found) if found else OMIT

    def actors(self, words: tuple[Word, ...]) -> Any:
        """Return whom `by` names: the applicant, roles, or a person that a field refers to."""
        found = actors_of(self.linked, words)
        if not found:
            return OMIT
        return _actor(*found[0])

    def step(self, entity: Entity, step: model.Step) -> Raw:
        """Return the declaration of a step."""
        where = Where(this=entity.name)
        edit: Any = tuple(map(str, step.edit))
        skip: Any = OMIT
        if step.skip:
            skip = self.bodies.condition(f"{step.name}_skip_of_{entity.name}", step.skip, where)
        return call(
            "Step",
            name=str(step.name),
            title=str(step.title),
            by=self.actors(step.by),
            edit="all" if edit == ("all",) else given(edit),
            within=given(step.within),
            reminders=self.reminders(step),
            labels=given(str(step.labels or "")),
            checks=given(tuple(map(str, step.checks))),
            beside=given(tuple(map(str, step.beside))),
            prints=given(tuple(map(str, step.print))),
            opinions=given(tuple(map(str, step.opinions))),
            countersign=given(step.countersign),
            signers="people" if step.signers == "people" else OMIT,
            ask=given(tuple(map(str, step.ask))),
            rules=rules.of_step(self.bodies, entity, step),
            skip=skip,
            branches=self.branches(step),
            wait=self.wait(step),
            send=self.send(entity, step),
            per=self.per(step),
            compare=self.compare(entity, step),
            copy_to=given(tuple(map(str, step.copy_to))),
            effects=self.effects(entity, step.on_pass, str(step.name)),
            end=given(str(step.end)),
        )

    def reminders(self, step: model.Step) -> Any:
        """Return the declarations of the messages about the time limit."""
        days = [-n for n in step.remind.before] + list(step.remind.after) if step.remind else []
        found = [call("Reminder", days=n) for n in sorted(days)]
        if step.escalate:
            to = self.actors(step.escalate.to)
            found.append(call("Reminder", days=step.escalate.after, to=to))
        return rows(found) if found else OMIT

    def wait(self, step: model.Step) -> Any:
        """Return the declaration of what a case rests for."""
        if step.wait is None:
            return OMIT
        fill = {str(key): str(word) for key, word in step.wait.fill.items()}
        return call(
            "Wait",
            event=given(str(step.wait.event or "")),
            object=given(str(step.wait.object or "")),
            fill=given(fill),
            add=given(tuple(map(str, step.wait.add))),
        )

    def send(self, entity: Entity, step: model.Step) -> Any:
        """Return the declaration of what leaves when a case arrives."""
        send = step.send
        if send is None:
            return OMIT
        where = Where(this=entity.name)
        interface, _, message = send.message.partition(".")
        contract = self.linked.data.interfaces[interface].messages[Name(message)]
        fields = {
            str(name): self.bodies.formula(
                f"{step.name}_says_{name}_of_{entity.name}",
                code,
                where,
                type_of(contract.fields[name]),
            )
            for name, code in send.fields.items()
        }
        return call(
            "Send",
            interface=interface,
            message=message,
            fields=given(fields),
            materials=given(tuple(map(str, send.materials))),
        )

    def per(self, step: model.Step) -> Any:
        """Return the declaration of verdicts row by row."""
        if step.per is None:
            return OMIT
        return call(
            "Per",
            rows=str(step.per.rows),
            field=str(step.per.field),
            refuses=given(tuple(map(str, step.per.refuses))),
        )

    def compare(self, entity: Entity, step: model.Step) -> Any:
        """Return the declaration of what is compared."""
        compare = step.compare
        if compare is None:
            return OMIT
        rest = self.bodies.formulas.compile(compare.other, Where(this=entity.name))
        target = rest.type.target if rest else ""
        where = comparisons.sides(self.linked, entity, compare, target)
        about = f"{step.name}_of_{entity.name}"
        return call(
            "Compare",
            rows=str(compare.rows),
            path=str(compare.other),
            object=target,
            key=self.pairs(compare.key, where, f"key_at_{about}", comparisons.GROUPED),
            fields=given({str(name): str(word) for name, word in compare.fields.items()}),
            sums=self.pairs(compare.sums, where, f"sum_at_{about}", comparisons.COUNTED),
            level=unless(str(compare.level), "warning"),
            error=given(str(compare.error or "")),
        )

    def pairs(
        self, codes: dict[Code, Code], where: tuple[Where, Where], name: str, else_called: str
    ) -> Any:
        """Return the declarations of values that belong together on both sides."""
        found = []
        for codes_of_pair in codes.items():
            both = list(zip(codes_of_pair, where, strict=True))
            kind = self.bodies.formulas.compile(*both[0])
            here, there = (
                self.bodies.formula(f"{side}_{name}", *one)
                for side, one in zip(("own", "other"), both, strict=True)
            )
            paths = tuple(comparisons.path_of(self.linked, *one) for one in both)
            found.append(
                call(
                    "Pair",
                    here=here,
                    there=there,
                    titles=tuple(
                        comparisons.title_of(self.linked, *one, else_called) for one in both
                    ),
                    paths=paths if any(paths) else OMIT,
                    scale=unless(kind.type.scale if kind else 0, 0),
                )
            )
        return rows(found) if found else OMIT

    def branches(self, step: model.Step) -> Any:
        """Return the declarations of the branches of a step."""
        found = [
            call(
                "Branch",
                name=str(branch.name),
                title=str(branch.title),
                steps=tuple(map(str, branch.steps)),
            )
            for branch in step.branches.values()
        ]
        return rows(found) if found else OMIT

    def action(self, entity: Entity, action: model.Action) -> Raw:
        """Return the declaration of an action."""
        flow = entity.flow
        assert flow is not None
        where = Where(this=entity.name)
        guard: Any = OMIT
        if action.guard:
            guard = self.bodies.condition(
                f"{action.name}_guard_of_{entity.name}", action.guard, where
            )
        return call(
            "Action",
            name=str(action.name),
            title=str(action.title),
            kind=kind_of(action),
            routes=rows([self.route(entity, action, *route) for route in routes_of(flow, action)]),
            by=self.actors(action.by),
            guard=guard,
            needs=given(tuple(map(str, action.needs))),
            asks=given(tuple(map(str, action.asks))),
            refusal=given(str(action.refusal or "")),
            comment=unless(comment_of(action), "optional"),
            until=given(str(action.until)),
            on=given(str(action.on or "")),
            resubmit=unless(str(action.resubmit), "again"),
            bulk=given(action.bulk),
            self_approval=given(action.self_approval),
            copy_to=given(tuple(map(str, action.copy_to))),
            copy_choice=given(tuple(map(str, action.copy_choice))),
            effects=self.effects(entity, action.do, str(action.name)),
            consequence=str(action.consequence or consequence(self.linked, flow, action)),
        )

    def route(
        self, entity: Entity, action: model.Action, source: str, target: str, when: Word | None
    ) -> Raw:
        """Return the declaration of a route."""
        condition: Any = OMIT
        if when is not None:
            name = f"{action.name}_to_{target}_of_{entity.name}"
            condition = self._once(name, when, Where(this=entity.name))
        flow = entity.flow
        assert flow is not None
        said = (
            ""
            if action.consequence
            else route_consequence(self.linked, flow, action, source, target)
        )
        return call("Route", source=source, target=target, when=condition, consequence=given(said))

    def _once(self, name: str, code: Word, where: Where) -> Raw:
        """An action from several steps has one condition a target."""
        return Raw(name) if name in self.bodies.texts else self.bodies.condition(name, code, where)

    def effects(self, entity: Entity, effects: tuple[Effect, ...], place: str) -> Any:
        """Return the declarations of effects."""
        return rows([self.effect(entity, effect, place) for effect in effects]) if effects else OMIT

    def effect(self, entity: Entity, effect: Effect, place: str) -> Raw:
        """Return the declaration of one effect."""
        when: Any = OMIT
        entity = doing(self.linked, entity, effect)
        if effect.when:
            name = f"{place}_{effect.kind}_when_of_{entity.name}"
            where = Where(this=entity.name, parent=entity.parent)
            when = self.bodies.condition(name, effect.when, where)
        params = self.params(entity, effect, place)
        each = given(str(effect.each or ""))
        return call("Effect", kind=str(effect.kind), params=given(params), when=when, each=each)

    def params(self, entity: Entity, effect: Effect, place: str) -> dict[str, Any]:
        """Return what an effect is told."""
        word = str(effect.word())
        match str(effect.kind):
            case "notify":
                return {"message": f"{entity.name}.{word}"}
            case "issue":
                return {"document": word}
            case "apply":
                return {"field": word}
            case "drop" | "rehold":
                return {"of": word}
            case "merge" if not isinstance(effect.argument, Mapping):
                return {"materials": word}
            case "void" | "reissue":
                return {"path": word}
            case "set":
                return self._values(entity, effect.argument, place)
            case "post" | "settle":
                return self._postings(entity, effect, f"{place}_{effect.kind}")
            case "start" | "upsert" | "range" | "take" | "act":
                return self._start(entity, effect, place)
        value = Reader(Problems()).literal(effect.argument)
        return value if isinstance(value, dict) else {"argument": value}

    def _postings(self, entity: Entity, effect: Effect, place: str) -> dict[str, Any]:
        """`post: {ACCOUNT: expression}` or `settle: {by, equals: {ACCOUNT: expression}}`."""
        if effect.kind == "post" or not isinstance(effect.argument, Mapping):
            return self._values(entity, effect.argument, place)
        by, equals = effect.argument.get("by"), effect.argument.get("equals")
        values = self._values(entity, equals, place) if equals else {}
        return {"by": getattr(by, "value", ""), "equals": values}

    def _start(self, entity: Entity, effect: Effect, place: str) -> dict[str, Any]:
        """`start: OBJECT` or `start: {object, fields: {name: expression}, once, entry}`; upsert, range, take."""
        if not isinstance(effect.argument, Mapping):
            return {"object": str(effect.word())}
        if effect.kind == "act":
            return self._act(entity, effect, place)
        params: dict[str, Any] = {}
        target = effect.argument.get("object")
        for key, node in effect.argument:
            if key.value == "fields":
                about = target.value if isinstance(target, Scalar) else ""
                params["fields"] = self._values(entity, node, place, about)
            elif key.value == "where" and isinstance(target, Scalar):
                params["where"] = self.bodies.criterion(
                    f"{place}_takes_of_{entity.name}",
                    Reader(Problems()).value(Code, node),
                    Where(this=target.value, form=entity.name),
                )
            else:
                params[key.value] = Reader(Problems()).literal(node)
        return params

    def _act(self, entity: Entity, effect: Effect, place: str) -> dict[str, Any]:
        """`act: {on: PATH, action: NAME}` or `{object, where, action}`; comment, on_refusal."""
        argument = effect.argument
        assert isinstance(argument, Mapping)
        params: dict[str, Any] = {}
        for key, node in argument:
            name = f"{place}_acts_{key.value}_of_{entity.name}"
            code = Reader(Problems()).value(Code, node)
            if key.value == "where":
                about = Where(this=getattr(argument.get("object"), "value", ""), form=entity.name)
                params["where"] = self.bodies.criterion(name, code, about)
            elif key.value == "comment":
                own = Where(this=entity.name, parent=entity.parent)
                compiled = self.bodies.formulas.compile(code, own, "string")
                body = compiled.python if compiled else "None"
                params["comment"] = self.bodies.add(name, "this, env", str(code), body)
            else:
                params[key.value] = str(code)
        return params

    def _values(self, entity: Entity, node: Node, place: str, about: str = "") -> dict[str, Raw]:
        values = {}
        for key, value in node if isinstance(node, Mapping) else ():
            name = f"{place}_sets_{key.value.replace('.', '_')}_of_{entity.name}"
            code, owner = Reader(Problems()).value(Code, value), about or entity.name
            own = Where(this=entity.name, parent=entity.parent)
            where = own if about else where_written(entity, key.value)
            compiled = self.bodies.formulas.written(code, where, owner, key.value)
            body = compiled.python if compiled else "None"
            values[key.value] = self.bodies.add(name, "this, env", str(code), body)
        return values


def flow_constant(entity: Entity) -> str:
    """Return the name of a flow's constant; one that is named like its object says what it is."""
    assert entity.flow is not None
    name = entity.flow.name.upper()
    return f"{name}_FLOW" if entity.flow.name == entity.name else name


def actors_of(linked: Linked, words: tuple[Word, ...]) -> list[tuple[str, Any]]:
    """Return (class, argument) for whom a list of words names."""
    found: list[tuple[str, Any]] = []
    roles = tuple(str(word) for word in words if word in linked.data.roles)
    for word in words:
        if word == "applicant":
            found.append(("Applicant", None))
        elif word in roles:
            if not any(kind == "Roles" for kind, _ in found):
                found.append(("Roles", roles))
        else:
            found.append(("Relation", str(word)))
    return found


def _actor(kind: str, argument: Any) -> Raw:
    if kind == "Applicant":
        return call("Applicant")
    return call(kind, names=argument) if kind == "Roles" else call(kind, path=argument)


def recipients(linked: Linked, words: tuple[Word, ...]) -> list[Raw]:
    """Return the declarations of whom a message goes to."""
    return [_actor(kind, argument) for kind, argument in actors_of(linked, words)]
