"""Lays a flow out on a grid: a lane for whoever acts, a column for each step, lines at right angles.

All measures are whole pixels, so that the same flow always gives the same bytes.
"""

from dataclasses import dataclass, field, replace

from generator import model
from generator.reader import Name
from generator.routes import inner_of, kind_of, routes_of
from generator.world import Entity, Linked

TASK, GATE, EVENT = (112, 64), (36, 36), (32, 32)
GAP = 72  # between a gateway and the next column
TRACK = 16  # between two parallel lines
HEAD = 32  # where a lane's name stands
MARGIN = 24
ENDS = {"done": "#2f855a", "rejected": "#b4472f", "cancelled": "#6b7280"}


@dataclass
class Node:
    """One shape: start, task, gateway or end."""

    id: str
    kind: str  # start, task, gate, split, join, meet, end
    title: str
    lane: int
    x: int = 0
    y: int = 0
    step: model.Step | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return {"task": TASK, "end": EVENT, "start": EVENT}.get(self.kind, GATE)

    @property
    def middle(self) -> tuple[int, int]:
        """The point in the middle."""
        return self.x + self.size[0] // 2, self.y + self.size[1] // 2


@dataclass
class Edge:
    """One arrow, with what is written beside it."""

    id: str
    source: Node
    target: Node
    title: str = ""
    when: str = ""
    action: str = ""  # the name of what a person does to go this way
    note: str = ""
    back: bool = False
    points: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Picture:
    """A flow with everything in its place."""

    name: str
    title: str
    lanes: list[str]
    nodes: list[Node]
    edges: list[Edge]
    tops: list[int] = field(default_factory=list)  # of the lanes, and the end of the last
    width: int = 0


def picture(linked: Linked, entity: Entity, *, joins: bool = False) -> Picture:
    """Return the flow of an object, laid out; with `joins` ways meet in a gateway of their own, as BPMN asks."""
    flow = entity.flow
    assert flow is not None
    made = _nodes(linked, flow)
    made.edges += _edges(flow, made)
    if joins:
        _join(made)
    _place(made)
    _route(made)
    return made


def _nodes(linked: Linked, flow: model.Flow) -> Picture:
    made = Picture(str(flow.name), str(flow.title), [], [], [])
    first = next(iter(flow.steps.values()))
    made.nodes.append(Node("start", "start", "开始", _lane(linked, made, first)))
    inner = inner_of(flow)
    for step in flow.steps.values():
        if step.branches:
            _fork(linked, made, flow, step)
        elif not step.end and str(step.name) not in inner:
            _task(linked, made, flow, step)
    for step in flow.steps.values():
        lane = _lane_of_end(flow, made, step) if step.end else _lane(linked, made, step)
        if later := _later(flow, step):
            made.nodes.append(Node(f"from_{step.name}", "start", later, lane, step=step))
        if step.end:
            made.nodes.append(Node(f"end_{step.name}", "end", str(step.title), lane, step=step))
    return made


def _later(flow: model.Flow, step: model.Step) -> str:
    """Return what begins a way to a step without one that runs before: an end is no source in BPMN.

    It is what a person does to a case that is over; where nothing at all leads to an end, another
    object's effect.
    """
    leading = [
        (str(action.title), flow.steps.get(Name(source)))
        for action in flow.actions.values()
        for source, target, _ in routes_of(flow, action)
        if target == step.name
    ]
    over = dict.fromkeys(title for title, source in leading if source is None or source.end)
    return "、".join(over) or ("其他业务" if step.end and not leading else "")


def _task(linked: Linked, made: Picture, flow: model.Flow, step: model.Step) -> None:
    lane = _lane(linked, made, step)
    made.nodes.append(Node(f"step_{step.name}", "task", str(step.title), lane, step=step))
    _gate(made, flow, step, lane)


def _gate(made: Picture, flow: model.Flow, step: model.Step, lane: int) -> None:
    if len(_ways(flow, str(step.name))) > 1:
        made.nodes.append(Node(f"gate_{step.name}", "gate", "", lane, step=step))


