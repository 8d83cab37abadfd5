"""Bases of the screens that generated code declares; each serves one kind of function."""

from app.web.views.apply import ApplyView
from app.web.views.base import DataInterface, View
from app.web.views.catalog import CatalogView
from app.web.views.issued import IssuedView
from app.web.views.listing import ListView
from app.web.views.progress import ProgressView
from app.web.views.query import QueryView
from app.web.views.review import ReviewView
from app.web.views.rework import ReworkView
from app.web.views.scan import ScanView

__all__ = [
    "ApplyView",
    "CatalogView",
    "DataInterface",
    "IssuedView",
    "ListView",
    "ProgressView",
    "QueryView",
    "ReviewView",
    "ReworkView",
    "ScanView",
    "View",
]
