--- A Neovim of its own for each case, with Starlight in it as a user would have it.

local MiniTest = require("mini.test")

local M = {}

local PATIENCE_MS = 30000
local here = assert(vim.env.STARLIGHT_SPECS)
local plugin = assert(vim.env.STARLIGHT_PLUGIN)

--- The folder of notes that the specs work on, a copy made for them.
M.vault = assert(vim.env.STARLIGHT_VAULT)
M.child = MiniTest.new_child_neovim()

---@param before? string  Lua that runs before the plugin is loaded, as a user's init.lua does
function M.start(before)
  local first = {
    "luafile " .. here .. "/record.lua",
    "cd " .. vim.fn.fnameescape(M.vault),
    before and "lua " .. before,
  }
  local arguments = { "-u", plugin .. "/troubleshooting/minimal.lua" }
  for _, command in ipairs(first) do
    vim.list_extend(arguments, { "--cmd", command })
  end
  M.child.restart(arguments)
end

--- Waits until the Lua expression is true in the Neovim under test, and returns its value.
---@param expression string
function M.wait(expression)
  local code = ([[
    local value
    vim.wait(%d, function() value = %s; return value end, 20)
    return value or false]]):format(PATIENCE_MS, expression)
  local value = M.child.lua(code)
  if not value then
    local said = vim.inspect(M.child.lua_get("_G.said"))
    error(("never came true: %s\nsaid so far: %s"):format(expression, said), 2)
  end
  return value
end

---@param path string  below the vault
function M.edit(path)
  M.child.lua(
    "vim.cmd.edit({ args = { ... }, magic = { file = false } })",
    { M.vault .. "/" .. path }
  )
end

--- Waits until the index is complete, which the client is told by the server.
function M.wait_for_index()
  M.wait([[require("starlight").statusline():match("^starlight: %d+ notes")]])
end

--- Waits for a message with this in it, and returns the message and its level's name.
---@param text string
---@return string message
---@return string level
function M.wait_for_message(text)
  local found = M.wait(([[vim.iter(_G.said):find(function(one)
    return one.message:find(%q, 1, true)
  end)]]):format(text))
  for name, level in pairs(vim.log.levels) do
    if level == found.level then
      return found.message, name
    end
  end
  error("no such level: " .. found.level)
end

---@param query string
---@return { prompt: string, kind: string, lines: string[] }
function M.search(query)
  M.child.lua("_G.offered = nil")
  M.child.cmd("Starlight search " .. query)
  M.wait("_G.offered ~= nil")
  local fields = "{ prompt = _G.offered.prompt, kind = _G.offered.kind, lines = _G.offered.lines }"
  return M.child.lua_get(fields)
end

---@param text string
---@param part string
function M.expect_part(text, part)
  if not text:find(part, 1, true) then
    error(("expected %q in:\n%s"):format(part, text), 2)
  end
end

---@return string  the current buffer's text
function M.text()
  return table.concat(M.child.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

--- Fails when the user was told of an error, or of something deprecated.
function M.expect_quiet()
  local errors = M.child.lua_get([[vim.tbl_filter(function(one)
    return one.level >= vim.log.levels.ERROR
  end, _G.said)]])
  MiniTest.expect.equality(errors, {})
  MiniTest.expect.equality(M.child.lua_get("_G.deprecations"), {})
  MiniTest.expect.equality(M.child.v.errmsg, "")
end

--- A set of cases, each in a fresh Neovim.
---@return table
function M.new_set()
  return MiniTest.new_set({
    hooks = {
      pre_case = function()
        M.start()
      end,
      post_once = M.child.stop,
    },
  })
end

return M
