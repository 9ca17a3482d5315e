"""The messages of ours, by name: what the Language Server Protocol does not have.

``docs/protocol.md`` describes each; ``protocol.ts`` and ``protocol.lua`` hold the same names, and a test compares.
"""

from __future__ import annotations

SEARCH = "starlight.search"
STATUS = "starlight.status"
REBUILD = "starlight.rebuild"
WHY = "starlight.why"
PAUSE = "starlight.pause"
RESUME = "starlight.resume"
COMMANDS = (SEARCH, STATUS, REBUILD, PAUSE, RESUME, WHY)

STATUS_NOTIFICATION = "starlight/status"
NOTIFICATIONS = (STATUS_NOTIFICATION,)

SECTION = "starlight"
"""The section of the client's settings that is ours."""
