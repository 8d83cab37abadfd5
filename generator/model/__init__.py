"""The meta-model of objects: what may stand in an object's file.

The text beside each key is the reference manual of the language and the description in the
JSON Schema. Nothing here has behaviour; `generator.reader` fills it, `generator.check` judges it.
"""

from generator.model.fields import Child, Field, Material, Rows
from generator.model.flow import (
    KINDS,
    Action,
    Branch,
    Compare,
    Escalate,
    Flow,
    Per,
    Remind,
    Send,
    Step,
    Wait,
    WayIn,
)
from generator.model.functions import Chart, Function, Scan
from generator.model.objects import Ledger, Message, Object
from generator.model.standing import Block, Capture, Hold, Ladder, Rule, Stage

__all__ = [
    "KINDS",
    "Action",
    "Block",
    "Branch",
    "Capture",
    "Chart",
    "Child",
    "Compare",
    "Escalate",
    "Field",
    "Flow",
    "Function",
    "Hold",
    "Ladder",
    "Ledger",
    "Material",
    "Message",
    "Object",
    "Per",
    "Remind",
    "Rows",
    "Rule",
    "Scan",
    "Send",
    "Stage",
    "Step",
    "Wait",
    "WayIn",
]
