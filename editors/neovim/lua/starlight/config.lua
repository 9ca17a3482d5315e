--- The editor's own options, from `vim.g.starlight`.
--- Settings of the server are not here: they belong into `vim.lsp.config("starlight", ...)`.

--- What a user may write; every option may be left out.
---@class starlight.Opts
---@field folder? string  your folder of notes: searched where no client runs yet
---@field open? "edit"|"split"|"vsplit"|"tab"  how a chosen note is opened
---@field quickfix? boolean  whether a search also fills the quickfix list

--- What the plugin works with; every option has a value, but for the folder.
---@class starlight.Config
---@field folder? string
---@field open "edit"|"split"|"vsplit"|"tab"
---@field quickfix boolean

local M = {}

---@type starlight.Config
M.defaults = { folder = nil, open = "edit", quickfix = true }

local WAYS_TO_OPEN = { "edit", "split", "vsplit", "tab" }

---@param expected string
---@return fun(value: any): string?
local function of_type(expected)
  return function(value)
    if type(value) ~= expected then
      return ("expected a %s, got a %s"):format(expected, type(value))
    end
  end
end

---@param value any
---@return string? problem
local function check_open(value)
  if not vim.list_contains(WAYS_TO_OPEN, value) then
    local ways = '"' .. table.concat(WAYS_TO_OPEN, '", "') .. '"'
    return ("expected one of %s, got %s"):format(ways, vim.inspect(value))
  end
end

---@param value any
---@return string? problem
local function check_folder(value)
  local problem = of_type("string")(value)
  if not problem and vim.fn.isdirectory(vim.fs.normalize(value)) == 0 then
    problem = ('there is no folder "%s"'):format(value)
  end
  return problem
end

---@type table<string, fun(value: any): string?>
local checks = { folder = check_folder, open = check_open, quickfix = of_type("boolean") }

---@return any options  what the user wrote
---@return string? problem
local function written()
  local options = vim.g.starlight
  if type(options) ~= "function" then
    return options
  end
  local ok, result = pcall(options)
  if ok then
    return result
  end
  return nil, ("vim.g.starlight: the function failed: %s"):format(result)
end

---@return string
local function known_options()
  local names = vim.tbl_keys(checks)
  table.sort(names)
  return table.concat(names, ", ")
end

--- The options as they hold now. A wrong one falls back to its default and is listed.
---@return starlight.Config config
---@return string[] problems  each names the option by its path
function M.read()
  local config = vim.deepcopy(M.defaults)
  local options, problem = written()
  if options == nil then
    return config, { problem }
  end
  if type(options) ~= "table" then
    local got = type(options)
    return config, { ("vim.g.starlight: expected a table or a function, got a %s"):format(got) }
  end
  local problems = {}
  for name, value in vim.spairs(options) do
    local check = checks[name]
    local wrong = not check and ("no such option; there are %s"):format(known_options())
      or check(value)
    if wrong then
      table.insert(problems, ("vim.g.starlight.%s: %s"):format(name, wrong))
    else
      config[name] = value
    end
  end
  if config.folder then
    config.folder = vim.fs.normalize(config.folder)
  end
  return config, problems
end

--- Says once what is wrong in the options.
function M.warn()
  local _, problems = M.read()
  for _, problem in ipairs(problems) do
    require("starlight.notify").warn_once(problem)
  end
end

return M
