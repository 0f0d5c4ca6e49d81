"""Terms, stems, sections and likeness: what search compares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.context.ranking.likeness import share_runs
from runlore.context.ranking.sections import Section, split_sections
from runlore.context.ranking.stemming import stem_of
from runlore.context.ranking.terms import terms_of, words_of


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("agreed", "agre"),
        ("plastered", "plaster"),
        ("hopping", "hop"),
        ("filing", "file"),
        ("falling", "fall"),
        ("happy", "happi"),
        ("relational", "relat"),
        ("digitizer", "digit"),
        ("electricity", "electr"),
        ("adjustment", "adjust"),
        ("controlling", "control"),
        ("sky", "sky"),
        ("is", "is"),
        ("größe", "größe"),
        ("v2", "v2"),
    ],
)
def test_a_word_gives_its_stem(word, stem):
    assert stem_of(word) == stem


def test_forms_of_a_word_meet():
    assert stem_of("restarting") == stem_of("restarted") == stem_of("restarts") == "restart"
    assert stem_of("configurations") == stem_of("configuration")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30))
def test_a_stem_is_never_empty_and_never_longer(word):
    assert 0 < len(stem_of(word)) <= len(word) + 1


def test_an_identifier_counts_as_a_whole_and_in_its_parts():
    assert terms_of("KubePodCrashLooping") == ["kubepodcrashloop", "kube", "pod", "crash", "loop"]
    assert terms_of("max_open_files HTTPServer") == ["max", "open", "file", "httpserver", "http", "server"]


def test_words_that_carry_nothing_are_left_out_and_quantities_stay():
    assert terms_of("The pod is not ready on any node") == ["pod", "not", "readi", "ani", "node"]


def test_accents_do_not_part_words_and_unspaced_scripts_give_pairs():
    assert terms_of("Café") == ["cafe"]
    assert terms_of("東京都") == ["東京", "京都"]


def test_encoded_data_is_no_word():
    assert words_of("key " + "a" * 65) == ["key"]


def test_a_text_is_split_at_its_headings():
    assert split_sections("before\n\n# One\n\nfirst\n\n## Two\nsecond") == (
        Section("", "before"),
        Section("One", "first"),
        Section("Two", "second"),
    )


def test_a_heading_with_nothing_under_it_is_joined_and_the_last_one_stays():
    assert split_sections("# One\n## Two\ntext\n# Three") == (Section("One › Two", "text"), Section("Three", ""))


def test_a_mark_within_a_fence_is_no_heading():
    assert split_sections("# One\n```sh\n# a comment\n```") == (Section("One", "```sh\n# a comment\n```"),)


def test_a_long_section_is_cut_at_its_paragraphs():
    paragraph = "word " * 100
    sections = split_sections("# One\n" + "\n\n".join([paragraph] * 4))
    assert [section.heading for section in sections] == ["One", "One"]


@given(st.text(alphabet="ab# \n`", max_size=200))
def test_no_line_is_lost(text):
    kept = "\n".join(section.heading + "\n" + section.text for section in split_sections(text))
    assert kept.count("a") == text.count("a")
    assert kept.count("b") == text.count("b")


def test_likeness_is_the_share_of_runs_in_both():
    assert share_runs([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) == 1.0
    assert share_runs([1, 2, 3, 4, 5], [1, 2, 3, 4, 6]) == pytest.approx(1 / 3)
    assert share_runs([1, 2, 3, 4], [5, 6, 7, 8]) == 0.0
    assert share_runs([], [1]) == 0.0
