local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local NOTE = "howto/dripping-tap.md"
local OFFERED = [[vim.iter(_G.offered and _G.offered.lines or {}):find(function(line)
  return line:find(%q, 1, true)
end)]]
local LIST = [[table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr("starlight://related"), 0, -1, false), "\n")]]

--- Opens the note with its lenses, and asks Neovim for those at its title.
local function offer_at_title()
  editor.start([[vim.lsp.config("starlight", { settings = { starlight = { codeLens = { counts = true } } } })]])
  editor.edit(NOTE)
  editor.wait_for_index()
  child.lua([[vim.fn.search("^# ")]])
  child.lua("vim.lsp.codelens.run()")
end

---@param text string  of a lens that is offered
local function choose(text)
  editor.wait(OFFERED:format(text))
  child.lua(
    [[for index, line in ipairs(_G.offered.lines) do
      if line:find(..., 1, true) then
        return _G.choose(index)
      end
    end]],
    { text }
  )
end

T["lists the links to a note"] = function()
  offer_at_title()
  choose("2 backlinks")
  editor.wait([[#vim.fn.getqflist() == 2 and vim.bo.buftype == "quickfix"]])
  local found = child.lua_get([[vim.tbl_map(function(item)
    return { vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)), item.text }
  end, vim.fn.getqflist())]])
  eq(found, {
    { "Start here.md", "- [[home-network]], [[photo-backup]], [[dripping-tap]], [[painting-walls]]" },
    { "moving-house.md", "- the tap, in January: [[dripping-tap]]" },
  })
  eq(child.fn.getqflist({ title = 0 }).title, "Backlinks")
  child.type_keys("<CR>")
  eq(child.lua_get([[vim.api.nvim_get_current_line():sub(vim.fn.col("."))]]):find("[[dripping-tap]]", 1, true), 1)
  editor.expect_quiet()
end

T["shows what is related, for the heading that it stands at"] = function()
  offer_at_title()
  editor.wait(OFFERED:format("related note"))
  local title = child.fn.line(".")
  child.type_keys("G")
  choose("related note")
  editor.wait(LIST .. [[:find("Related to dripping-tap.md", 1, true)]])
  eq(child.lua_get("vim.fs.basename(vim.api.nvim_buf_get_name(0))"), "dripping-tap.md")
  eq(child.fn.line("."), title)
  editor.expect_quiet()
end

return T
