"""Writes a conversation as OpenAI messages, one JSON object a line, with its id and its reward."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from runlore.demo.company import generator, letters


@dataclass(slots=True)
class Conversation:
    """One conversation under construction; ``reward`` is 1.0 where the work went well, 0.0 where it did not."""

    id: str
    system: str
    reward: float = 1.0
    messages: list[dict[str, Any]] = field(default_factory=list)
    rng: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.rng = generator(self.id)
        self.messages.append({"role": "system", "content": self.system})

    def person(self, words: str) -> None:
        self.messages.append({"role": "user", "content": words})

    def say(self, words: str) -> None:
        self.messages.append({"role": "assistant", "content": words})

    def call(self, name: str, arguments: dict[str, Any], result: Any, say: str | None = None) -> None:
        """One tool call and its result; a result that is no text is written as JSON."""
        call = "call_" + letters(self.rng, 24)
        function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
        self.messages.append(
            {
                "role": "assistant",
                "content": say,
                "tool_calls": [{"id": call, "type": "function", "function": function}],
            }
        )
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        self.messages.append({"role": "tool", "tool_call_id": call, "name": name, "content": text})

    def line(self) -> str:
        return json.dumps({"id": self.id, "reward": self.reward, "messages": self.messages}, ensure_ascii=False)
