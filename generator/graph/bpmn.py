"""A laid-out flow as BPMN 2.0 XML with its diagram: what a BPMN editor opens."""

from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from generator.graph.layout import HEAD, MARGIN, Edge, Node, Picture

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TAGS = {
    "start": "startEvent",
    "task": "userTask",
    "gate": "exclusiveGateway",
    "split": "parallelGateway",
    "join": "parallelGateway",
    "meet": "exclusiveGateway",
    "end": "endEvent",
}
DIRECTIONS = {"gate": "Diverging", "split": "Diverging", "join": "Converging", "meet": "Converging"}


def render(made: Picture) -> str:
    """Return the picture as a complete BPMN file."""
    for prefix, space in (("bpmn", BPMN), ("bpmndi", DI), ("dc", DC), ("di", DD), ("xsi", XSI)):
        register_namespace(prefix, space)
    target = f"urn:flow:{made.name}"
    root = Element(_in(BPMN, "definitions"), {"id": "definitions", "targetNamespace": target})
    group = _add(root, "collaboration", id="collaboration")
    _add(group, "participant", id="pool", name=made.title, processRef=made.name)
    process = _add(root, "process", id=made.name, name=made.title, isExecutable="false")
    _lanes(process, made)
    for node in made.nodes:
        _node(process, made, node)
    for edge in made.edges:
        _edge(process, edge)
    _diagram(root, made)
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode") + "\n"


def _in(space: str, tag: str) -> str:
    return f"{{{space}}}{tag}"


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, _in(BPMN, tag), attributes)


def _lanes(process: Element, made: Picture) -> None:
    lanes = _add(process, "laneSet", id="lanes")
    for number, title in enumerate(made.lanes):
        lane = _add(lanes, "lane", id=f"lane_{number + 1}", name=title)
        for node in made.nodes:
            if node.lane == number:
                _add(lane, "flowNodeRef").text = node.id


def _node(process: Element, made: Picture, node: Node) -> None:
    title = f"{node.step.title}结果" if node.kind == "gate" and node.step else node.title
    names = {"name": title} if title else {}
    element = _add(process, TAGS[node.kind], id=node.id, **names)
    if node.kind in DIRECTIONS:
        element.set("gatewayDirection", DIRECTIONS[node.kind])
    words = _words(node)
    if words:
        _add(element, "documentation").text = words
    for edge in made.edges:
        if edge.target is node:
            _add(element, "incoming").text = edge.id
    for edge in made.edges:
        if edge.source is node:
            _add(element, "outgoing").text = edge.id
    if node.kind == "start" and node.step:  # what another object does begins here, not the case
        _add(element, "signalEventDefinition", id=f"{node.id}_signal")
    if node.kind == "task" and node.step and node.step.countersign:
        several = _add(element, "multiInstanceLoopCharacteristics", isSequential="false")
        done = _add(several, "completionCondition")
        people = "" if node.step.signers == "roles" else f", signers: {node.step.signers}"
        done.text = f"countersign: {node.step.countersign}{people}"
        done.set(_in(XSI, "type"), "bpmn:tFormalExpression")


def _words(node: Node) -> str:
    step = node.step
    if step is None or node.kind in ("gate", "start"):
        return ""
    parts = [
        f"限时 {step.within} 个工作日" if step.within else "",
        f"跳过条件：{step.skip}" if step.skip else "",
        f"确认事项：{'、'.join(step.checks)}" if step.checks else "",
        f"抄送：{'、'.join(step.copy_to)}" if step.copy_to else "",
        f"可加签：{'、'.join(step.ask)}" if step.ask else "",
    ]
    return "；".join(part for part in parts if part)


def _edge(process: Element, edge: Edge) -> None:
    chosen = edge.source.kind == "gate"
    condition = " and ".join(
        part
        for part in (
            f"action == '{edge.action}'" if chosen else "",
            f"({edge.when})" if chosen and edge.when else edge.when,
        )
        if part
    )
    labelled = chosen or condition  # elsewhere a label would say what the shapes say
    names = {"name": edge.title} if edge.title and labelled else {}
    element = _add(
        process,
        "sequenceFlow",
        id=edge.id,
        sourceRef=edge.source.id,
        targetRef=edge.target.id,
        **names,
    )
    words = "；".join(part for part in ("" if names else edge.title, edge.note) if part)
    if words:
        _add(element, "documentation").text = words
    if condition:
        formal = _add(element, "conditionExpression")
        formal.set(_in(XSI, "type"), "bpmn:tFormalExpression")
        formal.text = condition


def _diagram(root: Element, made: Picture) -> None:
    diagram = SubElement(root, _in(DI, "BPMNDiagram"), {"id": "diagram"})
    plane = SubElement(
        diagram, _in(DI, "BPMNPlane"), {"id": "plane", "bpmnElement": "collaboration"}
    )
    top, bottom = made.tops[0], made.tops[-1]
    wide = made.width - 2 * MARGIN
    _shape(plane, "pool", (MARGIN, top, wide, bottom - top), isHorizontal="true")
    for number, (start, end) in enumerate(pairwise(made.tops)):
        bounds = (MARGIN + HEAD, start, wide - HEAD, end - start)
        _shape(plane, f"lane_{number + 1}", bounds, isHorizontal="true")
    for node in made.nodes:
        marker = {"isMarkerVisible": "true"} if node.kind in ("gate", "meet") else {}
        _shape(plane, node.id, (node.x, node.y, *node.size), **marker)
    for edge in made.edges:
        line = SubElement(
            plane, _in(DI, "BPMNEdge"), {"id": f"{edge.id}_di", "bpmnElement": edge.id}
        )
        for x, y in edge.points:
            SubElement(line, _in(DD, "waypoint"), {"x": str(x), "y": str(y)})


def _shape(plane: Element, element: str, bounds: tuple[int, ...], **more: str) -> None:
    shape = SubElement(
        plane, _in(DI, "BPMNShape"), {"id": f"{element}_di", "bpmnElement": element} | more
    )
    names = ("x", "y", "width", "height")
    values = {name: str(value) for name, value in zip(names, bounds, strict=True)}
    SubElement(shape, _in(DC, "Bounds"), values)
