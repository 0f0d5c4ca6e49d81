"""Who an agent at this door is: the agent's own credential, never a person's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from runlore.actions.caller import AGENT, Caller, Clock, credential_file, find_credential, open_caller
from runlore.errors import NoCredential, NotAllowed
from runlore.settings import Settings


@contextmanager
def open_agent(settings: Settings, clock: Clock) -> Iterator[Caller]:
    """Open the record as an agent: by ``RUNLORE_TOKEN``, else by the credential that `runlore init` made for agents.

    Raises NoCredential where there is none, and NotAllowed where it is a person's: what comes through this door was written by a model,
    and a person's yes must not be among it.
    """
    token = settings.token or find_credential(settings, AGENT)
    if not token:
        raise NoCredential(str(credential_file(settings, AGENT)), "there is no agent's credential here")
    with open_caller(replace(settings, token=token), clock) as caller:
        if caller.principal.kind == "human":
            raise NotAllowed(
                caller.principal.name,
                "use the door for agents",
                "its credential is a person's. Unset RUNLORE_TOKEN, or make an agent with `runlore principal add NAME --class agent`.",
            )
        yield caller
