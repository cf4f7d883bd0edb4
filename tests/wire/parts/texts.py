"""Texts to count: generated from one seed, the same on every machine and every Python, and real."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from portal.cli import demo_texts, demo_texts_german
from portal.messaging.encoding import BASIC, EXTENSION

T = TypeVar("T")

SEED = 20_261_120
GENERATED = 9_800

# Where a text begins to need a part more, in units of each alphabet; texts end on both sides.
EDGES_GSM = (1, 153, 160, 306, 459, 612, 765)
EDGES_UCS = (1, 67, 70, 134, 201, 268, 335)

NATIONAL = "äöüßÄÖÜñÑéèàùìòÇåÅøØæÆ§¿¡£¥ΔΦΓΛΩΠΨΣΘΞ"
FOREIGN = "çáíóúâêîôûëïœłąęćśżźčřšžěůőűığşățжщыъя中文字한국어עבריתعربيไทย₽№–—…“”„‘’«»•×²½™`"
ONE_UNIT = "жäç中한ñ"
TWO_UNITS = "😀🚲📚💉🎂🎉𝔸𝟘🂡"
CLUSTERS = (
    "👨\u200d👩\u200d👧\u200d👦",
    "👩🏽\u200d🚀",
    "👍🏿",
    "🏳\ufe0f\u200d🌈",
    "🇩🇪",
    "🇵🇱🇺🇸",
    "1\ufe0f\u20e3",
    "❤\ufe0f",
    "e\u0301",
    "a\u0308",
    "o\u0302\u0301",
    "\u1100\u1161\u11a8",
    "नि",
    "ก\u0e33",
)
SPACES = "\u00a0\u202f\u200b\u2009\t\u2028\ufeff\u00ad"
LINE_ENDS = ("\r\n", "\n", "\r", "\r\n\r\n", "\n\r", "\f")
LONE = ("\ud83d", "\udc00", "\ud800", "\udfff")
WORDS = (
    "your", "order", "is", "ready", "Grüße", "Straße", "mañana", "until", "6 pm", "Ihre", "Termin",
    "café", "https://sunny.example/x?a=1&b=[2]", "5 €", "~20 %", "{name}", "2×3", "naïve", "São",
)  # fmt: skip


class Dice:
    """Throws of `random()`, which Python keeps the same from version to version."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - texts to try, and no secret

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def one_of(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def some(self, options: Sequence[str], count: int) -> str:
        return "".join(self.one_of(options) for _ in range(count))


def any_of_the_alphabet(dice: Dice) -> str:
    return dice.some(BASIC + EXTENSION, dice.below(800))


def letters_of_nations(dice: Dice) -> str:
    return dice.some(NATIONAL + "abc ", dice.below(500))


def one_foreign_character(dice: Dice) -> str:
    text = dice.some(BASIC, dice.below(400))
    at = dice.below(len(text) + 1)
    return text[:at] + dice.one_of(FOREIGN) + text[at:]


def at_an_edge(dice: Dice) -> str:
    """As many septets as a part holds, or a few more or less, with escapes about the cut."""
    size = max(dice.one_of(EDGES_GSM) + dice.below(9) - 4, 0)
    text = ["a"] * size
    for _ in range(dice.below(4)):
        if text:
            text[-1 - dice.below(min(len(text), 12))] = dice.one_of(EXTENSION)
    return _escape_at_a_cut(dice, text, 153)


def at_an_edge_of_ucs2(dice: Dice) -> str:
    size = max(dice.one_of(EDGES_UCS) + dice.below(7) - 3, 0)
    text = ["ж"] * size
    for _ in range(dice.below(4)):
        if text:
            text[-1 - dice.below(min(len(text), 8))] = dice.one_of(TWO_UNITS)
    return _wide_at_a_cut(dice, text)


def wide_characters(dice: Dice) -> str:
    return dice.some(ONE_UNIT + TWO_UNITS, dice.below(300))


def clusters(dice: Dice) -> str:
    """What a reader takes for one character, and is several."""
    pieces = [dice.one_of(CLUSTERS) if dice.below(3) else "x" * dice.below(20) for _ in range(40)]
    return "".join(pieces[: dice.below(41)])


def cluster_at_a_cut(dice: Dice) -> str:
    """One that reaches over the end of a part, in a text that all but fills the last one."""
    cluster = dice.one_of(CLUSTERS)
    wide = len(cluster.encode("utf-16-be")) // 2
    before = dice.one_of((67, 134)) - 1 - dice.below(wide)
    full = dice.one_of((134, 201))
    return "ж" * before + cluster + "ж" * max(full - before - wide - dice.below(4), 0)


def accents_without_end(dice: Dice) -> str:
    """One letter with more accents than a part holds."""
    return "ж" * dice.below(67) + "o" + "\u0301" * (75 + dice.below(200)) + "ж" * dice.below(70)


def accents_in_two_ways(dice: Dice) -> str:
    """é as one character is in the alphabet; as e and an accent it is not."""
    letters = ("é", "e\u0301", "ü", "u\u0308", "ñ", "n\u0303", "c\u0327")
    kept = [each for each in letters if dice.below(2)] or ["é"]
    return dice.some("abcdefg ", dice.below(170)) + dice.some(kept, dice.below(40))


def lines(dice: Dice) -> str:
    ends = [dice.some(WORDS, 3) + dice.one_of(LINE_ENDS) for _ in range(dice.below(25))]
    return "".join(ends)


def blanks(dice: Dice) -> str:
    words = [dice.one_of(WORDS) for _ in range(dice.below(60))]
    return dice.one_of([" ", *SPACES]).join(words)


def torn_pairs(dice: Dice) -> str:
    """Halves of surrogate pairs, which no program should send and some do."""
    pieces = [dice.one_of([*LONE, "a", "ж", "😀"]) for _ in range(dice.below(160))]
    return "".join(pieces)


def words(dice: Dice) -> str:
    return " ".join(dice.one_of(WORDS) for _ in range(dice.below(90)))


def anything(dice: Dice) -> str:
    """Of all planes, assigned or not, but for halves of pairs."""
    codes = (dice.below(dice.one_of((0x80, 0x400, 0x3000, 0x11_0000))) for _ in range(100))
    return "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)[: dice.below(101)]


KINDS: tuple[Callable[[Dice], str], ...] = (
    any_of_the_alphabet,
    letters_of_nations,
    one_foreign_character,
    at_an_edge,
    at_an_edge_of_ucs2,
    wide_characters,
    clusters,
    cluster_at_a_cut,
    accents_without_end,
    accents_in_two_ways,
    lines,
    blanks,
    torn_pairs,
    words,
    anything,
)


def generated() -> list[str]:
    """Texts of every kind in turn, each once."""
    dice = Dice(SEED)
    return list(dict.fromkeys(KINDS[n % len(KINDS)](dice) for n in range(GENERATED)))


def real() -> list[str]:
    """What the clients of the demonstration write, alone and two in one text."""
    single = list(_written())
    neighbours = zip(single, single[7:], strict=False)
    return [*single, *(f"{first}\r\n{second}" for first, second in neighbours)]


def fingerprint(texts: Sequence[str]) -> str:
    """What tells whether texts are the same."""
    joined = "\0".join(texts).encode("utf-16-be", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


def _written() -> Iterator[str]:
    for place, trades in (
        (demo_texts.AMERICA, (demo_texts.DENTIST, demo_texts.BIKES)),
        (demo_texts_german.GERMANY, (demo_texts_german.SURGERY, demo_texts_german.BOOKS)),
    ):
        for trade in trades:
            for template in (*trade.usual, trade.long, trade.with_emoji):
                for name in place.names:
                    yield template.format(name=name, day="11/20", time="9:45")


def _escape_at_a_cut(dice: Dice, text: list[str], room: int) -> str:
    if len(text) > room and dice.below(2):
        text[room - 1 - dice.below(2)] = dice.one_of(EXTENSION)
    return "".join(text)


def _wide_at_a_cut(dice: Dice, text: list[str]) -> str:
    if len(text) > EDGES_UCS[1] and dice.below(2):
        text[66 - dice.below(2)] = dice.one_of(TWO_UNITS)
    return "".join(text)
