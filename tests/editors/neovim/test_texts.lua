local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child

-- A format that is made for tests: form feeds begin pages, and Neovim could not show it as the text that it says.
local FORMATS = vim.fs.dirname(vim.fs.dirname(assert(vim.env.STARLIGHT_SPECS))) .. "/e2e/formats"
local PASSAGE = "Half of the brain of a whale sleeps while the other half stays awake."
local DOCUMENT = "# Whales\n\nThey sing. See [the tap](howto/dripping-tap.md).\n\f\n## Sleep\n\n" .. PASSAGE .. "\n"
local PATH = editor.vault .. "/whales of the sea.paged"

local T = MiniTest.new_set({
  hooks = {
    pre_case = function()
      local file = assert(io.open(PATH, "w"))
      file:write(DOCUMENT)
      file:close()
      editor.start(("vim.env.PYTHONPATH = %q; vim.ui.open = function(path) _G.opened = path end"):format(FORMATS))
    end,
    post_once = child.stop,
  },
})

local function hover_at(words)
  child.fn.search(words)
  child.lua("vim.lsp.buf.hover()")
  return editor.wait([[vim.iter(vim.api.nvim_list_wins()):map(function(window)
    local shown = vim.api.nvim_win_get_config(window).relative ~= ""
    local buf = vim.api.nvim_win_get_buf(window)
    return shown and table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), "\n") or nil
  end):totable()[1] ]])
end

T["a hit in a document opens its text at the passage, where hover and related work"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  local offered = editor.search("asleep brain of whales")
  editor.expect_part(offered.lines[1], "Whales › Sleep")
  editor.expect_part(offered.lines[1], "whales of the sea.paged, p. 2  ")
  child.lua("_G.choose(1)")
  eq(child.api.nvim_get_current_line(), PASSAGE)
  eq({ child.bo.modifiable, child.bo.filetype, child.bo.buftype }, { false, "markdown", "nofile" })
  child.cmd("Starlight open")
  eq(child.lua_get("_G.opened"), PATH)
  editor.wait_for_message("whales of the sea.paged, p. 2")
  editor.expect_part(hover_at("the tap"), "Fixing a dripping tap")
  child.cmd("Starlight related")
  editor.wait([[#vim.fn.win_findbuf(vim.fn.bufnr("starlight://related")) == 1]])
  editor.wait([[vim.iter(vim.api.nvim_buf_get_lines(vim.fn.bufnr("starlight://related"), 0, -1, false))
    :any(function(line) return line == "Related to whales of the sea.paged" end)]])
  eq(child.lua_get("vim.diagnostic.get(0)"), {})
  editor.expect_quiet()
end

return T
