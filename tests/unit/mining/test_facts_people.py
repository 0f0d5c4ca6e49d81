"""What customers and colleagues say: whose words become a fact, and whose must not."""

from __future__ import annotations

from facts_example import Session, facts, only

# -- customers


def customer(name: str, words: str, user: str, order: str, product: str = "77") -> Session:
    session = Session(name, cwd="").person(words)
    session.use("find_user_by_email", {"email": f"{user}@example.com"}, user)
    session.use("get_order_details", {"order_id": order}, {"order_id": order, "product": product})
    return session.use("get_product_details", {"product_id": product}, {"name": "Desk lamp", "id": product})


def test_a_product_is_the_companys_and_an_order_one_customers() -> None:
    mei = [customer(f"m{i}", "Hi, my order is late", "mei", "#W1") for i in range(4)]
    others = [customer(f"o{i}", "Where is my order?", f"user{i}", f"#W{i + 2}") for i in range(3)]
    found = [f for f in facts(*mei, *others) if f.kind == "fact"]
    assert ["get_product_details" in f.text for f in found] == [True]
    assert "Desk lamp" in found[0].text and "#W1" not in found[0].text and "mei" not in found[0].text


def test_tool_errors_with_the_tool_that_worked_next() -> None:
    def session(name: str, said: str) -> Session:
        failing = Session(name, cwd="").use(
            "find_user_by_email", {"email": f"{name}@example.com"}, f"Error: {said}", "error"
        )
        return failing.use("find_user_by_name", {"name": name}, f"id_{name}")

    fact = only(session("one", "user not found"), session("two", "User not found"))
    assert fact.text == "`find_user_by_email` is refused with “user not found” (twice in 2 sessions)."
    assert fact.remedy == "`find_user_by_name` did it instead."


def test_what_customers_keep_asking_names_nobody() -> None:
    words = "My order is wrong. Please use the original payment method. My name is Mei Kovacs, 28236"
    found = facts(*(customer(f"c{i}", words.replace("Mei", f"Mei{i}"), f"u{i}", f"#W{i}") for i in range(4)))
    wish = next(f for f in found if f.kind == "preference")
    assert wish.shelf == "customers" and "original payment method" in wish.text
    assert "Kovacs" not in wish.text


# -- people


def test_a_wish_told_again_in_other_words() -> None:
    first = Session("one").person("file a bug for that, Project: Apollo")
    second = Session("two").person("yes. can we log an issue in Project: Apollo please?")
    third = Session("three").person("make sure it's in Project: Apollo")
    fact = only(first, second, third, kind="preference")
    assert "Project: Apollo" in fact.remedy and fact.occurrences == 3
    assert fact.cost.calls == 0


def test_how_we_sound_belongs_to_the_brand() -> None:
    first = Session("one").person("don't use a formal tone in captions")
    second = Session("two").person("again: the caption should not use that formal tone, keep it light")
    assert only(first, second, kind="preference").shelf == "brand"


def test_requests_and_pasted_text_are_no_preferences() -> None:
    asked = [
        Session(n).person("fix the tests").person("commit this").person("what does the cart module do?")
        for n in ("one", "two")
    ]
    pasted = [
        s.person("Please commit your local changes first and then start a new session with the other flag.")
        for s in asked
    ]
    assert facts(*pasted) == ()


def test_a_plan_handed_to_a_fresh_session_is_no_correction() -> None:
    def session(name: str) -> Session:
        planned = Session(name).use("ExitPlanMode", {"plan": f"# Move the {name} cart\n\n1. x"}, "rejected", "rejected")
        return planned.person(f"Implement the following plan:\n\n# Move the {name} cart\n\n1. x")

    assert facts(session("red"), session("blue"), session("green")) == ()


def test_a_plan_declined_with_words_is_one() -> None:
    def session(name: str, words: str) -> Session:
        return Session(name).use("ExitPlanMode", {"plan": "# Cart\n1. x"}, "rejected", "rejected", words)

    fact = only(
        session("one", "what is the simplest way?"), session("two", "drop step two"), session("three", "why a queue?")
    )
    assert "declined a plan 3 times in 3 sessions" in fact.text and "“drop step two”" in fact.text


def test_a_commit_declined_again_and_again_quotes_what_people_said() -> None:
    def session(name: str, words: str) -> Session:
        return Session(name).use("Bash", {"command": "git push origin x"}, "rejected", "rejected", words)

    fact = only(
        session("one", "pull rebase first"),
        session("two", "rebase from main first"),
        session("three", "what does lint say?"),
    )
    assert fact.text.startswith("People declined `git push` 3 times in 3 sessions")
    assert fact.remedy == "Before `git push`: pull rebase first; rebase from main first."
