"""Models of reports. Generated from metadata/reports/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare.reports import ReportModel

REPORTS: tuple[ReportModel, ...] = ()
