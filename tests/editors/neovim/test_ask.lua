local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local QUESTION = "leaky faucet plumbing"
local NOTE = "howto/dripping-tap.md"
local ANSWERED = [[vim.b.starlight_ask and select(2, table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  :gsub("> Sentences from your notes, no model", "")) == %d]]
local DONE = ANSWERED:format(1)

local function ask(question, range, n_answers)
  child.cmd((range or "") .. "Starlight ask " .. question)
  editor.wait(ANSWERED:format(n_answers or 1))
end

local function go_to(pattern)
  eq(child.lua_get("vim.fn.search(...) > 0", { pattern }), true)
end

local function file()
  return child.lua_get([[vim.api.nvim_buf_get_name(0)]])
end

T["answers with sentences of the notes and their sources where there is no model"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  ask(QUESTION)
  local text = editor.text()
  editor.expect_part(text, "## " .. QUESTION)
  editor.expect_part(text, "[1]")
  editor.expect_part(text, NOTE)
  eq(child.bo.filetype, "markdown")
  eq(child.bo.modifiable, false)
  editor.expect_quiet()
end

T["opens the source under the cursor, on its line and on a citation"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  ask(QUESTION)
  go_to([[^\d\+\. .*]] .. vim.fn.escape(NOTE, "/."))
  local line = child.lua_get([[tonumber(vim.api.nvim_get_current_line():match(":(%d+)"))]])
  child.type_keys("<CR>")
  eq(vim.endswith(file(), NOTE), true)
  eq(child.lua_get("vim.api.nvim_win_get_cursor(0)[1]"), line)
  child.cmd("wincmd p")
  eq(child.lua_get("vim.b.starlight_ask"), true)
  child.cmd("1")
  go_to([[\[\d\+\]\zs]])
  child.cmd("normal! h")
  child.type_keys("<CR>")
  eq(child.lua_get("vim.b.starlight_ask == nil"), true)
  eq(#child.api.nvim_list_wins(), 2)
  editor.expect_quiet()
end

T["stays within the lines of a range"] = function()
  editor.edit(NOTE)
  editor.wait_for_index()
  ask("which spanner does the valve need", "13,18")
  local text = editor.text()
  editor.expect_part(text, NOTE .. ":1")
  for path in text:gmatch("([%w/-]+%.md):%d+") do
    eq(path, NOTE)
  end
end

T["goes on with a conversation, and begins a new one"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  ask(QUESTION)
  ask("and the parts?", nil, 2)
  editor.expect_part(editor.text(), "## " .. QUESTION)
  editor.expect_part(editor.text(), "## and the parts?")
  child.type_keys("N")
  eq(editor.text(), "")
end

T["asks for a question where there is none"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  child.lua(([[vim.ui.input = function(_, done) done(%q) end]]):format(QUESTION))
  child.cmd("Starlight ask")
  editor.wait(DONE)
  editor.expect_part(editor.text(), "## " .. QUESTION)
end

T["says what no note says"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  ask("zzkq wvvxj qqfp")
  editor.expect_part(editor.text(), "Your notes do not say")
end

T["saves a conversation as a note"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  ask(QUESTION)
  child.type_keys("S")
  editor.wait_for_message("the conversation is in chats/")
  local saved = editor.wait([[vim.iter(vim.api.nvim_list_bufs()):find(function(buf)
    return vim.api.nvim_buf_get_name(buf):find("/chats/", 1, true) ~= nil
  end)]])
  local text = table.concat(child.api.nvim_buf_get_lines(saved, 0, -1, false), "\n")
  editor.expect_part(text, QUESTION)
  editor.expect_part(text, "dripping-tap")
end

T["says when there is nothing to stop, to save or to open"] = function()
  editor.edit("Start here.md")
  editor.wait_for_index()
  child.lua([[require("starlight.ask").stop()]])
  editor.wait_for_message("no answer is being written")
  child.lua([[require("starlight.ask").save()]])
  editor.wait_for_message("there is no answer yet")
  ask(QUESTION)
  child.cmd("1")
  child.type_keys("<CR>")
  editor.wait_for_message("put the cursor on a citation")
end

T["knows the citation under the cursor"] = function()
  local at = [[require("starlight.ask.turn").citation_at(...)]]
  eq(child.lua_get(at, { "Hot [1][2, 13].", 5 }), 1)
  eq(child.lua_get(at, { "Hot [1][2, 13].", 8 }), 2)
  eq(child.lua_get(at, { "Hot [1][2, 13].", 12 }), 13)
  eq(child.lua_get(at .. " == nil", { "Hot [1][2, 13].", 1 }), true)
end

T["marks what a source does not say, where it stands"] = function()
  child.lua([[
    local buffer, turns = require("starlight.ask.buffer"), require("starlight.ask.turn")
    buffer.open({})
    local turn = turns.begun("1", "How far?")
    buffer.show(turn)
    turns.finish(turn, {
      question = "How far?", answer = "Schön 🙂.\nIt is 12 km. [1]", kind = "generated", verdict = "found",
      complete = true, sources = {}, left_out = {}, model = "tiny", host = "", left_machine = false,
      stopped = false, hint = "", usage = { tokens_per_second = 0 },
      statements = { {
        text = "It is 12 km. [1]", start = 9, ["end"] = 25, sources = { 1 },
        support = "unsupported", reason = "12 km is not in source 1",
      } },
    })
    buffer.show(turn)
  ]])
  local found = child.lua_get("vim.diagnostic.get(0)")
  eq(#found, 1)
  eq(found[1].message, "12 km is not in source 1")
  local line = child.api.nvim_buf_get_lines(0, found[1].lnum, found[1].lnum + 1, false)[1]
  eq(line:sub(found[1].col + 1, found[1].end_col), "It is 12 km. [1]")
end

return T
