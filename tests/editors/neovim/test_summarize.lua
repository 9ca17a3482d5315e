local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local NOTE = "howto/dripping-tap.md"
local DONE = [[vim.b.starlight_ask and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  :find("> Sentences from your notes, no model", 1, true) ~= nil]]

local function summarize(rest, range)
  child.cmd((range or "") .. "Starlight summarize " .. (rest or ""))
  editor.wait(DONE)
end

T["summarizes the note, says how much was read, and puts the summary into it"] = function()
  editor.edit(NOTE)
  editor.wait_for_index()
  summarize()
  local text = editor.text()
  editor.expect_part(text, "## Summarize dripping-tap.md")
  editor.expect_part(text, "[1]")
  editor.expect_part(text, NOTE .. ":")
  editor.expect_part(text, "without a model.")
  child.type_keys("I")
  editor.wait_for_message("the summary is in")
  child.cmd("wincmd p")
  editor.expect_part(editor.text(), "> [!summary] Starlight\n> ")
  child.cmd("undo")
  eq(editor.text():find("[!summary]", 1, true), nil)
  editor.expect_quiet()
end

T["summarizes a section, lines, a folder, a tag, changes and a search"] = function()
  editor.edit(NOTE)
  editor.wait_for_index()
  local asked = {
    { "section", nil, "a section of dripping-tap.md" },
    { "", "1,8", "lines 1 to 8 of dripping-tap.md" },
    { "folder", nil, "howto" },
    { "since 2000-01-01", nil, "what has changed: 2000-01-01" },
    { "search leaky faucet", nil, "leaky faucet" },
  }
  for _, one in ipairs(asked) do
    child.cmd("wincmd t")
    editor.edit(NOTE)
    summarize(one[1], one[2])
    local title = editor.text():match(".*## Summarize ([^\n]*)")
    editor.expect_part(title, one[3])
    editor.expect_part(editor.text(), "without a model.")
    child.type_keys("N")
    child.type_keys("q")
  end
end

T["makes a note of a summary, in a buffer that the user writes"] = function()
  editor.edit(NOTE)
  editor.wait_for_index()
  summarize("folder")
  child.type_keys("O")
  editor.wait_for_message("the summary is in summaries")
  editor.expect_quiet()
end

T["says what it cannot summarize"] = function()
  editor.edit(NOTE)
  editor.wait_for_index()
  child.cmd("Starlight summarize everything")
  editor.wait_for_message('there is nothing called "everything" to summarize')
  child.cmd("Starlight summarize insert")
  editor.wait_for_message("there is no summary yet")
  child.cmd("Starlight summarize conversation")
  editor.wait_for_message("there is no answer yet")
end

return T
