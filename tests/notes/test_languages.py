"""The language of a note."""

from __future__ import annotations

import pytest
from hypothesis import given

from starlight.notes.languages import code_of, language
from tests.notes.strategies import any_text

TEXTS = {
    "en": "The tap in the kitchen dripped for a week, and it was easy to fix with a washer.",
    "de": "Der Hahn in der Küche tropfte eine Woche lang, und es war mit einer Dichtung leicht zu beheben.",
    "fr": "Le robinet de la cuisine a coulé pendant une semaine, et il est facile à réparer avec un joint.",
    "es": "El grifo de la cocina goteaba desde hace una semana y no es difícil de arreglar con una junta.",
    "it": "Il rubinetto della cucina perdeva da una settimana e non è difficile da riparare con una guarnizione.",
    "pt": "A torneira da cozinha não parava de pingar e é fácil de consertar com uma vedação que se compra.",
    "nl": "De kraan in de keuken lekte een week en het is niet moeilijk om hem te maken met een ring.",
    "pl": "Kran w kuchni ciekł od tygodnia i nie jest trudno go naprawić, ale do tego jest potrzebna uszczelka.",
    "tr": "Mutfaktaki musluk bir hafta boyunca damladı ve bu conta ile tamir etmek için çok kolay bir iş oldu.",
    "vi": "Vòi nước trong bếp đã rò rỉ một tuần và không khó để sửa với một cái gioăng của cửa hàng.",
    "ru": "Кран на кухне капал целую неделю, и его было не так сложно починить с новой прокладкой.",
    "uk": "Кран на кухні капав цілий тиждень, і його було не так складно полагодити, але це ще не все.",
    "el": "Η βρύση της κουζίνας έσταζε για μια εβδομάδα.",
    "he": "הברז במטבח טפטף במשך שבוע שלם והיה קל לתקן אותו.",
    "ar": "كان الصنبور في المطبخ يقطر لمدة أسبوع كامل وكان من السهل إصلاحه على يد أي شخص.",
    "fa": "شیر آب آشپزخانه یک هفته چکه می‌کرد و تعمیر آن با یک واشر ساده است که از بازار می‌خرند.",
    "hi": "रसोई का नल एक हफ्ते से टपक रहा था और इसे ठीक करना आसान है।",
    "th": "ก๊อกน้ำในครัวหยดมาหนึ่งสัปดาห์แล้ว",
    "zh": "厨房的水龙头滴了一个星期，用一个垫圈就修好了。",
    "ja": "台所の蛇口が一週間ずっと水漏れしていたが、パッキンで簡単に直せた。",
    "ko": "부엌 수도꼭지가 일주일 동안 물이 샜지만 고치기 쉬웠다.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_enough(code: str) -> None:
    assert language(TEXTS[code]) == code
    noted = f"---\ntitle: The best of the notes\ntags: [the, and]\n---\n```\nfor the and of in\n```\n{TEXTS[code]}"
    assert language(noted) == code


@pytest.mark.parametrize("text", ["", "\n", "1 2 3", "shopping-list", "xqzvwk blorptangle", "```\nthe and of the\n```"])
def test_nothing_stands_out(text: str) -> None:
    assert language(text) == ""


def test_names_in_another_script_do_not_count() -> None:
    assert language(TEXTS["en"] + " It is called 蛇口.") == "en"
    assert language(TEXTS["zh"] + " Python and Rust.") == "zh"


def test_the_front_matter_says_so() -> None:
    assert language(TEXTS["en"], "de-AT") == "de"
    assert language(TEXTS["en"], "no language at all") == "en"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("de", "de"), ("DE-at", "de"), ("en_US", "en"), ("German", "de"), ("deutsch", "de"), ("日本語", "ja"),
        ("zh-Hans", "zh"), ("no", "nb"), ("haw", "haw"), ("klingon", ""), ("", ""), ("e", ""), ("1", ""),
    ],
)  # fmt: skip
def test_names_of_languages(name: str, code: str) -> None:
    assert code_of(name) == code


@given(any_text)
def test_any_text(text: str) -> None:
    assert language(text) in {"", code_of(language(text))}
