"""The report to look at and send on."""

from runlore.report.page import render_report
from runlore.report.values import Report

__all__ = ["Report", "render_report"]
