# ruff: noqa: E501 -- a sentence stays on its line
"""Search by words in many languages: what must be found, what must not, and that it is marked where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from starlight.engine.workspace import Workspace

ZWNJ = "\u200c"


class Case(NamedTuple):
    """A sentence in a language, what people ask for who want it, and what others ask for.

    A query that is found is written as ``query`` or ``query > marked``: the part of the sentence that is marked.
    """

    language: str
    text: str
    found: tuple[str, ...]
    missed: tuple[str, ...] = ()


CASES = (
    Case(
        "chinese",
        "今天测量了水箱的水量，然后在花园里种了三棵苹果树。",
        ("测量 > 测量", "量 > 量", "水 > 水", "苹果树 > 苹果树", "花园", "我想找苹果"),
        ("橘子", "梨"),
    ),
    Case("traditional chinese", "圖書館星期一休館，鑰匙放在櫃檯。", ("圖書館 > 圖書館", "鑰匙", "櫃"), ("電影院",)),
    Case(
        "japanese",
        "昨日は京都で抹茶を飲み、古い寺の庭を歩いた。ﾃﾞｰﾀは保存した。",
        ("抹茶 > 抹茶", "京都の寺", "庭", "データ"),
        ("紅茶", "東京タワー"),
    ),
    Case(
        "korean",
        "한국에서는 김치를 담글 때 배추를 소금에 절인다. 책을 읽었다.",
        ("한국 > 한국", "김치 > 김치", "배추", "소금에", "책 > 책", "배추는"),
        ("라면", "자전거"),
    ),
    Case(
        "thai",
        "แม่ทำแกงเขียวหวานกับไก่และมะเขือ ราคา ๑๒๐ บาท ต้องดำเนินการพรุ่งนี้",
        ("แกงเขียวหวาน > แกงเขียวหวาน", "ไก่", "120", "ดำเนินการ > ดำเนินการ"),
        ("ช้าง",),
    ),
    Case("lao", "ແມ່ຊື້ເຂົ້າໜຽວຢູ່ຕະຫຼາດ ແລະ ເຮັດວຽກ", ("ເຂົ້າໜຽວ > ເຂົ້າໜຽວ", "ຕະຫຼາດ"), ("ລົດຖີບ",)),
    Case("khmer", "ខ្ញុំ\u200bទៅ\u200bផ្សារ\u200bទិញ\u200bត្រី\u200bនិង\u200bបន្លែ", ("ផ្សារ > ផ្សារ", "ទិញត្រី"), ("កង់",)),
    Case("burmese", "မနက်ဖြန် ဈေးသွားပြီး ငါးဝယ်မယ်။", ("ဈေး > ဈေး", "ငါးဝယ် > ငါးဝယ်"), ("လမ်း",)),
    Case("tibetan", "དེབ་འདི་ཧ་ཅང་ཡག་པོ་འདུག", ("དེབ > དེབ", "ཡག་པོ"), ("ཁྱི",)),
    Case(
        "arabic",
        "قرأتُ الكتابَ الجديد في المكتبة، وكَتَبتُ مُلاحظات عن القَهوة سنة ٢٠٢٤.",
        ("كتاب > الكتابَ", "الكتاب > الكتابَ", "قهوة > القَهوة", "مكتبه", "ملاحظات > مُلاحظات", "2024 > ٢٠٢٤"),
        ("سيارة", "شاي"),
    ),
    Case(
        "persian",
        f"کتاب{ZWNJ}های تاریخ را می{ZWNJ}خوانم و یادداشت{ZWNJ}ها را در سال ۱۴۰۳ نوشتم؛ علی شایسته است.",
        ("كتاب > کتاب", f"کتاب{ZWNJ}ها > کتاب", "کتابها > کتاب", "یادداشت", "میخوانم > خوانم", "علي > علی", "1403 > ۱۴۰۳"),
        ("دوچرخه",),
    ),
    Case("urdu", "بچے سکول میں کھیل رہے ہیں اور کتابیں پڑھتے ہیں۔", ("سکول > سکول", "کھیل", "كتابیں"), ("سائیکل",)),
    Case(
        "hindi",
        "मैंने हिन्दी में किताबें पढ़ीं और डिफ़ेंस पर लेख लिखा, वर्ष २०२३ में।",
        ("हिंदी > हिन्दी", "हिन्दी > हिन्दी", "किताब > किताबें", "किताबें", "डिफेंस > डिफ़ेंस", "2023 > २०२३"),
        ("कताब", "साइकिल", "हद"),
    ),
    Case("marathi", "आज सकाळी मी बागेत आंब्याचे झाड लावले.", ("झाड > झाड", "सकाळी"), ("पुस्तक", "झोड")),
    Case("bengali", "গতকাল আমি বাজার থেকে মাছ ও চাল কিনেছি, দাম ৫০ টাকা।", ("বাজার > বাজার", "মাছ", "50"), ("মোছ", "বই")),
    Case("tamil", "நான் நேற்று சந்தையில் காய்கறிகள் வாங்கினேன்.", ("காய்கறிகள் > காய்கறிகள்", "நேற்று"), ("புத்தகம்", "கய்கறகள்")),
    Case("telugu", "నేను తోటలో టమాటా మొక్కలు నాటాను.", ("టమాటా > టమాటా", "మొక్కలు"), ("పుస్తకం",)),
    Case("malayalam", "അവൻ പുസ്തകം വായിച്ചു, നന്മ ചെയ്തു.", ("പുസ്തകം > പുസ്തകം",), ("സൈക്കിൾ",)),
    Case("sinhala", "ශ්‍රී ලංකාවේ තේ වතු ලස්සනයි.", ("ශ්‍රී > ශ්‍රී", "තේ > තේ"), ("පොත",)),
    Case("hebrew", "קָרָאתִי סֵפֶר חָדָשׁ בַּסִּפְרִיָּה בצה״ל", ("ספר > סֵפֶר", "קראתי", "סֵפֶר", "בצהל > בצה״ל"), ("אופניים",)),
    Case(
        "turkish",
        "İstanbul'da ılık bir ISPARTA gülü çayı içtik; kitaplık doluydu.",
        ("istanbul > İstanbul", "İSTANBUL > İstanbul", "ilik > ılık", "ısparta > ISPARTA", "Isparta", "gulu > gülü"),
        ("bisiklet",),
    ),
    Case(
        "vietnamese",
        "Tôi uống cà phê ở Đà Nẵng và viết ghi chú tiếng Việt.",
        ("cà phê > cà", "ca phe > cà", "Đà Nẵng > Đà", "da nang > Nẵng", "tieng Viet > tiếng", "Việt"),
        ("xe đạp",),
    ),
    Case(
        "german",
        "Der Haustürschlüssel liegt auf der Straße; die Größe der Äpfel überrascht.",
        ("Haustürschlüssel", "strasse > Straße", "Straße > Straße", "Größe", "grosse", "äpfel > Äpfel"),
        ("Fahrrad",),
    ),
    Case("french", "L’été dernier, j’ai mangé une crêpe à l’œuf près du cœur de la ville.", ("ete > été", "œuf > œuf", "oeuf > œuf", "coeur", "crêpes"), ("vélo",)),
    Case("spanish", "El niño comió piñones en la mañana.", ("nino > niño", "piñones", "manana > mañana"), ("bicicleta",)),
    Case("polish", "Łódź leży w środkowej Polsce; zażółć gęślą jaźń.", ("lodz > Łódź", "Łódź", "zazolc > zażółć"), ("rower",)),
    Case("danish", "Smørrebrød med rødgrød og æbler på Ærø.", ("smorrebrod > Smørrebrød", "æbler > æbler", "aebler > æbler"), ("cykel",)),
    Case("czech", "Příliš žluťoučký kůň úpěl ďábelské ódy.", ("kun > kůň", "zlutoucky > žluťoučký"), ("kolo",)),
    Case("russian", "Съешь ещё этих мягких французских булок; за́мок и ёлка.", ("еще > ещё", "замок > за́мок", "елка > ёлка", "БУЛОК > булок"), ("велосипед",)),
    Case("ukrainian", "Їжак з’їв ґречану кашу.", ("їжак > Їжак", "кашу"), ("велосипед",)),
    Case("greek", "Η γρήγορη αλεπού πηδά· ο φίλος μου ήπιε ούζο.", ("γρηγορη > γρήγορη", "ΦΙΛΟΣ > φίλος", "φίλος", "ουζο"), ("ποδήλατο",)),
    Case("armenian", "Արագ աղվեսը ցատկում է։", ("աղվեսը > աղվեսը", "ԱՐԱԳ"), ("հեծանիվ",)),
    Case("georgian", "სწრაფი ყავისფერი მელა ხტება.", ("მელა > მელა",), ("ველოსიპედი",)),
    Case("amharic", "ፈጣን ቡናማ ቀበሮ ዘለለ።", ("ቀበሮ > ቀበሮ",), ("ብስክሌት",)),
    Case(
        "programs",
        "We use C++ and C# in v2.1.0 of snake_case_tool; parseJsonFile reads .gitignore and src/main.py. Go and AI help.",
        (
            "C++ > C++", "c# > C#", "v2.1.0 > v2.1.0", "2.1.0 > 2.1.0", "snake_case_tool", "snake > snake",
            "parseJsonFile > parseJsonFile", "json > parseJsonFile", ".gitignore > gitignore", "src/main.py > main", "Go > Go",
            "AI > AI",
        ),
        ("C", "F#", "v2.1.1", "v3.1.0"),
    ),
    Case("emoji", "Launch day 🚀 went well 👩🏽\u200d💻❤️ and 🇩🇪 won✓", ("🚀 > 🚀", "👩 > 👩", "❤", "🇩🇪", "won"), ("🦊", "🇫🇷")),
    Case("full width", "ＰＹＴＨＯＮ３．１２ で ｶﾀｶﾅ", ("python3", "カタカナ"), ("ruby",)),
)  # fmt: skip


def _name(case: Case) -> str:
    return f"{case.language.replace(' ', '-')}.md"


@pytest.fixture
def workspace(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> Workspace:
    """All of the sentences, each a note."""
    root = vault("")
    for case in CASES:
        (root / _name(case)).write_text(f"{case.text}\n", encoding="utf-8")
    workspace = open_workspace(root)
    workspace.bring_up_to_date()
    return workspace


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.language)
def test_words_of_a_language(workspace: Workspace, case: Case) -> None:
    wrong = []
    for each in case.found:
        query, _, marked = each.partition(" > ")
        hits = [hit for hit in workspace.search(query, 50, "lexical").hits if hit.path == _name(case)]
        if not hits:
            wrong.append(f"{query} does not find it")
        elif not any(marked in hits[0].snippet[a:b] for a, b in hits[0].highlights):
            wrong.append(f"{query} marks {[hits[0].snippet[a:b] for a, b in hits[0].highlights]}")
        elif "by another name or a tag" in hits[0].reasons:
            wrong.append(f"{query} is found for an unknown reason")
    found_all_the_same = [
        query
        for query in case.missed
        if any(hit.path == _name(case) for hit in workspace.search(query, 50, "lexical").hits)
    ]
    assert not found_all_the_same
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.language)
def test_an_open_note_is_found_by_the_same_words(workspace: Workspace, case: Case) -> None:
    path = _name(case)
    (workspace.root / path).write_text("-\n", encoding="utf-8")
    workspace.bring_up_to_date()
    workspace.show(path, case.text)
    for each in case.found:
        query = each.partition(" > ")[0]
        assert path in [hit.path for hit in workspace.search(query, 50, "lexical").hits], query
    for query in case.missed:
        assert path not in [hit.path for hit in workspace.search(query, 50, "lexical").hits], query