def _fork(linked: Linked, made: Picture, flow: model.Flow, step: model.Step) -> None:
    """A step that divides: a gateway that opens the branches, their steps, one that waits for all."""
    lane = made.nodes[-1].lane
    made.nodes.append(Node(f"split_{step.name}", "split", str(step.title), lane))
    for branch in step.branches.values():
        for word in branch.steps:
            _task(linked, made, flow, flow.steps[Name(word)])
    made.nodes.append(Node(f"step_{step.name}", "join", str(step.title), lane, step=step))
    _gate(made, flow, step, lane)


def _lane(linked: Linked, made: Picture, step: model.Step) -> int:
    roles = linked.data.roles
    words = [
        "申报人" if word == "applicant" else str(roles[word].title) if word in roles else str(word)
        for word in step.by
    ]
    title = "、".join(words) or "系统"
    if title not in made.lanes:
        made.lanes.append(title)
    return made.lanes.index(title)


def _lane_of_end(flow: model.Flow, made: Picture, step: model.Step) -> int:
    """An end stands beside the last step that leads to it."""
    known = {str(node.step.name): node.lane for node in made.nodes if node.step}
    leading = [
        known[source]
        for action in flow.actions.values()
        for source, target, _ in routes_of(flow, action)
        if target == step.name and source in known
    ]
    return leading[-1] if leading else 0


def _ways(flow: model.Flow, source: str) -> list[tuple[model.Action, str, str]]:
    return [
        (action, target, str(when or ""))
        for action in flow.actions.values()
        for start, target, when in routes_of(flow, action)
        if start == source
    ]


def _edges(flow: model.Flow, made: Picture) -> list[Edge]:
    by_id = {node.id: node for node in made.nodes}
    order = {str(name): place for place, name in enumerate(flow.steps)}
    edges = [Edge("flow_start", by_id["start"], made.nodes[1])]
    for step in flow.steps.values():
        name = str(step.name)
        if f"from_{name}" in by_id:
            goal = _goal(flow, by_id, "", name)
            edges.append(Edge(f"flow_from_{name}", by_id[f"from_{name}"], goal))
        if step.end:
            continue
        for branch in step.branches.values():
            first = by_id[f"step_{branch.steps[0]}"]
            way = Edge(f"flow_{name}_{branch.name}", by_id[f"split_{name}"], first)
            edges.append(replace(way, title=str(branch.title)))
        leaving = by_id.get(f"gate_{name}")
        if leaving:
            edges.append(Edge(f"flow_{name}", by_id[f"step_{name}"], leaving))
        for number, (action, target, when) in enumerate(_ways(flow, name)):
            goal = _goal(flow, by_id, name, target)
            back = goal.kind == "task" and order[target] <= order[name]
            words = "、".join(str(effect.kind) for effect in (*action.do, *_passed(action, step)))
            edges.append(
                Edge(
                    f"flow_{name}_{number + 1}", leaving or by_id[f"step_{name}"], goal,
                    str(action.title), when, str(action.name), words, back,
                )
            )  # fmt: skip
    return edges


def _join(made: Picture) -> None:
    """Let ways that lead to one shape meet before it: several arrows into a task do not join in BPMN."""
    for node in [one for one in made.nodes if one.kind in ("task", "end", "split")]:
        arriving = [edge for edge in made.edges if edge.target is node]
        if len(arriving) < 2:
            continue
        meet = Node(f"meet_{node.id}", "meet", "", node.lane)
        made.nodes.insert(made.nodes.index(node), meet)
        for edge in arriving:
            edge.target = meet
        made.edges.append(Edge(f"flow_{meet.id}", meet, node))


def _goal(flow: model.Flow, by_id: dict[str, Node], source: str, target: str) -> Node:
    """Return the shape that a way leads to; what comes from without enters where the branches open."""
    fork = inner_of(flow).get(source)
    from_within = fork is not None and str(fork[0].name) == target
    if f"split_{target}" in by_id and not from_within:
        return by_id[f"split_{target}"]
    return by_id.get(f"step_{target}") or by_id[f"end_{target}"]


