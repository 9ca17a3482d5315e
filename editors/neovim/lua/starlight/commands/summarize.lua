--- `:Starlight summarize [what]`: a summary of the note, a part of it, a folder, a tag, changes or a search.

local notify = require("starlight.notify")

local M = {}

---@return string? uri  of the current note
local function note()
  local name = vim.api.nvim_buf_get_name(0)
  if name == "" or vim.b.starlight_ask then
    notify.warn("go to a note to summarize it.")
    return nil
  end
  return vim.uri_from_bufnr(0)
end

---@return string
local function name()
  return vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ":t")
end

--- Asks for words where there are none.
---@param words string
---@param prompt string
---@param run fun(words: string)
local function with_words(words, prompt, run)
  if words ~= "" then
    return run(words)
  end
  vim.ui.input({ prompt = prompt }, function(typed)
    if typed and vim.trim(typed) ~= "" then
      run(vim.trim(typed))
    end
  end)
end

---@param title string
---@param argument table
local function summarize(title, argument)
  require("starlight.ask").summarize(title, argument)
end

---@type table<string, fun(rest: string)>
local kinds = {
  note = function()
    local uri = note()
    if uri then
      summarize(name(), { uri = uri })
    end
  end,
  section = function()
    local uri = note()
    if uri then
      local line = vim.api.nvim_win_get_cursor(0)[1] - 1
      local position = { line = line, character = 0 }
      summarize("a section of " .. name(), { uri = uri, position = position })
    end
  end,
  folder = function(rest)
    local path = rest ~= "" and vim.fn.expand(rest)
      or vim.fs.dirname(vim.api.nvim_buf_get_name(0))
    if path == "" or path == "." then
      path = vim.fn.getcwd()
    end
    path = vim.fs.abspath(path)
    summarize(vim.fn.fnamemodify(path, ":~:."), { uri = vim.uri_from_fname(path) })
  end,
  tag = function(rest)
    with_words(rest, "Which tag? ", function(tag)
      summarize("#" .. tag:gsub("^#", ""), { tag = tag })
    end)
  end,
  since = function(rest)
    with_words(rest, "Since when (7d, last week, 2024-05-01)? ", function(day)
      summarize("what has changed: " .. day, { since = day })
    end)
  end,
  search = function(rest)
    with_words(rest, "What shall be searched for? ", function(query)
      summarize(query, { query = query })
    end)
  end,
  conversation = function()
    local turns = require("starlight.ask").exchanges()
    if #turns == 0 then
      return notify.warn("there is no answer yet that could be summarized.")
    end
    summarize("this conversation", { turns = turns })
  end,
  insert = function()
    require("starlight.ask").place()
  end,
  save = function()
    require("starlight.ask").place("note")
  end,
}

M.names = vim.tbl_keys(kinds)
table.sort(M.names)

---@param rest string
---@param range? { [1]: integer, [2]: integer }
function M.run(rest, range)
  if range then
    local uri = note()
    if uri then
      local lines = {
        start = { line = range[1] - 1, character = 0 },
        ["end"] = { line = range[2], character = 0 },
      }
      summarize(("lines %d to %d of %s"):format(range[1], range[2], name()), {
        uri = uri,
        range = lines,
      })
    end
    return
  end
  local what, words = rest:match("^(%S*)%s*(.-)%s*$")
  local kind = kinds[what == "" and "note" or what]
  if not kind then
    return notify.warn(
      ("there is nothing called %q to summarize: use one of %s."):format(
        what,
        table.concat(M.names, ", ")
      )
    )
  end
  kind(words)
end

--- Does what a code action says; Neovim calls it in place of sending the command.
---@param command lsp.Command
function M.action(command)
  summarize(command.title:gsub("^Summarize ", ""), command.arguments[1])
end

return M
