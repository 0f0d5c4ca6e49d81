"""Facts, traps and preferences: what sessions keep finding out, stumbling over and being told again.

A map over transcripts (``observe``) and a reduce over what they show (``collect``).
"""

from runlore.mining.facts.collect import collect
from runlore.mining.facts.observe import observe
from runlore.mining.facts.values import Observation

__all__ = ["Observation", "collect", "observe"]
