"""Pack ↔ JSON (runlore/schemas/pack.schema.json), inverse; and the hash by which a given pack is known."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from runlore.model.pack import ContextPack, GivenInput, LeftOut, MissingInput, PackItem, PackRequest

VERSION = 1


def pack_form(made: ContextPack) -> dict[str, Any]:
    """Give the JSON form of a pack."""
    return {
        "version": VERSION,
        "purpose": made.request.purpose,
        "request": _request_form(made),
        "runbook": made.runbook or None,
        "inputs": {
            "given": [{"name": g.name, "value": g.value, "origin": g.origin} for g in made.given],
            "missing": [{"name": m.name, "text": m.text} for m in made.missing],
        },
        "items": [_item_form(item) for item in made.items],
        "markdown": made.markdown,
        "receipt": {
            "budget": made.budget,
            "tokens": made.tokens,
            "included": [
                {"document": i.document, "revision": i.revision, "form": i.form, "tokens": i.tokens, "why": list(i.why)}
                for i in made.items
            ],
            "left_out": [_left_form(left) for left in made.left_out],
        },
    }


def parse_pack(form: dict[str, Any]) -> ContextPack:
    """Read the JSON form of a pack; KeyError or TypeError where it is none."""
    request, receipt = form["request"], form["receipt"]
    return ContextPack(
        request=PackRequest(
            form["purpose"],
            request["title"],
            request["body"],
            request["issue"] or 0,
            request["url"],
            tuple(request["labels"]),
            tuple((field["name"], field["value"]) for field in request["fields"]),
        ),
        budget=receipt["budget"],
        tokens=receipt["tokens"],
        items=tuple(_parse_item(item) for item in form["items"]),
        left_out=tuple(_parse_left(left) for left in receipt["left_out"]),
        runbook=form["runbook"] or "",
        given=tuple(GivenInput(g["name"], g["value"], g["origin"]) for g in form["inputs"]["given"]),
        missing=tuple(MissingInput(m["name"], m["text"]) for m in form["inputs"]["missing"]),
        cut=request["cut"],
        markdown=form["markdown"],
    )


def render_pack_json(made: ContextPack) -> str:
    """Give the canonical JSON text of a pack: the same pack gives the same bytes."""
    return json.dumps(pack_form(made), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pack_hash(text: str) -> str:
    """Give the hash of a pack's canonical JSON text."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _request_form(made: ContextPack) -> dict[str, Any]:
    request = made.request
    return {
        "title": request.title,
        "body": request.body,
        "issue": request.issue or None,
        "url": request.url,
        "labels": list(request.labels),
        "fields": [{"name": name, "value": value} for name, value in request.fields],
        "cut": made.cut,
    }


def _item_form(item: PackItem) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "section": item.section,
        "document": item.document,
        "revision": item.revision,
        "number": item.number,
        "title": item.title,
        "form": item.form,
        "text": item.text,
        "note": item.note,
        "why": list(item.why),
        "tokens": item.tokens,
        "whole": item.whole,
    }


def _left_form(left: LeftOut) -> dict[str, Any]:
    return {
        "kind": left.kind,
        "document": left.document,
        "revision": left.revision,
        "title": left.title,
        "why": list(left.why),
        "reason": left.reason,
        "tokens": left.tokens,
    }


def _parse_item(form: dict[str, Any]) -> PackItem:
    return PackItem(**{**form, "why": tuple(form["why"])})


def _parse_left(form: dict[str, Any]) -> LeftOut:
    return LeftOut(**{**form, "why": tuple(form["why"])})
