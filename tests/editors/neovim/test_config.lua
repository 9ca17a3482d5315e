local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

---@param options string  Lua
---@return table config
---@return string[] problems
local function read(options)
  child.lua("vim.g.starlight = " .. options)
  return unpack(child.lua_get([[{ require("starlight.config").read() }]]))
end

T["has defaults"] = function()
  local config, problems = read("nil")
  eq(config, { open = "edit", quickfix = true })
  eq(problems, {})
end

T["takes a table"] = function()
  local config, problems = read([[{ open = "split", folder = vim.fn.getcwd() }]])
  eq(config, { open = "split", quickfix = true, folder = editor.vault })
  eq(problems, {})
end

T["takes a function"] = function()
  local config = read([[function() return { quickfix = false } end]])
  eq(config.quickfix, false)
end

T["names a wrong option by its path, and keeps its default"] = function()
  local config, problems = read([[{ open = "sideways", quickfix = "no", folder = "/not/there" }]])
  eq(config, { open = "edit", quickfix = true })
  eq(problems, {
    'vim.g.starlight.folder: there is no folder "/not/there"',
    'vim.g.starlight.open: expected one of "edit", "split", "vsplit", "tab", got "sideways"',
    "vim.g.starlight.quickfix: expected a boolean, got a string",
  })
end

T["names an option that does not exist"] = function()
  local _, problems = read([[{ qickfix = false }]])
  eq(problems, { "vim.g.starlight.qickfix: no such option; there are folder, open, quickfix" })
end

T["names a whole that is no table, and a function that fails"] = function()
  local _, problems = read("5")
  eq(problems, { "vim.g.starlight: expected a table or a function, got a number" })
  _, problems = read([[function() error("my own fault") end]])
  editor.expect_part(problems[1], "vim.g.starlight: the function failed")
  editor.expect_part(problems[1], "my own fault")
end

T["a wrong option is said once, and does not stop a search"] = function()
  editor.start([[vim.g.starlight = { opne = "tab" }]])
  editor.search("leaking faucet")
  editor.search("bread")
  local message, level = editor.wait_for_message("vim.g.starlight.opne")
  eq(level, "WARN")
  editor.expect_part(message, "no such option")
  local warnings = [[#vim.tbl_filter(function(one) return one.level == 3 end, _G.said)]]
  eq(child.lua_get(warnings), 1)
end

return T
