"""Frozen values that flow through Runlore; no module here does I/O."""

from runlore.model.event import Actor, Event, Kind, Outcome
from runlore.model.source import Evidence, Problem, Source
from runlore.model.transcript import Counts, Transcript
from runlore.model.workflow import (
    Approval,
    Argument,
    CaseReference,
    Contrast,
    Cost,
    Fact,
    FailureMode,
    Guard,
    Proof,
    Quote,
    Spread,
    ValueSource,
    Workflow,
    WorkflowStep,
)

__all__ = [
    "Actor",
    "Approval",
    "Argument",
    "CaseReference",
    "Contrast",
    "Cost",
    "Counts",
    "Event",
    "Evidence",
    "Fact",
    "FailureMode",
    "Guard",
    "Kind",
    "Outcome",
    "Problem",
    "Proof",
    "Quote",
    "Source",
    "Spread",
    "Transcript",
    "ValueSource",
    "Workflow",
    "WorkflowStep",
]
