"""Settings: every option is declared once, here; ``resolve`` turns what a person wrote into them.

The editors send them as one nested object (``{"index": {"exclude": [...]}}``), the settings file of the command
line is TOML of the same shape.  A bad value costs that option only: it is reported and its default is used.
The tables in ``docs/configuration.md``, ``package.json`` and the Neovim help are generated from this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from starlight import values
from starlight.values import JsonType, Option


def _option(key: str, type_: JsonType, default: Any, doc: str, **bounds: Any) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"option": Option(key, type_, doc, **bounds)})


def _flag(key: str, doc: str, *, default: bool = True, **more: Any) -> Any:  # noqa: ANN401
    return _option(key, "boolean", default, doc, **more)


def _model(task: str, what: str) -> Any:  # noqa: ANN401
    doc = f"The model {what}, as in `chat.model`. Empty: that one."
    return _option(f"chat.models.{task}", "string", "", doc, trusted=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """The resolved settings: complete and valid."""

    exclude: tuple[str, ...] = _option(
        "index.exclude",
        "array",
        ("node_modules",),
        "Files and folders left out of the index, as glob patterns in the syntax of `.gitignore`. "
        "Hidden files and folders are always left out.",
    )
    include: tuple[str, ...] = _option(
        "index.include",
        "array",
        (),
        "Files and folders to be indexed, and nothing else, in the same syntax; a folder stands for what lies in it. "
        "Empty: everything that is not left out.",
    )
    use_ignore_files: bool = _flag(
        "index.useIgnoreFiles",
        "Leave out what `.gitignore`, `.ignore` and `.starlightignore` files name, in a git repository or not.",
    )
    max_file_size: float = _option(
        "index.maxFileSize",
        "number",
        10.0,
        "Notes larger than this many megabytes are not indexed, and are listed as failed.",
        minimum=0.001,
        maximum=1000,
    )
    formats: tuple[str, ...] = _option(
        "index.formats",
        "array",
        ("all",),
        "Formats beside Markdown that are indexed, by their names in docs/formats.md, such as `pdf` and `org`. "
        "`all`: every one of them; empty: notes in Markdown alone.",
        choices=("all", *values.FORMATS),
    )
    max_document_size: float = _option(
        "index.maxDocumentSize",
        "number",
        100.0,
        "Files of other formats than Markdown, such as PDF, larger than this many megabytes are not indexed, and are "
        "listed as failed.",
        minimum=0.001,
        maximum=2000,
    )
    watcher_exclude: tuple[str, ...] = _option(
        "index.watcherExclude",
        "array",
        (),
        "Files and folders that are indexed but not watched, in the same syntax: changes in them that no editor tells "
        "of are noticed at the next start. In VS Code what `files.watcherExclude` names comes to it.",
    )
    ocr: bool = _flag(
        "index.ocr",
        "Have tesseract, which has to be installed, recognise the text of scanned PDF files, and of scanned pages in "
        "others: page by page when nothing else is to be done, with one core, and not on battery.",
        default=False,
        trusted=True,
    )
    ocr_languages: tuple[str, ...] = _option(
        "index.ocrLanguages",
        "array",
        (),
        "Languages of the text to recognise, as tesseract names them: `eng`, `deu`, `chi_sim`. "
        "Empty: all that are installed where these are up to four, else `eng`.",
    )
    ocr_program: str = _option(
        "index.ocrProgram", "string", "", "Path of the program tesseract. Empty: it is looked for.", trusted=True
    )
    polling: bool = _flag(
        "index.polling",
        "Look for changes every few seconds in place of being told of them by the system, which network drives do not "
        "do. Where the system refuses, this happens by itself.",
        default=False,
    )
    model_path: str = _option(
        "model.path",
        "string",
        "",
        "Folder of another model2vec model. Empty: the model that ships with Starlight.",
        trusted=True,
    )
    search_limit: int = _option(
        "search.limit",
        "integer",
        20,
        "How many results a search gives when the request does not say.",
        minimum=1,
        maximum=100,
    )
    refine: bool = _flag(
        "search.refine",
        "Look at the best results a second time with a small transformer, in a process of its own. "
        "Needs ONNX Runtime, which is installed with Starlight where there is one for the machine.",
    )
    refine_milliseconds: int = _option(
        "search.refineMilliseconds",
        "integer",
        400,
        "Milliseconds that the second look at the results of one search may take; the order of the first stays for "
        "what was not looked at by then.",
        minimum=1,
        maximum=60_000,
    )
    refine_ahead: bool = _flag(
        "search.refineAhead",
        "Prepare the second look for all notes when nothing else is to be done: slowly, with one core, not on battery, "
        "and not while you search or write.",
    )
    refiner: str = _option(
        "search.refiner",
        "string",
        "",
        "Folder of another transformer for the second look, with `model.onnx` and `tokenizer.json`, such as one for "
        "many languages. Empty: the one that ships with Starlight, which knows English.",
        trusted=True,
    )
    refiner_cache_size: int = _option(
        "search.refinerCacheSize",
        "integer",
        200,
        "Megabytes that what the transformer made of your notes, and the text of PDF and other documents, may take on "
        "disk, for each folder; some 2,000 passages need one.",
        minimum=1,
        maximum=100_000,
    )
    link_style: str = _option(
        "links.style",
        "string",
        "auto",
        "How links are written that are completed after `[[`: as wikilinks (`wiki`), as Markdown links (`markdown`), "
        "or as nearly all links of the folder are (`auto`).",
        choices=("auto", "wiki", "markdown"),
    )
    chat_model: str = _option(
        "chat.model",
        "string",
        "",
        "The model that answers: the name of an installed one, or `NAME@HOST:PORT` for one on a server. "
        "Empty: the one chosen with `starlight model use`, else the smallest that is there.",
        trusted=True,
    )
    chat_answer_model: str = _model("answer", "for answers to questions")
    chat_summary_model: str = _model("summary", "for summaries")
    chat_summary_line_model: str = _model("summaryLine", "for summaries of one line")
    chat_title_model: str = _model("title", "for titles")
    chat_rewrite_model: str = _model("rewrite", "that rewrites text")
    chat_endpoint: str = _option(
        "chat.endpoint",
        "string",
        "",
        "Address of an OpenAI-compatible server, such as `http://127.0.0.1:8000` or `https://models.example.org/v1`. "
        "One on another machine is asked only after you have agreed to it for the workspace.",
        trusted=True,
    )
    chat_api_key_file: str = _option(
        "chat.apiKeyFile",
        "string",
        "",
        "File that holds the key for `chat.endpoint`, and nothing else. The key itself is never a setting.",
        trusted=True,
    )
    chat_api_key_variable: str = _option(
        "chat.apiKeyVariable",
        "string",
        "",
        "Name of an environment variable that holds the key for `chat.endpoint`, in place of a file.",
        trusted=True,
    )
    chat_local_ports: tuple[str, ...] = _option(
        "chat.localPorts",
        "array",
        ("11434", "1234", "8080", "8000"),
        "Ports of this machine at which a server of models is looked for, when one is needed and none is named. "
        "Empty: none is looked for.",
        trusted=True,
    )
    chat_context_size: int = _option(
        "chat.contextSize",
        "integer",
        0,
        "Tokens that prompt and answer may have together. 0: as many as the model and its server allow, up to 8,192 "
        "for a model that is loaded for this.",
        minimum=0,
        maximum=1_048_576,
    )
    chat_threads: int = _option(
        "chat.threads",
        "integer",
        0,
        "Threads that a model in a process of ours computes with. 0: as fits the machine.",
        minimum=0,
        maximum=1024,
    )
    chat_gpu_layers: int = _option(
        "chat.gpuLayers",
        "integer",
        -1,
        "Layers of a model in a process of ours that are computed by the graphics card. "
        "-1: all of them where llama.cpp was built for one.",
        minimum=-1,
        maximum=1000,
    )
    chat_idle_seconds: int = _option(
        "chat.idleSeconds",
        "integer",
        300,
        "Seconds after which a model in a process of ours that nobody asks is let go of, and its memory comes back.",
        minimum=1,
        maximum=86_400,
    )
    chat_temperature: float = _option(
        "chat.temperature",
        "number",
        0.2,
        "How freely the model chooses its words: 0 always takes the likeliest.",
        minimum=0,
        maximum=2,
    )
    chat_languages: tuple[str, ...] = _option(
        "chat.languages",
        "array",
        ("English",),
        "Languages that a selection can be translated to, each a code action of its own.",
    )
    chat_answer_tokens: int = _option(
        "chat.answerTokens",
        "integer",
        512,
        "Tokens that an answer may have at most; a quarter of the model's window where that is less.",
        minimum=16,
        maximum=100_000,
    )
    chat_folder: str = _option(
        "chat.folder",
        "string",
        "chats",
        "Folder of the workspace in which a conversation is saved when you ask for it.",
    )
    chat_budget: int = _option(
        "chat.budget",
        "integer",
        0,
        "Tokens of your notes that the model reads for one answer. 0: what fits its window beside question and answer, "
        "up to 3,000.",
        minimum=0,
        maximum=1_000_000,
    )
    summary_insert_as: str = _option(
        "summary.insertAs",
        "string",
        "callout",
        "How a summary is put into its note when you ask for it: as a callout below the heading (`callout`), or as "
        "`summary` in the front matter (`frontMatter`).",
        choices=("callout", "frontMatter"),
    )
    summary_background: bool = _flag(
        "summary.background",
        "Have a chat model write a line for each longer note while you do nothing, for hovers: slowly, not on battery, "
        "stopped by any key. Only one on this machine is asked, and none is loaded for this.",
        default=False,
    )
    summary_folder: str = _option(
        "summary.folder",
        "string",
        "summaries",
        "Folder of the workspace in which a summary becomes a note of its own when you ask for it.",
    )

    check_broken_links: bool = _flag("diagnostics.brokenLink", "Tell of `broken-link`: a link that leads to no note.")
    check_ambiguous_links: bool = _flag("diagnostics.ambiguousLink", "Tell of `ambiguous-link`: several are called so.")
    check_missing_headings: bool = _flag(
        "diagnostics.missingHeading", "Tell of `missing-heading`: there is none of it."
    )
    check_duplicate_aliases: bool = _flag("diagnostics.duplicateAlias", "Tell of `duplicate-alias`: others have it.")
    check_front_matter: bool = _flag("diagnostics.frontMatter", "Tell of `front-matter` that cannot be read.")
    hint_unlinked_mentions: bool = _flag("diagnostics.unlinkedMention", "Hint at `unlinked-mention`: a note's name.")
    hint_already_written: bool = _flag("diagnostics.alreadyWritten", "Hint at `already-written`: by another note.")
    code_lens_counts: bool = _flag("codeLens.counts", "Show backlinks and related notes at headings.", default=False)
    inlay_titles: bool = _flag("inlayHints.titles", "Show titles behind links to a path or number.", default=False)

    @property
    def max_bytes(self) -> int:
        """Bytes that a note may have to be indexed."""
        return int(self.max_file_size * 1e6)

    @property
    def max_document_bytes(self) -> int:
        """Bytes that a file of another format than Markdown may have."""
        return int(self.max_document_size * 1e6)

    @property
    def refiner_cache_bytes(self) -> int:
        """Bytes that the vectors of the refiner may take."""
        return self.refiner_cache_size * 1_000_000

    def of_index(self) -> dict[str, Any]:
        """The settings that decide how a folder is indexed, by key, as JSON has them."""
        values = {option.key: getattr(self, name) for name, option, _ in options() if option.key.startswith("index.")}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    def of_chat(self) -> dict[str, Any]:
        """The settings that decide which chat models are asked, and how, by key."""
        return {option.key: getattr(self, name) for name, option, _ in options() if option.key.startswith("chat.")}

    def makes_the_same_index(self, other: Settings) -> bool:
        """Whether a folder that is open with these settings may stay open with ``other``."""
        same_models = self.model_path == other.model_path and self._of_refining() == other._of_refining()
        return self.of_index() == other.of_index() and same_models

    def _of_refining(self) -> tuple[bool, bool, str, int]:
        return self.refine, self.refine_ahead, self.refiner, self.refiner_cache_size


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the settings, and what is done instead."""

    key: str
    message: str


def options() -> Iterator[tuple[str, Option, Any]]:
    """Yield (attribute of ``Settings``, option, default), in the order of declaration."""
    for item in fields(Settings):
        yield item.name, item.metadata["option"], item.default


def resolve(raw: object, base: Settings | None = None) -> tuple[Settings, list[Problem]]:
    """Return the settings that ``raw`` asks for, and what was wrong with it.

    ``raw`` is a nested mapping as the editors send it, or None for none; what it does not say is as in ``base``.
    """
    base = base or Settings()
    if raw is None:
        return base, []
    if not isinstance(raw, Mapping):
        return base, [Problem("", f"settings must be a table of names and values, not {values.named(raw)}")]
    known = {option.key: (name, option) for name, option, _ in options()}
    sections = {key[:end] for key in known for end, char in enumerate(key) if char == "."}
    chosen: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in values.flattened(raw, known, sections):
        if value is None:
            continue
        if key not in known:
            problems.append(Problem(key, values.unknown(key, known)))
            continue
        name, option = known[key]
        fault = values.fault(option, value)
        if fault:
            problems.append(Problem(key, f"{fault}; the default is used"))
        else:
            chosen[name] = values.converted(option, value)
    return replace(base, **chosen), problems
