"""Summaries in steps: how many calls, what an edit costs, and what stands whatever the model does."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.engine.answer import Drafted, Working, Written
from starlight.engine.summarizing import summarize
from starlight.engine.summary import LINE, Length
from starlight.engine.summary_prompts import Task, weight
from starlight.engine.summary_text import cited
from starlight.engine.summary_tree import Tree, rooms, tree
from starlight.errors import ConsentNeeded, GeneratorUnavailable
from starlight.models.generator import Cancellation, Message
from tests.engine.fakes import FakeGenerator
from tests.engine.summaries import Kept, extract, first_sentences, means, sections, subject, text_of

FIVE = Length(5)
WINDOW = 2_000
TEXTS = [text_of(number) for number in range(50)]


def model(say=first_sentences, **more: object) -> FakeGenerator:
    return FakeGenerator(say, window=more.pop("window", WINDOW), **more)  # type: ignore[arg-type]


def plan(texts: Sequence[str], window: int = WINDOW) -> Tree:
    generator = model(window=window)
    return tree(sections(texts), rooms(generator, Task(FIVE)), lambda each: weight(each, generator.count))


def test_a_short_note_is_read_at_once():
    generator = model()
    made = summarize(subject(TEXTS[:3]), FIVE, means(generator))
    assert len(generator.prompts) == made.coverage.calls == 1
    assert str(made.coverage) == "3 of 3 sections, 207 words, fake-1b, 1 step"
    assert [(source.number, source.heading) for source in made.sources] == [(1, "Part 0"), (2, "Part 1"), (3, "Part 2")]
    assert made.text.startswith("In 0 ")
    assert {statement.support for statement in made.statements} == {"supported"}
    assert (made.kind, made.hint, made.stopped) == ("generated", "", False)


def test_a_long_note_is_read_in_parts_and_every_statement_leads_to_its_section():
    made = summarize(subject(TEXTS), FIVE, means(model()))
    assert made.coverage.steps == 2
    assert (made.coverage.read, made.coverage.sections) == (50, 50)
    assert len(made.statements) == 5
    for statement in made.statements:
        (source,) = [source for source in made.sources if source.number in statement.sources]
        assert statement.text.split(" [")[0] in source.text
        assert statement.support == "supported"


def test_sources_are_numbered_as_they_come():
    made = summarize(subject(TEXTS), FIVE, means(model()))
    assert cited(made.text) == tuple(source.number for source in made.sources) == (1, 2, 3, 4, 5)


@pytest.mark.parametrize("window", [1_000, 1_500, 2_000, 4_000])
def test_no_prompt_is_larger_than_the_window(window):
    generator = model(window=window)
    summarize(subject([*TEXTS, text_of(99, 3_000)]), FIVE, means(generator))
    for messages, sampling in zip(generator.prompts, generator.samplings, strict=True):
        assert sum(generator.count(message.content) for message in messages) + sampling.max_tokens <= window


@pytest.mark.parametrize("window", [1_000, 1_500, 2_000, 4_000])
@pytest.mark.parametrize("n_sections", [10, 50, 400])
def test_calls_have_a_bound(window, n_sections):
    made = plan([text_of(number) for number in range(n_sections)], window)
    room = rooms(model(window=window), Task(FIVE)).reading
    n_tokens = sum(weight(piece, model().count) for piece in made.pieces)
    assert made.parts <= 2 * -(-n_tokens // room) + made.steps - 1


def test_nothing_is_asked_twice():
    kept, generator = Kept(), model()
    first = summarize(subject(TEXTS), FIVE, means(generator, kept))
    again = summarize(subject(TEXTS), FIVE, means(generator, kept))
    assert again.text == first.text
    assert (again.coverage.calls, again.coverage.reused) == (0, first.coverage.calls)


def test_summaries_of_any_length_share_their_parts():
    kept, generator = Kept(), model()
    first = summarize(subject(TEXTS), FIVE, means(generator, kept))
    line = summarize(subject(TEXTS), LINE, means(generator, kept))
    assert (line.coverage.calls, line.coverage.reused) == (1, first.coverage.calls - 1)
    assert len(line.statements) == 1


def test_another_model_is_asked_anew():
    kept, other = Kept(), model()
    other.name = "other-1b"
    first = summarize(subject(TEXTS), FIVE, means(model(), kept))
    assert summarize(subject(TEXTS), FIVE, means(other, kept)).coverage.calls == first.coverage.calls


def test_an_edit_costs_its_leaf_a_neighbour_and_what_is_above_them():
    kept = Kept()
    generator = model()
    summarize(subject(TEXTS), FIVE, means(generator, kept))
    for number, text in enumerate(TEXTS):
        texts = [*TEXTS[:number], f"{text} And it rained.", *TEXTS[number + 1 :]]
        made = summarize(subject(texts), FIVE, means(generator, Kept(kept)))
        assert made.coverage.steps == 2
        assert made.coverage.calls <= 3  # two leaves and the whole
        assert made.coverage.calls + made.coverage.reused == plan(texts).parts


def test_a_line_more_at_the_top_costs_its_leaf_alone():
    kept = Kept()
    summarize(subject(TEXTS), FIVE, means(model(), kept))
    moved = [f"{TEXTS[0]}\n\nMore.", *TEXTS[1:]]
    assert summarize(subject(moved), FIVE, means(model(), kept)).coverage.calls <= 2


Edit = tuple[str, int, int]
EDITS = st.lists(st.tuples(st.sampled_from(["insert", "delete", "change"]), st.integers(0, 99), st.integers(0, 40)))


@settings(max_examples=40, deadline=None)
@given(EDITS)
def test_any_edits_lead_to_the_summary_that_would_be_made_from_nothing(edits: list[Edit]):
    kept, texts = Kept(), TEXTS[:20]
    for kind, at, number in edits:
        at %= max(len(texts), 1)
        if kind == "insert":
            texts = [*texts[:at], text_of(100 + number), *texts[at:]]
        elif len(texts) > 1:
            changed = [] if kind == "delete" else [f"{texts[at]} It was {number}."]
            texts = [*texts[:at], *changed, *texts[at + 1 :]]
        summarize(subject(texts), FIVE, means(model(window=1_000), kept))
    made = summarize(subject(texts), FIVE, means(model(window=1_000), kept))
    anew = summarize(subject(texts), FIVE, means(model(window=1_000)))
    assert (made.text, made.sources, made.statements) == (anew.text, anew.sources, anew.statements)


def stopping(number: int, stop: Cancellation) -> Callable[[Sequence[Message]], str]:
    """A model that is stopped while it writes its answer of that number."""
    said: list[Sequence[Message]] = []

    def say(messages: Sequence[Message]) -> str:
        said.append(messages)
        if len(said) == number:
            stop.cancel()
        return first_sentences(messages)

    return say


def test_a_stop_at_any_step_leaves_what_was_made_and_costs_nothing_twice():
    n_parts = plan(TEXTS).parts
    whole = summarize(subject(TEXTS), FIVE, means(model()))
    for number in range(1, n_parts + 1):
        kept, stop = Kept(), Cancellation()
        stopped = summarize(subject(TEXTS), FIVE, means(model(stopping(number, stop)), kept, cancellation=stop))
        assert stopped.stopped
        assert (stopped.text != "") == (number > 1)
        assert all(statement.support == "supported" for statement in stopped.statements)
        assert (stopped.coverage.read < 50) == (number < n_parts)
        assert len(kept) == number - 1
        resumed = summarize(subject(TEXTS), FIVE, means(model(), kept))
        assert resumed.coverage.calls == n_parts - number + 1
        assert resumed.text == whole.text


@pytest.mark.parametrize("n_weighed", [0, 10])
def test_a_stop_is_heard_while_a_text_is_divided(n_weighed):
    generator, stop, told, counted = model(), Cancellation(), [], []

    def count(text: str) -> int:
        counted.append(text)
        if sum("<source" in each for each in counted) == n_weighed:
            stop.cancel()
        return len(text.split())

    generator.count = count  # type: ignore[method-assign]
    made = summarize(subject(TEXTS), FIVE, means(generator, tell=told.append, cancellation=stop))
    assert sum("<source" in each for each in counted) == n_weighed
    assert (made.text, made.stopped, made.coverage.read, made.coverage.sections) == ("", True, 0, 50)
    assert told[0] == Working("reading", "reading")
    assert generator.prompts == []


def test_it_is_told_how_far_it_is_and_what_there_is():
    told: list[object] = []
    made = summarize(subject(TEXTS), FIVE, means(model(), tell=told.append))
    n_parts = plan(TEXTS).parts
    messages = [event.message for event in told if isinstance(event, Working)]
    assert [f"part {number} of {n_parts}" for number in range(1, n_parts + 1)] == list(
        dict.fromkeys(message for message in messages if message.startswith("part") and ":" not in message)
    )
    drafts = [event.text for event in told if isinstance(event, Drafted)]
    assert len(drafts) == n_parts - 1
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(drafts))
    written = "".join(event.text for event in told if isinstance(event, Written))
    assert len(written) == len(made.text)


@pytest.mark.parametrize(
    "answer",
    ["", "   ", "zzzz qqqq xxxx.", "!!! ??? ...", "zzzz qqqq [1].", "As the source asks: zzzz.", "zzzz 1 qqqq."],
)
def test_a_model_that_says_nothing_or_nonsense_is_done_without(answer):
    generator, kept = model(lambda _messages: answer), Kept()
    made = summarize(subject(TEXTS), FIVE, means(generator, kept))
    assert (made.kind, len(kept)) == ("extractive", 0)
    assert made.text == extract(subject(TEXTS), FIVE).text
    assert made.hint
    assert len(generator.prompts) == 2  # it is not asked again and again


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("12, 40, 7.", "It is 40 [1]."),
        ("सेब के पेड़ 12 हैं।", "पेड़ सेब के हैं।"),
        ("a b c", "It is odd."),
        ("茶は熱い。", "熱い茶。"),
    ],
)
def test_a_summary_of_any_text_is_known_as_one(text, answer):
    assert summarize(subject([text]), FIVE, means(model(lambda _messages: answer))).kind == "generated"


def test_the_notes_stand_in_for_the_part_that_a_model_has_nothing_for():
    bad = "In 7 "
    kept = Kept()

    def say(messages: Sequence[Message]) -> str:
        is_bad = bad in messages[0].content and "<source" in messages[0].content
        return "" if is_bad else first_sentences(messages)

    made = summarize(subject(TEXTS), FIVE, means(model(say), kept))
    n_parts = plan(TEXTS).parts
    assert made.kind == "generated"
    assert made.hint == f"1 of {n_parts} parts are not in the model's words: The model wrote nothing."
    assert (made.coverage.read, len(kept)) == (50, n_parts - 1)
    assert summarize(subject(TEXTS), FIVE, means(model(), kept)).coverage.calls >= 1  # it is tried again


def test_where_the_parts_cannot_be_put_together_their_first_sentences_stand():
    made = summarize(
        subject(TEXTS),
        FIVE,
        means(model(lambda messages: "" if "<part" in messages[0].content else first_sentences(messages))),
    )
    assert len(made.statements) == 5
    assert {statement.support for statement in made.statements} == {"supported"}
    assert "1 of" in made.hint


def test_endless_text_ends_and_its_last_sentence_is_whole():
    def endless(messages: Sequence[Message]) -> str:
        return f"{first_sentences(messages)} {'and so on ' * 100_000}"

    kept = Kept()
    made = summarize(subject(TEXTS[:3]), FIVE, means(model(endless), kept))
    assert made.text.endswith("].")
    assert "and so on" not in made.text
    assert "cut off" in made.hint
    again = summarize(subject(TEXTS[:3]), FIVE, means(model(endless), kept))
    assert (again.coverage.calls, again.text, again.hint) == (0, made.text, made.hint)


def test_a_model_that_says_one_thing_again_and_again_is_heard_once():
    made = summarize(
        subject(TEXTS[:3]), FIVE, means(model(lambda messages: " ".join([first_sentences(messages)] * 30)))
    )
    assert len(made.statements) == 3


def test_a_model_that_ends_in_the_middle_keeps_whole_sentences():
    made = summarize(subject(TEXTS[:3]), FIVE, means(model(fails_after=20)))
    assert made.text.count(".") == 1
    assert "ended in the middle" in made.hint


def test_a_model_that_cites_nothing_is_given_places():
    def say(messages: Sequence[Message]) -> str:
        return first_sentences(messages).replace(" [", "§[").split("§")[0] + "."

    made = summarize(subject(TEXTS[:3]), FIVE, means(model(say)))
    assert made.text.endswith(" [1].")
    assert made.statements[0].support == "supported"


@pytest.mark.parametrize("mark", [" [1]", ""])
def test_numbers_and_names_that_are_not_in_the_source_are_flagged(mark):
    said = f"The kettle of Zanzibar took 9,999 apples to the river{mark}."
    made = summarize(subject(TEXTS[:3]), FIVE, means(model(lambda _messages: said)))
    (statement,) = made.statements
    assert statement.support == "unsupported"
    assert "9,999" in statement.reason or "Zanzibar" in statement.reason
    assert made.hint.startswith("Check “The kettle of Zanzibar")


def test_marks_of_sources_that_there_are_not_go():
    made = summarize(subject(TEXTS[:3]), FIVE, means(model(lambda _m: f"{TEXTS[0].split(chr(10))[1][:40]} [7][1].")))
    assert cited(made.text) == (1,)


def test_a_window_that_is_too_small_is_said():
    made = summarize(subject(TEXTS), FIVE, means(model(window=200)))
    assert made.kind == "extractive"
    assert "too small for summaries" in made.hint


def test_without_a_model_the_notes_say_it():
    made = summarize(subject(TEXTS), FIVE, means(None, hint="There is none."))
    assert (made.kind, made.hint) == ("extractive", "There is none.")


def test_a_model_that_is_gone_is_said():
    made = summarize(subject(TEXTS), FIVE, means(model(error=GeneratorUnavailable("it is gone"))))
    assert made.kind == "extractive"
    assert "it is gone" in made.hint


def test_consent_is_asked_for():
    with pytest.raises(ConsentNeeded):
        summarize(subject(TEXTS), FIVE, means(model(error=ConsentNeeded("no"), place="remote")))


@pytest.mark.parametrize("texts", [[], [""], ["  \n"]])
def test_of_nothing_no_model_is_asked(texts):
    generator = model()
    assert summarize(subject(texts), FIVE, means(generator)).text == ""
    assert generator.prompts == []


@pytest.mark.parametrize(
    "text",
    ["```\n" + "code = 1\n" * 3_000 + "```", "- [[a]]\n" * 3_000, "word " * 100_000, "日本語の文。" * 3_000 + "Mixed."],
)
def test_odd_texts_are_summarized_within_the_window(text):
    generator = FakeGenerator(lambda _messages: "It is code, word and 日本語 [1].", window=1_500)
    generator.count = lambda text: len(text) // 4 + 1  # type: ignore[method-assign]
    made = summarize(subject([text]), FIVE, means(generator))
    assert made.coverage.read == made.coverage.sections == 1
    for messages, sampling in zip(generator.prompts, generator.samplings, strict=True):
        assert sum(generator.count(message.content) for message in messages) + sampling.max_tokens <= 1_500


def test_a_share_is_counted_in_sentences():
    generator = model()
    summarize(subject(TEXTS[:3]), Length(share=0.2), means(generator))
    assert "at most 4 sentences" in generator.prompts[0][-1].content


def test_the_plan_does_not_hang_on_what_a_model_says():
    rng = random.Random(2)
    texts = [text_of(number, rng.randint(20, 120)) for number in range(200)]
    talkative = model(
        lambda messages: f"{first_sentences(messages)} {'The roof and the river. ' * 3}It was {rng.random()}."
    )
    terse = model(lambda messages: first_sentences(messages).split(".")[0] + ".")
    for each in (talkative, terse):
        summarize(subject(texts), FIVE, means(each))
        assert len(each.prompts) == plan(texts).parts
    leaves = [[said[0].content for said in each.prompts if "<source" in said[0].content] for each in (talkative, terse)]
    assert leaves[0] == leaves[1]
