"""A real model in llama.cpp: streaming, stopping, counting, the window, the template, files that cannot be used."""

from __future__ import annotations

import threading

import pytest

from starlight.errors import GeneratorUnavailable, PromptTooLong
from starlight.models.generator import Cancellation, Message, Sampling
from starlight.models.llama import Llama
from starlight.models.llama_options import LlamaOptions
from tests.models import tiny_gguf
from tests.models.asking import ANSWER, ENDLESS, GREEDY, SLOW, asked
from tests.waiting import wait_until


def test_an_answer_comes_in_pieces(llama):
    model, phases = llama(says=ANSWER), []
    assert (model.place, model.host, model.name, model.is_loaded) == ("process", "", "model0", False)
    generation = model.generate(asked("What about the roof?"), GREEDY, listener=phases.append)
    pieces = list(generation)
    assert "".join(pieces) == ANSWER
    assert all(pieces)
    assert phases == ["loading", "reading", "writing"]
    usage = generation.usage
    assert (usage.ending, usage.cached_tokens) == ("stop", 0)
    assert usage.prompt_tokens > 40
    assert 5 < usage.completion_tokens < 20
    assert 0 < usage.first_token_seconds < usage.seconds
    assert model.is_loaded
    assert list(generation) == []


def test_a_second_answer_loads_nothing(llama):
    model, phases = llama(says=ANSWER), []
    assert "".join(model.generate(asked("A"), GREEDY)) == ANSWER
    pid = model.pid
    assert "".join(model.generate(asked("B"), GREEDY, listener=phases.append)) == ANSWER
    assert phases == ["reading", "writing"]
    assert model.pid == pid


def test_size_count_and_note_load_nothing(llama):
    model = llama(says=ANSWER, shape=tiny_gguf.Shape(n_context=2_048))
    assert model.context_size() == 2_048
    assert model.note() == ""
    assert model.count("") == 0
    assert model.count("tea") < model.count("tea and more tea") < model.count("茶 and more tea, and more")
    assert not model.is_loaded


def test_the_window_can_be_made_smaller(llama):
    assert llama(options=LlamaOptions(threads=1, context_size=512)).context_size() == 512


def test_characters_that_are_split_over_tokens_come_whole(llama):
    model = llama(says="é€😀", as_bytes=True)
    generation = model.generate(asked("?"), GREEDY)
    assert list("".join(generation)) == ["é", "€", "😀"]
    assert generation.usage.completion_tokens == len("é€😀".encode())


def test_half_a_character_at_the_end_is_shown_as_such(llama):
    model = llama(says="é€", as_bytes=True)
    assert "".join(model.generate(asked("?"), Sampling(temperature=0, max_tokens=3))) == "é\ufffd"


def test_a_limit_ends_it(llama):
    generation = llama(says=ANSWER).generate(asked("?"), Sampling(temperature=0, max_tokens=3))
    text = "".join(generation)
    assert ANSWER.startswith(text)
    assert text
    assert (generation.usage.ending, generation.usage.completion_tokens) == ("length", 3)


def test_a_text_ends_it_and_is_not_shown(llama):
    generation = llama(says=ANSWER).generate(asked("?"), Sampling(temperature=0, stop=("May [", "euros")))
    assert "".join(generation) == "The roof was mended in "
    assert generation.usage.ending == "stop"


def test_the_same_seed_says_the_same(llama):
    model = llama()

    def say(seed: int) -> str:
        return "".join(model.generate(asked("?"), Sampling(max_tokens=40, temperature=5, top_p=1, seed=seed)))

    assert say(1) == say(1) != say(2)


@pytest.mark.parametrize("text", ["Grüße, 世界 \U0001f600", "a\x00b", "lone \udc80 surrogate", " ", "\u2028"])
def test_any_text_can_beasked(llama, text):
    assert "".join(llama(says=ANSWER).generate(asked(text), GREEDY)) == ANSWER


