"""The search index: one file, in step with what it is given."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import apsw
import pytest

from runlore.context.ranking.meaning import SCALE, nearness, sketch_of
from runlore.errors import StoreError
from runlore.model.search import Searchable
from runlore.retrieval.index import open_search_index
from runlore.retrieval.postings import amend_places, parse_places
from runlore.retrieval.word_table import parse_word_table, read_word_table

INSTAGRAM = Searchable(
    "runbooks/publish-instagram-post",
    "runbooks",
    "Publish an Instagram post",
    "How a picture goes onto the company's Instagram channel.",
    "## Steps\n\nCheck that the channel is authorised.\n\nAttach the picture and its caption.\n\n## Failure modes\n\nThe token has expired: renew it.",
    revision="sha256:1",
)
RESTORE = Searchable(
    "runbooks/restore-database",
    "runbooks",
    "Restore the database",
    "How the orders database is brought back from a backup.",
    "## Steps\n\nStop the writers, restore the snapshot, compare the counts of rows.",
)
VOICE = Searchable(
    "brand/voice", "brand", "Voice", "How we speak.", "Plain words, no exclamation marks on any channel."
)
LIBRARY = (INSTAGRAM, RESTORE, VOICE)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "company" / "search.db"


@pytest.fixture
def index(file):
    with open_search_index(file) as opened:
        opened.update(LIBRARY, (), "7")
        yield opened


def names(hits) -> list[str]:
    return [hit.name for hit in hits]


def test_the_document_that_fits_comes_first_and_says_why(index):
    hit = index.search("post a picture on Instagram")[0]
    assert (hit.name, hit.shelf, hit.title, hit.revision) == (INSTAGRAM.name, "runbooks", INSTAGRAM.title, "sha256:1")
    assert 0 < hit.score <= 1
    assert any(reason.startswith("title: ") and "instagram" in reason for reason in hit.why)


def test_nothing_fits_where_nothing_does(index):
    assert index.search("bake a chocolate cake with cherries") == ()
    assert index.search("") == ()
    assert index.search("bake a cake for the channel", abstain=False)


def test_the_whole_body_is_searched(index):
    assert names(index.search("compare counts of rows after the snapshot"))[0] == RESTORE.name


def test_meaning_finds_what_no_word_does(index):
    hits = index.search("recover tables lost in an SQL server crash", abstain=False)
    assert hits[0].name == RESTORE.name
    assert any(reason.startswith("meaning: ") for reason in hits[0].why)
    lexical = index.search("recover tables lost in an SQL server crash", abstain=False, lexical=True)
    assert not any(reason.startswith("meaning: ") for hit in lexical for reason in hit.why)


def test_a_request_that_was_served_finds_its_document(index):
    asked = "the shop shows yesterday's figures again"
    assert index.search(asked) == ()
    index.update(
        [Searchable(RESTORE.name, "runbooks", RESTORE.title, RESTORE.description, RESTORE.body, (asked,))], (), "8"
    )
    hit = index.search("shop shows figures of yesterday again")[0]
    assert hit.name == RESTORE.name
    assert f"served: “{asked}”" in hit.why


def test_shelves_narrow_the_search(index):
    assert names(index.search("channel", shelves=["brand"], abstain=False)) == ["brand/voice"]
    assert index.search("channel", shelves=["customers"], abstain=False) == ()


def test_what_is_gone_is_found_no_more_and_what_changed_is_found_anew(index):
    index.update(
        [Searchable("brand/voice", "brand", "Tone", "How we speak.", "Warm words, and gentle humour.")],
        [RESTORE.name, "no/such"],
        "9",
    )
    assert index.watermark() == "9"
    assert index.count() == 2
    assert index.search("restore the database from a backup") == ()
    assert names(index.search("gentle humour"))[0] == "brand/voice"
    assert "exclamation" not in {row[0] for row in apsw.Connection(str(index._file)).execute("SELECT text FROM term")}


def test_the_way_to_a_state_does_not_matter(tmp_path):
    with open_search_index(tmp_path / "a") as one, open_search_index(tmp_path / "b") as other:
        one.update(LIBRARY, (), "1")
        other.update([VOICE, Searchable("runbooks/other", "runbooks", "Other", "", "Instagram post text")], (), "1")
        other.update([RESTORE], ["runbooks/other"], "2")
        other.update([INSTAGRAM], (), "3")
        for query in ("post on instagram", "restore a backup", "channel words", "figures"):
            assert one.search(query, abstain=False) == other.search(query, abstain=False)
            assert one.passages(query) == other.passages(query)


def test_an_update_that_breaks_off_changes_nothing(index):
    def broken():
        yield Searchable("notes/new", "notes", "New", "", "zebra")
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        index.update(broken(), (), "8")
    assert index.watermark() == "7"
    assert index.count() == 3


def test_passages_are_sections_with_their_headings(index):
    best = index.passages("the token has expired")[0]
    assert (best.name, best.heading) == (INSTAGRAM.name, "Failure modes")
    assert best.text == "The token has expired: renew it."
    assert {p.name for p in index.passages("channel", names=["brand/voice"])} == {"brand/voice"}


def test_a_text_that_is_nearly_there_is_a_duplicate(index):
    copy = INSTAGRAM.body.replace("renew it", "its owner renews it")
    assert [twin.name for twin in index.duplicates(copy, 0.5)] == [INSTAGRAM.name]
    assert index.duplicates(INSTAGRAM.body)[0].share == 1.0
    assert index.duplicates("a text about something else entirely, of some length") == ()


def test_many_queries_are_answered_as_each_would_be(index):
    queries = ["post on instagram", "bake a cake", "restore"]
    assert index.search_many(queries) == tuple(index.search(query) for query in queries)


def test_a_damaged_file_is_set_aside_and_begun_anew(file):
    with open_search_index(file) as index:
        index.update(LIBRARY, (), "7")
    file.write_bytes(b"this was an index once" * 1000)
    with open_search_index(file) as index:
        assert index.watermark() == ""
        assert index.search("instagram", abstain=False) == ()
        index.update(LIBRARY, (), "8")
        assert index.search("post on instagram")
    assert file.with_name("search.db.damaged").exists()


def test_damage_met_while_searching_is_named_and_healed(file):
    with open_search_index(file) as index:
        index.update(LIBRARY, (), "7")
    connection = apsw.Connection(str(file))
    connection.execute("UPDATE document SET card = x'0102'")
    connection.close()
    with open_search_index(file) as index, pytest.raises(StoreError, match="set aside"):
        index.search("instagram", abstain=False)
    with open_search_index(file) as index:
        assert index.watermark() == ""


def test_an_index_of_another_version_is_begun_anew(file):
    with open_search_index(file) as index:
        index.update(LIBRARY, (), "7")
    connection = apsw.Connection(str(file))
    connection.pragma("user_version", 1_000)
    connection.close()
    with open_search_index(file) as index:
        assert (index.watermark(), index.count()) == ("", 0)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "company").write_text("a file")
    with pytest.raises(StoreError, match="search index"), open_search_index(tmp_path / "company" / "search.db"):
        pass


def _write(file: str, worker: int) -> None:
    with open_search_index(Path(file)) as index:
        for number in range(5):
            index.update(
                [Searchable(f"notes/{worker}-{number}", "notes", f"Note {worker} {number}", "", f"zebra{worker}")],
                (),
                f"{worker}",
            )
            assert index.search(f"zebra{worker}", abstain=False)


def test_several_processes_write_and_search_at_once(file):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(str(file), number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with open_search_index(file) as index:
        assert index.count() == 15
        assert len(index.search("zebra1", abstain=False, lexical=True)) == 5


def test_another_process_sees_what_was_written(file, index):
    with open_search_index(file) as other:
        assert other.search("post on instagram")
        index.update([], [INSTAGRAM.name], "8")
        assert INSTAGRAM.name not in names(other.search("post on instagram", abstain=False))


def test_places_are_set_amended_and_taken_out():
    data = amend_places(b"", {5: 10, 900: 255})
    data = amend_places(data, {1000: 7})
    data = amend_places(data, {5: 11, 900: 0, 2: 1})
    places, amounts = parse_places(data)
    assert dict(zip(places, amounts, strict=True)) == {2: 1, 5: 11, 1000: 7}
    assert amend_places(amend_places(b"", {1: 1}), {1: 0}) == b""
    with pytest.raises(ValueError, match="cut off"):
        parse_places(b"ab")


def test_the_word_table_tells_near_from_far_and_common_from_rare():
    table = read_word_table()
    restart, reboot, cake = (
        memoryview(table.encode(t)).cast("b")
        for t in ("restart the pod", "reboot a container", "bake a chocolate cake")
    )
    assert nearness(restart, reboot) > nearness(restart, cake) + 0.2
    assert abs(nearness(restart, restart) - 1) < 0.05
    assert table.rarity("the") < table.rarity("house") < table.rarity("kubelet") == 1.0
    assert table.encode("") == bytes(table.dimensions)
    assert sketch_of(bytes(16)) == 0
    assert SCALE > 127


def test_a_table_that_is_cut_off_is_refused():
    with pytest.raises(ValueError, match="no table"):
        parse_word_table(b"something else")


def test_empty_places_of_a_block_are_never_near_in_meaning(index):
    index.update((), [RESTORE.name], "8")
    hits = index.search("reboot the crashed container", abstain=False)
    assert set(names(hits)) == {INSTAGRAM.name, VOICE.name}
