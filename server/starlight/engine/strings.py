"""Many texts in little memory: in one piece, each with a number, and found again by what they are.

A ``list`` of short texts takes three to four times their letters, a ``dict`` of them six times.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

_SURROGATES = "surrogatepass"
"""Of names of files that are no text."""
_FREE = -1
"""What stands in a table where nothing is; also what no number is."""


class Strings(Sequence[str]):
    """Texts by number, in the order in which they came."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._bytes = bytearray()
        self._ends = array("I", (0,))
        for text in texts:
            self.append(text)

    def append(self, text: str) -> None:
        """Add one, which has the next number."""
        self._bytes += text.encode("utf-8", _SURROGATES)
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", _SURROGATES)

    def __iter__(self) -> Iterator[str]:
        start = 0
        for end in self._ends[1:]:
            yield self._bytes[start:end].decode("utf-8", _SURROGATES)
            start = end


class Numbered(Strings):
    """Texts of which no two are equal, and the number of each by a table of hashes (open addressing)."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        super().__init__(texts)
        self._slots = _slots(len(self))
        mask = len(self._slots) - 1
        for number, text in enumerate(self):
            at = hash(text) & mask
            while self._slots[at] != _FREE:
                at = (at + 1) & mask
            self._slots[at] = number

    def find(self, text: str) -> int:
        """Return the number of ``text``, -1 where it is none of these."""
        slots, ends = self._slots, self._ends
        mask = len(slots) - 1
        at = hash(text) & mask
        number = slots[at]
        if number == _FREE:
            return _FREE
        wanted = text.encode("utf-8", _SURROGATES)
        while number != _FREE and self._bytes[ends[number] : ends[number + 1]] != wanted:
            at = (at + 1) & mask
            number = slots[at]
        return number


class Groups:
    """Numbers by texts, of which only hashes are kept: 64 bits, which of a million texts two have once in 10⁷ times."""

    def __init__(self, pairs: Iterable[tuple[str, int]] = ()) -> None:
        """Take ``pairs``; of one text, their numbers stay in their order."""
        import numpy as np

        hashes, numbers = array("q"), array("i")
        for text, number in pairs:
            hashes.append(hash(text))
            numbers.append(number)
        all_hashes = np.frombuffer(hashes, np.int64)
        order = np.argsort(all_hashes, kind="stable")
        keys, counts = np.unique(all_hashes, return_counts=True)
        self._numbers = array("i", np.frombuffer(numbers, np.int32)[order].tobytes())
        self._ends = array("i", np.append(0, np.cumsum(counts)).astype(np.int32).tobytes())
        self._keys = array("q", keys.tobytes())
        self._slots = _slots(len(keys))
        mask = len(self._slots) - 1
        for group, key in enumerate(self._keys):
            at = key & mask
            while self._slots[at] != _FREE:
                at = (at + 1) & mask
            self._slots[at] = group

    def find(self, text: str) -> array[int]:
        """Return the numbers that go with ``text``, none where it is not known."""
        slots, key = self._slots, hash(text)
        mask = len(slots) - 1
        at = key & mask
        while (group := slots[at]) != _FREE and self._keys[group] != key:
            at = (at + 1) & mask
        return _NONE if group == _FREE else self._numbers[self._ends[group] : self._ends[group + 1]]


_NONE = array("i")


def _slots(n: int) -> array[int]:
    """Return a free table for ``n`` things: a power of two, of which they take at most half."""
    return array("i", (_FREE,)) * (2 << max(n, 1).bit_length())
