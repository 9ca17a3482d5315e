--- The subcommands of `:Starlight`. Each is a module of its own, loaded when it is first run.

local M = {}

---@class starlight.Command
---@field run fun(rest: string, range?: { [1]: integer, [2]: integer })  what follows the subcommand; the lines named

---@type string[]
M.names = {
  "search",
  "ask",
  "summarize",
  "related",
  "backlinks",
  "connect",
  "neighbours",
  "graph",
  "map",
  "open",
  "status",
  "why",
  "pause",
  "resume",
  "rebuild",
  "log",
}

---@param args string  what follows `:Starlight`
---@param range? { [1]: integer, [2]: integer }  first and last line where a range was given
function M.run(args, range)
  local name, rest = args:match("^%s*(%S*)%s*(.-)%s*$")
  if vim.list_contains(M.names, name) then
    require("starlight.commands." .. name).run(rest, range)
    return
  end
  local known = "use one of " .. table.concat(M.names, ", ") .. "."
  local said = name == "" and ":Starlight needs a subcommand"
    or ('there is no subcommand "%s"'):format(name)
  require("starlight.notify").warn(said .. ": " .. known)
end

---@param lead string  the word under the cursor
---@param line string  the whole command line
---@return string[]
function M.complete(lead, line)
  local command = line:match("Starlight!?%s+(%S+)%s+%S*$")
  if command == "summarize" or command == "graph" then
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, require("starlight.commands." .. command).names)
  end
  -- Past the subcommand comes free text, which nothing can complete.
  if line:match("Starlight!?%s+%S+%s") then
    return {}
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, M.names)
end

return M
