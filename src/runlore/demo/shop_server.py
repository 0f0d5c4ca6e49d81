"""The simulated shop behind a real MCP server: ``python -m runlore.demo.shop_server FILE``; it speaks over standard input and output.

FILE holds the shop's data and is written anew after each change, so that one can see what was done; where it does not exist, a shop of ours is written there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from runlore.demo.shop import CHANGES, OTHERS, READS, Refused, Shop, read_shop
from runlore.demo.shop_sessions import write_shop


def make_server(shop: Shop, keep: Callable[[], None] = lambda: None) -> Any:
    """Make the server of a shop; ``keep`` is called after each change. It needs the extra ``server``."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations

    server = MCPServer("simulated shop", log_level="CRITICAL")

    def told(function: Callable[..., Any], changes: bool) -> Callable[..., Any]:
        @wraps(function)
        def answer(*args: Any, **kwargs: Any) -> str:
            try:
                result = function(*args, **kwargs)
            except Refused as refused:
                raise ToolError(str(refused)) from refused
            if changes:
                keep()
            return result if isinstance(result, str) else json.dumps(result)

        answer.__annotations__ = {**function.__annotations__, "return": str}
        return answer

    for name in (*READS, *CHANGES, *OTHERS):
        method = getattr(shop, name)
        hints = ToolAnnotations(read_only_hint=name in READS, destructive_hint=name in CHANGES)
        server.add_tool(told(method, name in CHANGES), name=name, annotations=hints, structured_output=False)
    return server


def main(file: Path) -> None:
    if not file.exists():
        write_shop(file)
    shop = read_shop(file)

    def keep() -> None:
        data = {"users": shop.users, "orders": shop.orders, "products": shop.products}
        file.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", "utf-8")

    make_server(shop, keep).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