def _passed(action: model.Action, step: model.Step) -> tuple[object, ...]:
    return step.on_pass if kind_of(action) in ("pass", "submit") else ()


def _place(made: Picture) -> None:
    """Give every node its place; a lane is as high as its lines need."""
    x, place = MARGIN + HEAD + MARGIN, {}
    for node in made.nodes:
        place[node.id] = x
        wide = node.size[0]
        after = GAP + TRACK * _arriving(made, node)
        x += wide + (
            28
            if f"gate_{node.id[5:]}" in {n.id for n in made.nodes} and node.kind == "task"
            else after
        )
    made.width = x + MARGIN
    above = {lane: sum(e.back for e in _bent(made, lane)) for lane in range(len(made.lanes))}
    below = {lane: sum(not e.back for e in _bent(made, lane)) for lane in range(len(made.lanes))}
    top, made.tops = MARGIN, []
    for lane in range(len(made.lanes)):
        made.tops.append(top)
        line = top + MARGIN + 12 + TRACK * above[lane] + TASK[1] // 2
        for node in made.nodes:
            if node.lane == lane:
                node.x, node.y = place[node.id], line - node.size[1] // 2
        top = line + TASK[1] // 2 + TRACK * below[lane] + MARGIN + 12
    made.tops.append(top)


def _arriving(made: Picture, node: Node) -> int:
    """How many lines come down before the column that follows a node."""
    at = made.nodes.index(node)
    if at + 1 >= len(made.nodes):
        return 0
    follower = made.nodes[at + 1]
    return sum(edge.target is follower and not _straight(made, edge) for edge in made.edges)


def _bent(made: Picture, lane: int) -> list[Edge]:
    return [e for e in made.edges if e.source.lane == lane and not _straight(made, e)]


def _straight(made: Picture, edge: Edge) -> bool:
    """Whether the target is the very next shape of the same lane."""
    following = made.nodes.index(edge.target) - made.nodes.index(edge.source) == 1
    first = next(e for e in made.edges if e.source is edge.source and e.target is edge.target)
    return following and edge.source.lane == edge.target.lane and first is edge


def _route(made: Picture) -> None:
    used: dict[tuple[int, bool], int] = {}
    entering: dict[str, int] = {}
    total = {
        node.id: sum(e.target is node and not _straight(made, e) for e in made.edges)
        for node in made.nodes
    }
    for edge in made.edges:
        if _straight(made, edge):
            sy, ty = edge.source.middle[1], edge.target.middle[1]
            edge.points = [(edge.source.x + edge.source.size[0], sy), (edge.target.x, ty)]
            continue
        number = used.get((edge.source.lane, edge.back), 0) + 1
        used[edge.source.lane, edge.back] = number
        entry = entering[edge.target.id] = entering.get(edge.target.id, 0) + 1
        edge.points = _bend(edge, number, entry, total[edge.target.id])


def _bend(edge: Edge, number: int, entry: int, entries: int) -> list[tuple[int, int]]:
    """Leave up or down, follow the lane's track, come down before the target and enter from the left."""
    sx, sy = edge.source.middle
    height = edge.source.size[1] // 2
    line = sy + (-1 if edge.back else 1) * (TASK[1] // 2 + 20 + TRACK * (number - 1))
    x = edge.target.x - 12 - TRACK * (entries - entry)
    # the middle is kept free for the straight line
    slots = entries + 1 + entries % 2
    place = entry if entry < (slots + 1) // 2 else entry + 1
    y = edge.target.y + edge.target.size[1] * place // (slots + 1)
    start = (sx, sy - height if edge.back else sy + height)
    if edge.target.kind == "end":
        y = edge.target.middle[1]
    return [start, (sx, line), (x, line), (x, y), (edge.target.x, y)]
