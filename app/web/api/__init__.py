"""REST over business objects."""

from flask_appbuilder.api import BaseApi


class ObjectApi(BaseApi):
    """Base of an object's REST: it has no routes yet, so nothing is reachable."""

    datamodel: object = None
    object_name: str = ""
