"""What the head of a model's file says; wrong, cut off and damaged files."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import gguf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.errors import GeneratorUnavailable
from starlight.models.gguf_header import read_header
from starlight.models.llama_options import LlamaOptions
from tests.models import tiny_gguf


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.write(tmp_path_factory.mktemp("model") / "tiny.gguf")


def _write(folder: Path, **values: object) -> Path:
    """A file of values only."""
    path = folder / "model.gguf"
    writer = gguf.GGUFWriter(path, str(values.pop("architecture", "llama")))
    for key, value in values.items():
        name = key.replace("__", ".")
        writer.add_array(name, value) if isinstance(value, list) else writer.add_key_value(name, value, _kind(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _kind(value: object) -> gguf.GGUFValueType:
    kinds = {str: gguf.GGUFValueType.STRING, int: gguf.GGUFValueType.UINT32, float: gguf.GGUFValueType.FLOAT32}
    return kinds[type(value)]


def test_shape_and_template(tmp_path):
    path = tiny_gguf.write(tmp_path / "tiny.gguf")
    header = read_header(path)
    assert (header.architecture, header.name, header.n_context, header.n_layers) == ("llama", "tiny", 4_096, 2)
    assert (header.n_embedding, header.n_feed_forward) == (64, 128)
    assert header.n_vocabulary == len(gguf.GGUFReader(path).get_field("tokenizer.ggml.tokens").data)
    assert header.template == tiny_gguf.TEMPLATE
    assert header.size == path.stat().st_size < 600_000


def test_memory_grows_with_the_window(tmp_path):
    """Two layers, four heads of 16 numbers, keys and values, two bytes each: 512 bytes a token."""
    header = read_header(tiny_gguf.write(tmp_path / "tiny.gguf"))
    assert header.need(4_096).cache == 512 * 4_096
    assert header.need(4_096).total - header.need(2_048).total == 512 * 2_048
    assert header.need(4_096).weights == header.size


def test_heads_that_share_their_keys_take_less(tmp_path):
    shape = tiny_gguf.Shape(n_heads_kv=1)
    header = read_header(tiny_gguf.write(tmp_path / "tiny.gguf", shape=shape))
    assert header.need(1_000).cache == 128 * 1_000


def test_layers_of_several_kinds(tmp_path):
    """Layers without keys and values (recurrent ones) count nothing."""
    path = _write(
        tmp_path, llama__block_count=3, llama__embedding_length=64, llama__attention__head_count=4,
        llama__attention__head_count_kv=[4, 0, 2],
    )  # fmt: skip
    assert read_header(path).cache_width == 6 * 32


def test_a_machine_that_has_not_the_memory_is_told(tmp_path):
    header = read_header(tiny_gguf.write(tmp_path / "tiny.gguf"))
    total = header.need(4_096).total
    header.expect_room(4_096, total)
    header.expect_room(4_096, None)
    with pytest.raises(GeneratorUnavailable, match=r"tiny\.gguf needs 0\.1 GB .* 0\.0 GB are free.*smaller"):
        header.expect_room(4_096, 1_000_000)


@pytest.mark.parametrize(("asked", "window"), [(0, 4_096), (1_024, 1_024), (100_000, 4_096)])
def test_the_window_is_what_the_model_has_at_most(tmp_path, asked, window):
    header = read_header(tiny_gguf.write(tmp_path / "tiny.gguf"))
    assert LlamaOptions(context_size=asked).window(header) == window


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 not a model", "is not a GGUF file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b"GGUF", "ends in its head"),
        (b"GGUF" + struct.pack("<I", 9) + bytes(16), "version 9"),
        (b"GGUF" + struct.pack(">I", 3) + bytes(16), "another byte order"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "which architecture"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60), "ends in its head"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62), "ends in its head"),
    ],
)
def test_files_of_other_kinds(tmp_path, content, message):
    path = tmp_path / "x.gguf"
    path.write_bytes(content)
    with pytest.raises(GeneratorUnavailable, match=message) as raised:
        read_header(path)
    assert str(path) in str(raised.value)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(GeneratorUnavailable, match="no such file"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(GeneratorUnavailable, match="is a folder"):
        read_header(tmp_path)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"architecture": "bert"}, "is an embedding model"),
        ({"llama__pooling_type": 1}, "is an embedding model"),
        ({"architecture": "clip"}, "is an addition to a model"),
        ({"general__type": "adapter"}, r"is an addition to a model \(adapter\)"),
        ({"split__no": 1, "split__count": 2}, "name the first part"),
    ],
)
def test_models_that_cannot_chat(tmp_path, values, message):
    with pytest.raises(GeneratorUnavailable, match=message):
        read_header(_write(tmp_path, **values))


def test_a_model_in_several_files(tmp_path):
    first = _write(tmp_path, split__no=0, split__count=2).rename(tmp_path / "big-00001-of-00002.gguf")
    with pytest.raises(GeneratorUnavailable, match=r"big-00002-of-00002\.gguf: is missing"):
        read_header(first)
    (tmp_path / "big-00002-of-00002.gguf").write_bytes(bytes(1_000))
    assert read_header(first).size == first.stat().st_size + 1_000


def test_a_file_that_was_cut_off_says_how_much_is_there(tmp_path, whole):
    content = whole.read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(content[:-100_000])
    with pytest.raises(GeneratorUnavailable, match=r"is cut off \(0\.4 of 0\.5 MB are there\); download it again"):
        read_header(path)
    path.write_bytes(content[:-1])
    with pytest.raises(GeneratorUnavailable, match="is cut off"):
        read_header(path)


@given(share=st.floats(0, 1, exclude_max=True))
def test_wherever_it_is_cut_off_that_is_told(whole, share):
    path, content = whole.with_name("cut.gguf"), whole.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(GeneratorUnavailable):
        read_header(path)


@settings(max_examples=300)
@given(changes=st.lists(st.tuples(st.integers(4, 4_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_damage_is_told_or_does_no_harm(whole, changes):
    damaged = bytearray(whole.read_bytes())
    for at, value in changes:
        damaged[at] = value
    path = whole.with_name("damaged.gguf")
    path.write_bytes(damaged)
    with contextlib.suppress(GeneratorUnavailable):
        assert read_header(path).size == len(damaged)
