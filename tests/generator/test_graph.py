"""`graph`: the BPMN is one that the rules of BPMN 2.0 allow, and it says what the flow says."""

import json
import os
import shutil
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest

from generator.cli import main
from generator.compile import analyse
from generator.graph import bpmn, layout, svg
from generator.routes import routes_of
from tests.generator.projects import BASE, HERE, make

ROOT = HERE.parent.parent
M, D, C, W = (f"{{{space}}}" for space in (bpmn.BPMN, bpmn.DI, bpmn.DC, bpmn.DD))
NODES = (
    "startEvent",
    "userTask",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "endEvent",
)
WORLDS = {root: analyse(root).linked for root in (ROOT, BASE)}


def forked():
    """The base project, where one flow has two branches at once."""
    with TemporaryDirectory() as folder:
        for old, new in (
            (
                "    booked: {title: 已订, end: done}\n",
                "    joint: {title: 并联, branches: {a: {title: 甲, steps: [a1]}, b: {title: 乙, steps: [b1, b2]}}}\n"
                "    a1: {title: 甲核, by: host}\n    b1: {title: 乙核, by: host}\n    b2: {title: 乙定, by: clerk}\n"
                "    booked: {title: 已订, end: done}\n",
            ),
            (
                "pass: {title: 通过, from: check, to: next}",
                "pass: {title: 通过, from: [check, a1, b1, b2, joint], to: next}",
            ),
            ("kind: pass, from: decide, to: booked", "kind: pass, from: decide, to: joint"),
            ("steps: [check, decide], roles", "steps: [check, decide, a1, b1, b2], roles"),
        ):
            path = Path(folder) / "metadata" / "desk" / "booking.yaml"
            if not path.exists():
                make(Path(folder))
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1, old
            path.write_text(text.replace(old, new), encoding="utf-8")
        found = analyse(Path(folder))
        return found.linked


WORLDS["forked"] = forked()
FLOWS = [(root, name) for root, linked in WORLDS.items() for name in linked.flows]


@pytest.fixture(params=FLOWS, ids=lambda item: f"{item[1]}{'-forked' * (item[0] == 'forked')}")
def flow(request):
    root, name = request.param
    linked = WORLDS[root]
    made = layout.picture(linked, linked.flows[name], joins=True)
    return linked.flows[name].flow, made, ElementTree.fromstring(bpmn.render(made))


def nodes(root):
    process = root.find(f"{M}process")
    return {e.get("id"): e for tag in NODES for e in process.findall(f"{M}{tag}")}


def arrows(root):
    return {e.get("id"): e for e in root.iter(f"{M}sequenceFlow")}


