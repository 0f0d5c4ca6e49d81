"""The pack as JSON: inverse, to its schema, the same bytes each time; and what an issue gives by name."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.context.packing.form import pack_form, pack_hash, parse_pack, render_pack_json
from runlore.context.packing.given import given_by
from runlore.context.packing.pack import pack
from runlore.model.pack import Candidate, GivenInput, LeftOut, MissingInput, PackRequest, PackText
from runlore.runbooks.fill import field_key
from runlore.runbooks.tokens import count

SCHEMA = json.loads((resources.files("runlore") / "schemas" / "pack.schema.json").read_text("utf-8"))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
candidates = st.builds(
    Candidate,
    st.sampled_from(["runbook", "document"]),
    st.sampled_from(["Runbook", "What else matches"]),
    st.sampled_from(["runbooks/a", "notes/b", "sales:notes/c"]),
    texts,
    st.lists(st.builds(PackText, st.sampled_from(["whole", "passages"]), texts), max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(candidates, max_size=4), texts, texts, st.integers(200, 900))
def test_json_gives_the_pack_back_and_fits_its_schema(found, title, body, budget) -> None:
    made = pack(
        PackRequest("issue", title, body, 7, "u", ("a",), (("f", "v"),)),
        found,
        budget=budget,
        count=count,
        given=(GivenInput("f", "v", "field f"),),
        missing=(MissingInput("x", "words"),),
        passed_over=(LeftOut("runbook", "runbooks/z", "", "Z", ("w",), "r", 3),),
    )
    form = pack_form(made)
    jsonschema.validate(form, SCHEMA)
    assert parse_pack(json.loads(render_pack_json(made))) == made
    assert render_pack_json(parse_pack(form)) == render_pack_json(made)


def test_the_hash_is_that_of_the_canonical_text() -> None:
    text = render_pack_json(pack(PackRequest("request", "x"), (), budget=200, count=count))
    assert pack_hash(text).startswith("sha256:")
    assert pack_hash(text) != pack_hash(text.replace('"x"', '"y"'))


def given_of(fields=(), labels=(), title="Refund order 12", body="", url="") -> dict[str, str]:
    request = PackRequest("issue", title, body, 5, url, labels, fields)
    return {name: found.value for name, found in given_by(request, field_key).items()}


def test_fields_labels_and_the_issue_itself_give_values() -> None:
    found = given_of(
        (("Asset URL", " https://d/x.png "), ("Empty", " ")),
        ("campaign:spring", "customer/acme", "bug"),
        url="https://t/5",
    )
    assert found == {
        "asset_url": "https://d/x.png",
        "campaign": "spring",
        "customer": "acme",
        "issue_title": "Refund order 12",
        "issue_url": "https://t/5",
        "issue_number": "5",
        "issue_labels": "campaign:spring, customer/acme, bug",
    }


def test_two_values_under_one_name_give_none_and_a_field_wins_over_a_label() -> None:
    found = given_of((("Team", "a"), ("team", "b"), ("Priority", "high")), ("priority::low", "scope::x"))
    assert "team" not in found
    assert found["priority"] == "high"
    assert found["scope"] == "x"


def test_a_field_cannot_pass_for_the_issues_own_number() -> None:
    assert given_of((("issue number", "999"),))["issue_number"] == "5"
