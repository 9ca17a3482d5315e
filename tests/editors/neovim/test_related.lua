local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local NOTE = "garden/beekeeping.md"
local TYPED = "The tap in the kitchen drips: its washer is worn."
local WANTED = "Fixing a dripping tap"
local LINES = [[vim.api.nvim_buf_get_lines(vim.fn.bufnr("starlight://related"), 0, -1, false)]]
local FIRST = ([[(%s[4] or "")]]):format(LINES)
local IS_FIRST = FIRST .. (":find(%q, 1, true)"):format(WANTED)
local LIST = ([[table.concat(%s, "\n")]]):format(LINES)
local IN_LIST = LIST .. ":find(%q, 1, true)"
-- The line of its own note begins with it: reasons of other notes may name it, too.
local IS_LISTED = ([[vim.list_contains(%s, %q)]]):format(LINES, WANTED)

--- Records what the server is asked, which nothing on the screen says.
local RECORD = [[
  local request = vim.lsp.client.request
  _G.asked = {}
  vim.lsp.client.request = function(self, method, params, ...)
    table.insert(_G.asked, params and params.command or method)
    return request(self, method, params, ...)
  end
]]

local function open()
  editor.edit(NOTE)
  editor.wait_for_index()
  child.cmd("Starlight related")
  editor.wait(LIST .. [[:find("Related to beekeeping.md", 1, true)]])
end

local function type_about_the_tap()
  child.type_keys("Go<CR>", TYPED)
  editor.wait(IS_FIRST)
end

local function go_to_list()
  child.type_keys("<Esc>")
  child.cmd("Starlight related")
  eq(child.bo.filetype, "starlight-related")
end

local function count(command)
  local all = vim.iter(child.lua_get("_G.asked"))
  return #all:filter(function(one)
    return one == command
  end):totable()
end

T["lists what belongs to the place of the cursor, and leaves the cursor in the note"] = function()
  open()
  eq(child.api.nvim_buf_get_name(0), editor.vault .. "/" .. NOTE)
  local text = child.lua_get(LIST)
  editor.expect_part(text, "<CR> opens · i inserts a link · q closes")
  editor.expect_part(text, "meaning")
  eq(text:find("Beekeeping, first season", 1, true), nil)
  eq(#child.api.nvim_list_wins(), 2)
  editor.expect_quiet()
end

T["follows the cursor through text that is not saved"] = function()
  open()
  type_about_the_tap()
  eq(child.fn.mode(), "i")
  child.type_keys("<Esc>gg")
  child.lua([[vim.fn.search("swarm cells")]])
  child.type_keys("h")
  editor.wait("not " .. IS_FIRST)
  child.type_keys("G")
  editor.wait(IS_FIRST)
  editor.expect_quiet()
end

T["opens the passage in the window of the note"] = function()
  open()
  type_about_the_tap()
  local note = child.api.nvim_get_current_win()
  child.cmd("write")
  go_to_list()
  child.type_keys("4G", "<CR>")
  eq(child.api.nvim_get_current_win(), note)
  eq(vim.endswith(child.api.nvim_buf_get_name(0), "howto/dripping-tap.md"), true)
  eq(child.lua_get("vim.api.nvim_win_get_cursor(0)[1] > 1"), true)
  editor.wait(LIST .. [[:find("Related to dripping-tap.md", 1, true)]])
  eq(child.lua_get(IS_LISTED), false)
  editor.expect_quiet()
end

T["inserts a link at the cursor of the note, which one step undoes"] = function()
  open()
  type_about_the_tap()
  go_to_list()
  child.type_keys("5Gi")
  local last = [[vim.api.nvim_buf_get_lines(vim.fn.bufnr(%q), -2, -1, false)[1] ]]
  last = last:format(NOTE)
  editor.wait(("%s == %q"):format(last, TYPED .. "[[dripping-tap]]"))
  eq(child.bo.filetype, "markdown")
  eq(child.fn.mode(), "n")
  eq(child.lua_get([[vim.api.nvim_get_current_line():sub(vim.fn.col("."))]]), "]")
  editor.wait("not " .. IS_LISTED)
  child.type_keys("u")
  eq(child.lua_get(last), TYPED)
  editor.wait(IS_LISTED)
  editor.expect_quiet()
end

T["puts the link behind a character of several bytes, and into an empty line"] = function()
  open()
  local put = [[
    vim.api.nvim_buf_set_lines(0, 0, -1, false, { ... })
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
  ]]
  local link = [[vim.fn.getbufline("garden/beekeeping.md", 1)[1] == %q]]
  for line, linked in pairs({ ["é tap drips"] = "é[[", [""] = "[[" }) do
    child.lua(put, { line, "", TYPED })
    editor.wait(IS_LISTED)
    child.cmd("Starlight related")
    child.lua("vim.fn.search(...)", { WANTED })
    child.type_keys("i")
    editor.wait(link:format(linked .. "dripping-tap]]" .. line:sub(#linked - 1)))
  end
  editor.expect_quiet()
end

T["keeps whoever has moved to a hit with it"] = function()
  child.lua([[
    local buffer = require("starlight.related.buffer")
    local function hit(name)
      return {
        uri = "file:///" .. name, path = name, title = name, heading = "", start_line = 1,
        end_line = 2, line = 1, snippet = "About\n" .. name, score = 0, reasons = { "close in meaning" },
      }
    end
    buffer.show("Related to x.md", nil, { hit("a"), hit("b") })
    buffer.open({})
    buffer.open({})
    vim.api.nvim_win_set_cursor(0, { 8, 0 })
    _G.before = buffer.hit_at_cursor().path
    buffer.show("Related to x.md", nil, { hit("c"), hit("a"), hit("b") })
    _G.after = buffer.hit_at_cursor().path
    buffer.show("Related to x.md", "None.", {})
  ]])
  eq(child.lua_get("{ _G.before, _G.after }"), { "b", "b" })
  eq(editor.text(), "Related to x.md\n<CR> opens · i inserts a link · q closes\n\nNone.")
  eq(child.bo.modifiable, false)
end

T["follows nothing before it is open, and nothing after it is closed"] = function()
  editor.start(RECORD)
  editor.edit(NOTE)
  editor.wait_for_index()
  child.type_keys("G")
  eq(count("starlight.follow"), 0)
  child.cmd("Starlight related")
  editor.wait(LIST .. [[:find("meaning", 1, true)]])
  eq(count("starlight.follow") > 0, true)
  go_to_list()
  child.type_keys("q")
  eq(#child.api.nvim_list_wins(), 1)
  eq(count("starlight.unfollow"), 1)
  eq(child.lua_get([[pcall(vim.api.nvim_get_autocmds, { group = "starlight.related" })]]), false)
  child.cmd("Starlight related")
  editor.wait(LIST .. [[:find("meaning", 1, true)]])
  editor.expect_quiet()
end

T["says what it is for where there is no note, and when the note is closed"] = function()
  child.cmd("Starlight related")
  editor.wait(IN_LIST:format("Go to a note"))
  editor.edit(NOTE)
  editor.wait(LIST .. [[:find("Related to beekeeping.md", 1, true)]])
  child.cmd("enew | bdelete " .. vim.fn.fnameescape(NOTE))
  editor.wait(IN_LIST:format("Go to a note"))
  editor.expect_quiet()
end

return T
