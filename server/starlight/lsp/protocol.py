"""The messages of ours, by name: what the Language Server Protocol does not have.

``docs/protocol.md`` describes each; ``protocol.ts`` and ``protocol.lua`` hold the same names, and a test compares.
"""

from __future__ import annotations

SEARCH = "starlight.search"
SYNTAX = "starlight.syntax"
RELATED = "starlight.related"
FOLLOW = "starlight.follow"
UNFOLLOW = "starlight.unfollow"
LINK = "starlight.link"
STATUS = "starlight.status"
REBUILD = "starlight.rebuild"
WHY = "starlight.why"
PAUSE = "starlight.pause"
RESUME = "starlight.resume"
ASK = "starlight.ask"
STOP = "starlight.stop"
MODELS = "starlight.models"
SAVE_CONVERSATION = "starlight.saveConversation"
WRITE = "starlight.write"
SUMMARIZE = "starlight.summarize"
INSERT_SUMMARY = "starlight.insertSummary"
BACKLINKS = "starlight.backlinks"
GRAPH = "starlight.graph"
OPEN = "starlight.open"
TEXT = "starlight.text"
MAP = "starlight.map"
COMMANDS = (
    SEARCH,
    SYNTAX,
    RELATED,
    FOLLOW,
    UNFOLLOW,
    LINK,
    STATUS,
    REBUILD,
    PAUSE,
    RESUME,
    WHY,
    ASK,
    STOP,
    MODELS,
    SAVE_CONVERSATION,
    WRITE,
    SUMMARIZE,
    INSERT_SUMMARY,
    BACKLINKS,
    GRAPH,
    OPEN,
    TEXT,
    MAP,
)

SHOW_REFERENCES = "starlight.showReferences"
SHOW_RELATED = "starlight.showRelated"
CLIENT_COMMANDS = (SHOW_REFERENCES, SHOW_RELATED)
"""Commands that the client has, for code lenses."""

STATUS_NOTIFICATION = "starlight/status"
ANSWER_NOTIFICATION = "starlight/answer"
RELATED_NOTIFICATION = "starlight/related"
NOTIFICATIONS = (STATUS_NOTIFICATION, ANSWER_NOTIFICATION, RELATED_NOTIFICATION)

TEXT_SCHEME = "starlight-text"
"""The scheme of text views: read-only documents with the text of a file that no editor could show."""
TEXT_VIEWS = "starlightTextViews"
"""The experimental capability of clients that show text views."""

SECTION = "starlight"
"""The section of the client's settings that is ours."""