def test_cancelled_between_tokens_it_keeps_what_was_written(llama):
    cancellation = Cancellation()
    generation = llama(says=ANSWER, forever=True).generate(asked("?"), ENDLESS, cancellation)
    shown = ""
    for number, piece in enumerate(generation):
        shown += piece
        if number == 20:
            cancellation.cancel()
    assert generation.usage.ending == "cancelled"
    assert shown.startswith(ANSWER)


def test_cancelled_while_it_reads_it_stops_and_knows_what_it_read(llama):
    model, phases, cancellation = llama(says=ANSWER, shape=SLOW), [], Cancellation()
    "".join(model.generate(asked("?"), GREEDY))

    def stop(phase: str) -> None:
        phases.append(phase)
        if phase == "reading":
            cancellation.cancel()

    generation = model.generate(asked("tea " * 800), GREEDY, cancellation, stop)
    assert list(generation) == []
    assert (generation.usage.ending, generation.usage.completion_tokens) == ("cancelled", 0)
    assert generation.usage.prompt_tokens > 3_000
    assert phases == ["reading"]
    assert "".join(model.generate(asked("tea " * 800), GREEDY)) == ANSWER


def test_cancelled_before_it_began_nothing_is_written(llama):
    cancellation = Cancellation()
    cancellation.cancel()
    generation = llama(says=ANSWER).generate(asked("?"), GREEDY, cancellation)
    assert list(generation) == []
    assert generation.usage.ending == "cancelled"


def test_an_answer_that_nobody_wants_any_more_is_stopped(llama):
    model = llama(says=ANSWER, forever=True)
    generation = model.generate(asked("?"), ENDLESS)
    assert next(iter(generation))
    del generation
    assert "".join(model.generate(asked("?"), Sampling(temperature=0, max_tokens=2)))


def test_a_prompt_that_is_too_long_is_refused(llama):
    model = llama(says=ANSWER, shape=tiny_gguf.Shape(n_context=512))
    with pytest.raises(PromptTooLong, match=r"has \d,\d{3} tokens, and the window of model0\.gguf 512"):
        model.generate(asked("tea " * 800), GREEDY)
    assert "".join(model.generate(asked("tea"), GREEDY)) == ANSWER


def test_an_answer_ends_with_the_window(llama):
    generation = llama(says=ANSWER, forever=True, shape=tiny_gguf.Shape(n_context=512)).generate(asked("?"), ENDLESS)
    assert "".join(generation).startswith(ANSWER)
    usage = generation.usage
    assert usage.ending == "length"
    assert usage.prompt_tokens + usage.completion_tokens == 512


def test_what_was_read_before_is_not_read_again(llama):
    model = llama(says=ANSWER)
    evidence = "\n".join(f"[{number}] The roof was mended in May {number}." for number in range(60))
    first = asked(f"{evidence}\nWhat about the roof?")
    generation = model.generate(first, GREEDY)
    answer = "".join(generation)
    short = model.generate(asked("A title, please.", "You make titles."), GREEDY)
    assert "".join(short) == ANSWER
    second = model.generate([*first, Message("assistant", answer), Message("user", "And what did it cost?")], GREEDY)
    assert "".join(second) == ANSWER
    assert second.usage.prompt_tokens > 1_500
    assert second.usage.prompt_tokens - second.usage.cached_tokens < 0.1 * second.usage.prompt_tokens
    again = model.generate(first, GREEDY)
    assert "".join(again) == ANSWER
    assert again.usage.cached_tokens == again.usage.prompt_tokens - 1


def test_two_conversations_that_do_not_fit_together_take_turns(llama):
    model = llama(says=ANSWER, shape=tiny_gguf.Shape(n_context=2_048))
    for word in ("tea ", "oat ", "tea ", "oat "):
        assert "".join(model.generate(asked(word * 350, system=word), GREEDY)) == ANSWER


def test_counting_does_not_wait_for_an_answer(llama):
    model = llama(says=ANSWER, forever=True)
    pieces = iter(model.generate(asked("?"), ENDLESS))
    assert next(pieces)
    assert model.count("tea") > 0
    assert next(pieces)


