local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local NOTE = "howto/dripping-tap.md"
local SUGGESTED = "A suggestion of the model."
local READY = [[vim.iter(vim.api.nvim_list_wins()):find(function(window)
  return vim.wo[window].winbar:find("<CR> accepts", 1, true) ~= nil
end)]]

local function start_with_model()
  editor.start([[vim.lsp.config("starlight", {
    settings = { starlight = { chat = { endpoint = vim.env.STARLIGHT_MODEL_URL } } },
  })]])
  editor.edit(NOTE)
  editor.wait_for_index()
end

--- Chooses the code action for one line.
local function act(title, line)
  child.lua(
    [[
    local title, line = ...
    vim.lsp.buf.code_action({
      apply = true,
      range = { start = { line, 0 }, ["end"] = { line, #vim.fn.getline(line) } },
      filter = function(action) return action.title:find(title, 1, true) ~= nil end,
    })]],
    { title, line }
  )
end

local function line(number)
  return child.lua_get("vim.fn.getbufline(vim.fn.bufnr(...), " .. number .. ")[1]", { NOTE })
end

T["takes the place of a line only when it is accepted, and can be undone"] = function()
  start_with_model()
  local before = line(8)
  act("Shorten", 8)
  editor.wait(READY)
  eq(editor.text(), SUGGESTED)
  eq(line(8), before)
  child.type_keys("<CR>")
  editor.wait(([[vim.fn.getline(8) == %q]]):format(SUGGESTED))
  child.cmd("undo")
  eq(line(8), before)
  editor.expect_quiet()
end

T["leaves the note as it is when it is refused"] = function()
  start_with_model()
  local before = line(8)
  act("Shorten", 8)
  editor.wait(READY)
  child.type_keys("q")
  eq(vim.endswith(child.lua_get("vim.api.nvim_buf_get_name(0)"), NOTE), true)
  eq(line(8), before)
  eq(child.bo.modified, false)
  editor.expect_quiet()
end

T["answers a question in the words of the model"] = function()
  start_with_model()
  child.cmd("Starlight ask which spanner does the valve of the tap need")
  editor.wait([[vim.b.starlight_ask and vim.fn.search("^> tiny", "nw") > 0]])
  editor.expect_part(editor.text(), "Unscrew the valve with a 19 mm spanner. [1]")
  editor.expect_part(editor.text(), "1 of 1 cited statement supported")
  editor.expect_quiet()
end

return T