def test_identifiers_are_unique_and_references_lead_somewhere(flow):
    _, _, root = flow
    ids = Counter(e.get("id") for e in root.iter() if e.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    known = nodes(root)
    for arrow in arrows(root).values():
        assert arrow.get("sourceRef") in known
        assert arrow.get("targetRef") in known
    assert root.find(f"{M}collaboration/{M}participant").get("processRef") == root.find(
        f"{M}process"
    ).get("id")


def test_every_node_lists_its_arrows(flow):
    _, _, root = flow
    for name, node in nodes(root).items():
        for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            listed = sorted(e.text for e in node.findall(f"{M}{tag}"))
            assert listed == sorted(i for i, a in arrows(root).items() if a.get(end) == name)


def test_starts_ends_gateways_and_tasks_have_the_arrows_they_may(flow):
    _, _, root = flow
    assert root.find(f"{M}process/{M}startEvent").get("id") == "start"
    for node in nodes(root).values():
        came, left = len(node.findall(f"{M}incoming")), len(node.findall(f"{M}outgoing"))
        match node.tag.removeprefix(M):
            case "startEvent":
                assert (came, left) == (0, 1)
            case "endEvent":
                assert came >= 1 and left == 0
            case "userTask":  # several ways out of a task would all be gone at once
                assert came >= 1 and left == 1
            case _:
                assert came >= 2 or left >= 2


def test_the_elements_stand_in_the_order_of_the_schema(flow):
    _, _, root = flow
    order = ["documentation", "incoming", "outgoing", "multiInstanceLoopCharacteristics"]
    order += ["signalEventDefinition"]
    for node in nodes(root).values():
        tags = [order.index(e.tag.removeprefix(M)) for e in node]
        assert tags == sorted(tags)
    process = [e.tag.removeprefix(M) for e in root.find(f"{M}process")]
    assert process[0] == "laneSet" and process.count("laneSet") == 1
    assert [e.tag for e in root] == [f"{M}collaboration", f"{M}process", f"{D}BPMNDiagram"]


def test_every_node_is_in_one_lane(flow):
    _, _, root = flow
    listed = Counter(e.text for e in root.iter(f"{M}flowNodeRef"))
    assert listed == dict.fromkeys(nodes(root), 1)


def test_everything_has_its_place_in_the_diagram(flow):
    _, _, root = flow
    shapes = {e.get("bpmnElement"): e.find(f"{C}Bounds") for e in root.iter(f"{D}BPMNShape")}
    lines = {e.get("bpmnElement"): e.findall(f"{W}waypoint") for e in root.iter(f"{D}BPMNEdge")}
    lanes = {e.get("id") for e in root.iter(f"{M}lane")}
    assert set(shapes) == {"pool"} | lanes | set(nodes(root))
    assert set(lines) == set(arrows(root))

    def box(name):
        x, y, wide, high = (int(shapes[name].get(key)) for key in ("x", "y", "width", "height"))
        return x, y, x + wide, y + high

    for lane in root.iter(f"{M}lane"):
        x0, y0, x1, y1 = box(lane.get("id"))
        for ref in lane.findall(f"{M}flowNodeRef"):
            a, b, c, d = box(ref.text)
            assert x0 <= a < c <= x1 and y0 <= b < d <= y1
    for name, points in lines.items():
        arrow = arrows(root)[name]
        places = [(int(p.get("x")), int(p.get("y"))) for p in points]
        assert len(places) >= 2
        for place, end in ((places[0], "sourceRef"), (places[-1], "targetRef")):
            assert on_border(place, box(arrow.get(end))), (name, end)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(places))


def on_border(place, box):
    (x, y), (x0, y0, x1, y1) = place, box
    return x0 <= x <= x1 and y0 <= y <= y1 and (x in (x0, x1) or y in (y0, y1))


def test_no_two_shapes_lie_on_each_other(flow):
    _, made, _ = flow
    boxes = [(n.x, n.y, n.x + n.size[0], n.y + n.size[1]) for n in made.nodes]
    for one in boxes:
        for other in boxes:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert one is other or apart


def test_it_says_what_the_flow_says(flow):
    spec, _, root = flow
    titles = {name: node.get("name") for name, node in nodes(root).items()}
    opened = [b.title for step in spec.steps.values() for b in step.branches.values()]
    drawn = {
        (leaving(root, a.get("sourceRef"), titles), words(a), titles[behind(root, a)])
        for a in arrows(root).values()
        if words(a) and words(a) not in opened
    }
    said = {
        (str(spec.steps[source].title), str(action.title), str(spec.steps[target].title))
        for action in spec.actions.values()
        for source, target, _ in routes_of(spec, action)
    }
    assert drawn == said


def test_what_is_done_to_a_case_that_is_over_begins_a_way(tmp_path):
    """Back to a step that runs, and to an end that is reached otherwise too."""
    folder = make(tmp_path)
    path = folder / "metadata/desk/booking.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "from: check, to: draft, until: opened}\n",
        "from: check, to: draft, until: opened}\n"
        "    reopen: {title: 重新打开, kind: pass, from: booked, to: decide}\n"
        "    void: {title: 作废, kind: reject, from: booked, to: rejected}\n",
    )
    path.write_text(text, encoding="utf-8")
    linked = analyse(folder).linked
    made = layout.picture(linked, linked.flows["booking_approval"], joins=True)
    root = ElementTree.fromstring(bpmn.render(made))
    titles = {name: node.get("name") for name, node in nodes(root).items()}
    begun = {
        (titles[a.get("sourceRef")], titles[behind(root, a)])
        for a in arrows(root).values()
        if a.get("sourceRef").startswith("from_")
    }
    assert begun == {("重新打开", "批准"), ("作废", "未批准")}