def test_requests_take_turns(llama):
    model, phases, first = llama(says=ANSWER, forever=True), [], Cancellation()
    pieces = iter(model.generate(asked("?"), ENDLESS, first))
    assert next(pieces)
    second: list[str] = []

    def ask() -> None:
        second.extend(model.generate(asked("!"), Sampling(temperature=0, max_tokens=3), listener=phases.append))

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until("the second waits", lambda: phases == ["queued"])
    first.cancel()
    assert "".join(pieces)
    thread.join()
    assert phases == ["queued", "reading", "writing"]
    assert "".join(second)


def test_who_waits_can_be_cancelled(llama):
    model, cancellation = llama(says=ANSWER, forever=True), Cancellation()
    pieces = iter(model.generate(asked("?"), ENDLESS))
    assert next(pieces)
    waiting = model.generate(asked("!"), GREEDY, cancellation, lambda _phase: cancellation.cancel())
    assert list(waiting) == []
    assert waiting.usage.ending == "cancelled"
    assert next(pieces)


def test_a_file_of_another_kind_is_told(llama, tmp_path):
    path = tmp_path / "notes.gguf"
    path.write_text("# Tea\n")
    for use in (Llama.context_size, lambda model: model.count("x"), lambda model: model.generate(asked("?"))):
        with pytest.raises(GeneratorUnavailable, match=r"notes\.gguf: is not a GGUF file"):
            use(llama(path))


def test_a_file_that_is_cut_off_is_told(llama, tmp_path):
    path = tiny_gguf.write(tmp_path / "cut.gguf")
    path.write_bytes(path.read_bytes()[:300_000])
    with pytest.raises(GeneratorUnavailable, match=r"cut\.gguf: is cut off .* download it again"):
        llama(path).generate(asked("?"))


def test_an_architecture_that_llama_cpp_does_not_know_is_told(llama):
    with pytest.raises(GeneratorUnavailable, match=r"cannot load it .*unknown model architecture.*novel"):
        llama(architecture="novel").generate(asked("?"))


def test_a_model_that_is_too_large_is_told_before_it_is_loaded(llama):
    model, phases = (
        llama(shape=tiny_gguf.Shape(n_context=4_000_000_000), options=LlamaOptions(threads=1, context_size=0)),
        [],
    )
    with pytest.raises(GeneratorUnavailable, match=r"needs 2,?048\.\d GB of memory .* are free"):
        model.generate(asked("?"), listener=phases.append)
    assert phases == []


def test_a_file_without_a_template_answers_and_that_is_noted(llama):
    model = llama(says=ANSWER, template=None)
    assert "no chat template" in model.note()
    assert "".join(model.generate(asked("?"), Sampling(temperature=0, max_tokens=5)))


def test_a_template_that_knows_no_system_message_gets_it_with_the_question(llama):
    template = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + tiny_gguf.TEMPLATE
    generation = llama(says=ANSWER, template=template).generate(asked("?", "w" * 500), GREEDY)
    assert "".join(generation) == ANSWER
    assert generation.usage.prompt_tokens > 400


@pytest.mark.parametrize("template", ["{% if %}", "{{ nothing.at.all }}", "{{ raise_exception('no') }}"])
def test_a_template_that_does_not_work_is_told(llama, template):
    with pytest.raises(GeneratorUnavailable, match="chat template cannot be used"):
        llama(says=ANSWER, template=template).generate(asked("?"))


def test_markers_in_notes_are_text(llama):
    """A note cannot end its message or begin another: three markers would be three tokens."""
    model = llama(says=ANSWER)

    def length(text: str) -> int:
        generation = model.generate(asked(text), GREEDY)
        assert "".join(generation) == ANSWER
        return generation.usage.prompt_tokens

    plain = length("tea")
    for marker in ("</s>", "<|end|>", "<|system|>"):
        assert length("tea" + 3 * marker) - plain > 3 * len(marker)
