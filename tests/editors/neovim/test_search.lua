local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

-- The note that this is about says "tap" and "drip", never "faucet" or "leaking".
local QUERY = "leaking faucet"
local NOTE = "howto/dripping-tap.md"
local TITLE = "Fixing a dripping tap"

--- Answers the next search with a made-up answer, for verdicts that no note can be relied on for.
---@param answer table
local function answer_with(answer)
  child.lua(
    [[
    local answer = ...
    require("starlight.client").with = function(callback) callback({ id = 1 }) end
    require("starlight.client").execute = function(_, _, argument, on_result)
      on_result(vim.tbl_extend("force", answer, { query = argument.query }))
    end
  ]],
    { answer }
  )
end

---@return table
local function made_up_hit()
  local uri = vim.uri_from_fname(editor.vault .. "/" .. NOTE)
  return {
    path = NOTE,
    uri = uri,
    title = TITLE,
    heading = "Parts",
    start_line = 18,
    end_line = 23,
    line = 20,
    snippet = "Half-inch washer",
    score = 0.4,
    reasons = { "meaning" },
  }
end

T["finds a note by meaning from the note beside it"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  local offered = editor.search(QUERY)
  eq(offered.kind, "starlight.hit")
  editor.expect_part(offered.prompt, QUERY)
  editor.expect_part(offered.lines[1], TITLE)
  editor.expect_part(offered.lines[1], "  " .. NOTE .. ":")
  editor.expect_quiet()
end

T["offers lines that fit the screen"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  for _, line in ipairs(editor.search("warm weather").lines) do
    assert(vim.fn.strdisplaywidth(line) <= child.o.columns, line)
    assert(not line:find("\n"), line)
  end
end

T["offers the places of one note below each other"] = function()
  local first, other, further = made_up_hit(), made_up_hit(), made_up_hit()
  other.title, other.line = "Another note", 3
  further.line, further.heading = 31, "Tools"
  answer_with({ verdict = "found", complete = true, hits = { first, other, further }, notes = { { 0, 2 }, { 1 } } })
  local offered = editor.search(QUERY)
  eq(offered.prompt, ('About "%s": 3 places in 2 notes'):format(QUERY))
  editor.expect_part(offered.lines[1], TITLE)
  eq(offered.lines[2], "  ↳ :31  Tools  Half-inch washer")
  editor.expect_part(offered.lines[3], "Another note")
  child.lua("_G.choose(2)")
  eq(child.api.nvim_win_get_cursor(0)[1], math.min(31, child.api.nvim_buf_line_count(0)))
end

T["opens the chosen note with the cursor on the hit"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  editor.search(QUERY)
  local hit = child.lua_get("_G.offered.items[1].hit")
  child.lua("_G.choose(1)")
  eq(child.api.nvim_buf_get_name(0), editor.vault .. "/" .. hit.path)
  eq(child.api.nvim_win_get_cursor(0), { hit.line, 0 })
  child.type_keys("<C-o>")
  eq(child.api.nvim_buf_get_name(0), editor.vault .. "/garden/compost.md")
  editor.expect_quiet()
end

T["opens it where the options say"] = function()
  editor.start([[vim.g.starlight = { open = "tab", quickfix = false }]])
  answer_with({ verdict = "found", complete = true, hits = { made_up_hit() }, notes = { { 0 } } })
  editor.search(QUERY)
  child.lua("_G.choose(1)")
  eq(child.fn.tabpagenr("$"), 2)
  eq(child.api.nvim_win_get_cursor(0), { 20, 0 })
  eq(child.fn.getqflist({ size = 0 }).size, 0)
end

T["fills the quickfix list"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  local offered = editor.search(QUERY)
  local list = child.fn.getqflist({ title = 0, items = 0 })
  eq(list.title, "Starlight: " .. QUERY)
  eq(#list.items, #offered.lines)
  eq(list.items[1].lnum, child.lua_get("_G.offered.items[1].lnum"))
  child.cmd("cfirst")
  eq(child.api.nvim_buf_get_name(0), editor.vault .. "/" .. NOTE)
end

T["shows a picker what is under its cursor"] = function()
  answer_with({ verdict = "found", complete = true, hits = { made_up_hit() }, notes = { { 0 } } })
  editor.search(QUERY)
  local preview = child.lua_get("_G.offered.preview(_G.offered.items[1])")
  eq(preview.pos, { 20, 0 })
  local lines = child.api.nvim_buf_get_lines(preview.buf, 19, 20, false)
  editor.expect_part(lines[1], "Parts")
end

T["starts a client in an empty Neovim, for the folder it was started in"] = function()
  local offered = editor.search(QUERY)
  assert(#offered.lines > 0)
  eq(child.lua_get([[vim.lsp.get_clients({ name = "starlight" })[1].root_dir]]), editor.vault)
  editor.expect_quiet()
end

T["works from a buffer that is no note"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.cmd("new script.py | setfiletype python")
  child.cmd("cd /")
  editor.expect_part(editor.search(QUERY).lines[1], NOTE)
end

T["refuses to start a client for the home folder"] = function()
  child.cmd("cd ~")
  child.cmd("Starlight search " .. QUERY)
  local message = editor.wait_for_message("home folder")
  editor.expect_part(message, "vim.g.starlight.folder")
end

T["asks for the query when there is none"] = function()
  answer_with({ verdict = "found", complete = true, hits = { made_up_hit() }, notes = { { 0 } } })
  child.lua([[vim.ui.input = function(options, on_confirm)
    _G.asked = options.prompt
    on_confirm("  tomatoes ")
  end]])
  child.cmd("Starlight search")
  eq(child.lua_get("_G.asked"), "Search your notes (? for filters): ")
  eq(child.lua_get("_G.offered.prompt"), 'About "tomatoes": 1 place')
end

T["takes filters, and says what is wrong with one"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  for _, line in ipairs(editor.search("soil path:garden").lines) do
    editor.expect_part(line, "  garden/")
  end
  editor.search("soil date:someday")
  editor.expect_part(editor.wait_for_message("date:someday"), "last week")
end

T["offers what a query may hold, and goes on from it"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.lua([[vim.ui.input = function(options) _G.begun = options.default end]])
  local offered = editor.search("?")
  eq(offered.kind, "starlight.syntax")
  editor.expect_part(table.concat(offered.lines, "\n"), "tag:garden")
  child.lua("_G.choose(1)")
  eq(child.lua_get("_G.begun"), "tag:garden ")
  editor.expect_quiet()
end

T["does nothing when the question is left empty"] = function()
  child.lua([[vim.ui.input = function(_, on_confirm) on_confirm(nil) end]])
  child.cmd("Starlight search")
  eq(child.lua_get("_G.said"), {})
  eq(child.lua_get([[#vim.lsp.get_clients()]]), 0)
end

T["says when nothing in the notes is about it"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.cmd("Starlight search zxqv wrtk plfgh")
  local message, level = editor.wait_for_message("Nothing in your notes is about this")
  eq(message, "Starlight: Nothing in your notes is about this.")
  eq(level, "INFO")
  eq(child.fn.getqflist({ size = 0 }).size, 0)
end

T["finds a note of a vault that was never read before"] = function()
  child.lua([[
    local vault = vim.fn.tempname()
    vim.fn.mkdir(vault .. "/.obsidian", "p")
    vim.fn.writefile({ "# Bees", "", "The queen was replaced in May." }, vault .. "/hive.md")
    vim.cmd.cd(vault)
  ]])
  editor.expect_part(editor.search("beekeeping").lines[1], "Bees  hive.md:")
  editor.expect_quiet()
end

--- Says that the notes are still being read, then finds something.
local function answer_late()
  answer_with({ verdict = "found", complete = true, hits = { made_up_hit() }, notes = { { 0 } } })
  child.lua([[
    local client = require("starlight.client")
    local answer = client.execute
    client.execute = function(_, _, argument, on_result)
      client.execute = answer
      on_result({ verdict = "nothing", complete = false, hits = {}, notes = {}, query = argument.query })
    end
  ]])
  child.cmd("Starlight search tomatoes")
  editor.wait_for_message("still reading your notes")
end

local READY = [[require("starlight.status").update(1, { state = "ready", files = 1, failed = 0 })]]

T["searches again when the notes are read"] = function()
  answer_late()
  eq(child.lua_get("_G.offered"), vim.NIL)
  child.lua(READY)
  eq(child.lua_get("_G.offered.prompt"), 'About "tomatoes": 1 place')
end

T["does not interrupt a user who has begun to write when the notes are read"] = function()
  answer_late()
  child.type_keys("i")
  child.lua(READY)
  editor.wait_for_message('your notes are read, search for "tomatoes" again')
  eq(child.lua_get("_G.offered"), vim.NIL)
end

T["says when what was found is not close, or not all there is"] = function()
  answer_with({ verdict = "weak", complete = false, hits = { made_up_hit() }, notes = { { 0 } } })
  local offered = editor.search("tomatoes")
  editor.expect_part(offered.prompt, 'Nothing is close to "tomatoes"')
  editor.expect_part(offered.prompt, "results are incomplete")
end

T["says how far the index is, and whether the old one answers"] = function()
  local told = [[require("starlight.status").update(...)]]
  answer_with({ verdict = "found", complete = false, hits = { made_up_hit() }, notes = { { 0 } } })
  child.lua(told, { 1, { state = "indexing", percent = 40, rebuilding = false } })
  editor.expect_part(editor.search("tomatoes").prompt, "(indexing, 40 %: results are incomplete)")
  child.lua(told, { 1, { state = "indexing", percent = 7, rebuilding = true } })
  editor.expect_part(editor.search("tomatoes").prompt, "(rebuilding, 7 %: results are from the old index)")
  child.lua(told, { 1, { state = "paused", percent = 0, rebuilding = false } })
  editor.expect_part(editor.search("tomatoes").prompt, "(indexing is paused: results are incomplete)")
end

T["says when the chosen note has gone"] = function()
  local hit = made_up_hit()
  hit.path, hit.uri = "gone.md", vim.uri_from_fname(editor.vault .. "/gone.md")
  answer_with({ verdict = "found", complete = true, hits = { hit }, notes = { { 0 } } })
  editor.search("anything")
  child.lua("_G.choose(1)")
  editor.wait_for_message("gone.md is no longer there")
end

T["passes on what the server says went wrong"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.lua([[
    local client = require("starlight.client")
    client.execute(client.current(), "starlight.search", { query = 12 }, function() end)
  ]])
  local message, level = editor.wait_for_message("starlight.search failed: ")
  eq(level, "ERROR")
  assert(#message > #"Starlight: starlight.search failed: ", message)
end

return T