def words(arrow):
    """The label, or where the rules want none what stands in its place."""
    return arrow.get("name") or (arrow.findtext(f"{M}documentation") or "").split("；")[0]


def behind(root, arrow):
    """Where an arrow leads, through the gateway in which ways meet."""
    target = arrow.get("targetRef")
    onward = [a.get("targetRef") for a in arrows(root).values() if a.get("sourceRef") == target]
    return onward[0] if target.startswith("meet_") else target


def leaving(root, name, titles):
    """A gateway speaks for the task before it."""
    if titles[name] and not name.startswith("gate_"):
        return titles[name]
    return next(
        titles[a.get("sourceRef")] for a in arrows(root).values() if a.get("targetRef") == name
    )


def test_the_reader_of_bpmn_editors_understands_every_element(tmp_path):
    known = {**WORLDS, "examples": analyse(ROOT / "tests" / "examples").linked}
    files = {}
    for number, linked in enumerate(known.values()):
        for name, entity in linked.flows.items():
            path = tmp_path / f"{number}-{name}.bpmn"
            path.write_text(
                bpmn.render(layout.picture(linked, entity, joins=True)), encoding="utf-8"
            )
            files[str(path)] = ElementTree.parse(path).getroot()
    said = read_as_an_editor(files)
    for path, root in files.items():
        assert said[path]["warnings"] == []
        understood = {name: kind.partition(":")[2] for name, kind in said[path]["kinds"].items()}
        assert understood == {
            e.get("id"): plain[0].upper() + plain[1:]
            for e in root.iter()
            if e.get("id") and (plain := e.tag.partition("}")[2])
        }


def test_the_reader_of_bpmn_editors_complains_of_what_it_does_not_know(tmp_path):
    linked = WORLDS[BASE]
    text = bpmn.render(layout.picture(linked, linked.flows["booking_approval"]))
    path = tmp_path / "strange.bpmn"
    path.write_text(text.replace("userTask", "userTusk"), encoding="utf-8")
    assert read_as_an_editor([str(path)])[str(path)]["warnings"] != []


def test_exports_pass_the_rules_that_bpmnlint_recommends(tmp_path):
    known = {**WORLDS, "examples": analyse(ROOT / "tests" / "examples").linked}
    paths = []
    for number, linked in enumerate(known.values()):
        for name, entity in linked.flows.items():
            paths.append(tmp_path / f"{number}-{name}.bpmn")
            text = bpmn.render(layout.picture(linked, entity, joins=True))
            paths[-1].write_text(text, encoding="utf-8")
    said = read_as_an_editor(map(str, paths), "lint_bpmn.mjs")
    assert {path: found for path, found in said.items() if found} == {}
    assert len(said) == len(paths)


def test_ways_that_meet_in_a_task_are_objected_to(tmp_path):
    linked = WORLDS[BASE]
    path = tmp_path / "meeting.bpmn"
    made = layout.picture(linked, linked.flows["booking_approval"])
    path.write_text(bpmn.render(made), encoding="utf-8")
    said = read_as_an_editor([str(path)], "lint_bpmn.mjs")[str(path)]
    assert "fake-join: step_draft Incoming flows do not join" in said


def read_as_an_editor(paths, reader="read_bpmn.mjs"):
    """What bpmn-moddle says, or what bpmnlint objects to, in the node that brought it, by file."""
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}")
    assert node and (ROOT / "node_modules" / "bpmn-moddle").is_dir(), "run make setup"
    done = subprocess.run([node, HERE / reader, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_picture_is_xml_with_every_title(flow):
    spec, made, _ = flow
    texts = [
        e.text
        for e in ElementTree.fromstring(svg.render(made)).iter("{http://www.w3.org/2000/svg}text")
    ]
    for step in spec.steps.values():
        assert str(step.title) in texts


def test_the_command_writes_both(tmp_path, capsys):
    folder = make(tmp_path / "p")
    assert main(["--root", str(folder), "graph", "booking", "--out", str(tmp_path)]) == 0
    for suffix in ("svg", "bpmn"):
        ElementTree.parse(Path(tmp_path) / f"booking_approval.{suffix}")
    assert main(["--root", str(folder), "graph", "booking_aproval"]) == 1
    assert "did you mean 'booking_approval'" in capsys.readouterr().err
