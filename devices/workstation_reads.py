"""What the devices of the simulated workstation read: each follows its settings, or says that it cannot."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from devices import workstation_faces as faces

CARD = {"number": "420106199001011231", "name": "王伟"}
CARD_PHOTO = (102, 126)  # pixels, as identity cards hold it
FINGERS = ("R1", "L1", "R2", "L2", "R3", "L3", "R4", "L4", "R5", "L5")  # thumbs first
PRINTS = 2  # fingers that are kept of a person

Answer = dict[str, Any]


class Unable(Exception):
    """The device cannot do as it is told."""


def id_reader(settings: Mapping[str, Any], pictures: Sequence[bytes], told: Answer) -> Answer:
    """Read an identity card: its texts and its photo."""
    values = told.get("values", CARD)
    photo = faces.drawn(told.get("person", values["number"]), *CARD_PHOTO)
    return {"values": values, "pictures": {"photo": _text(photo)}}


def camera(settings: Mapping[str, Any], pictures: Sequence[bytes], told: Answer) -> Answer:
    """Take a portrait of the size that is wanted; who sits there is told, else the card's owner."""
    width, height = settings.get("width", 480), settings.get("height", 640)
    if not all(isinstance(side, int) and 1 <= side <= 4000 for side in (width, height)):
        raise Unable(f"相机不能拍摄 {width}×{height} 像素的照片")
    size = (width // 2, height // 2) if told.get("fault") == "small" else (width, height)
    return {
        "pictures": {"image": _text(faces.drawn(told.get("person", CARD["number"]), *size))},
        "settings": {
            key: settings[key] for key in ("width", "height", "largest") if key in settings
        },
    }


def finger_reader(settings: Mapping[str, Any], pictures: Sequence[bytes], told: Answer) -> Answer:
    """Take prints of the first fingers of the order that the person has."""
    order = [name for name in str(settings.get("order", ",".join(FINGERS))).split(",") if name]
    if not order or set(order) - set(FINGERS):
        raise Unable(f"指纹仪不认识采集顺序“{settings.get('order')}”")
    taken = [name for name in order if name not in told.get("missing", ())][:PRINTS]
    if not taken:
        raise Unable("所列手指都无法采集")
    template = base64.b64encode("|".join(["FINGER-TEMPLATE", *taken]).encode()).decode()
    return {
        "values": {"template": template, "fingers": ",".join(taken)},
        "quality": 88,
        "settings": {key: settings[key] for key in ("order",) if key in settings},
    }


def face_match(settings: Mapping[str, Any], pictures: Sequence[bytes], told: Answer) -> Answer:
    """Compare two portraits; the score is of 100."""
    if len(pictures) != 2:
        raise Unable("人证比对需要两张照片")
    return {"values": {"score": str(faces.score(*pictures))}}


Device = Callable[[Mapping[str, Any], Sequence[bytes], Answer], Answer]
DEVICES: dict[str, Device] = {
    one.__name__: one for one in (id_reader, camera, finger_reader, face_match)
}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
