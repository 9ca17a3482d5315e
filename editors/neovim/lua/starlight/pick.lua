--- Choosing a note: by its name, or by what it says.

local client = require("starlight.client")
local hits = require("starlight.hits")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

--- Whether a note is called exactly so: by its title, its path, or the name of its file.
---@param hit starlight.Hit
---@param words string
---@return boolean
local function is_called(hit, words)
  local wanted = vim.fn.tolower(words)
  local file = vim.fs.basename(hit.path)
  local names = { hit.title, hit.path, file, vim.fn.fnamemodify(file, ":r") }
  return vim.iter(names):any(function(name)
    return vim.fn.tolower(name) == wanted
  end)
end

---@param running vim.lsp.Client
---@param words string
---@param asked starlight.NoteWanted
local function find(running, words, asked)
  client.execute(running, protocol.command.search, { query = words }, function(answer)
    ---@cast answer starlight.Answer
    local found = vim.tbl_filter(function(item)
      return not item.further and item.hit.uri ~= asked.except
    end, answer.verdict == "nothing" and {} or hits.by_note(answer))
    if #found == 0 then
      return notify.info(('no note is called "%s", or is about it.'):format(words))
    end
    local called = vim.tbl_filter(function(item)
      return is_called(item.hit, words)
    end, found)
    if #called == 1 then
      return asked.on_choice(called[1].hit.uri)
    end
    vim.ui.select(found, {
      prompt = asked.prompt,
      kind = "starlight.note",
      ---@param item starlight.Item
      format_item = function(item)
        return ("%s  %s"):format(item.hit.title, item.hit.path)
      end,
      preview_item = hits.preview,
    }, function(item)
      if item then
        asked.on_choice(item.hit.uri)
      end
    end)
  end)
end

---@class starlight.NoteWanted
---@field prompt string
---@field words? string  those to look for; asked for where there are none
---@field except? string  the URI of a note that is not meant
---@field on_choice fun(uri: string)

---@param running vim.lsp.Client
---@param asked starlight.NoteWanted
function M.note(running, asked)
  if asked.words and asked.words ~= "" then
    return find(running, asked.words, asked)
  end
  vim.ui.input({ prompt = asked.prompt .. " " }, function(typed)
    if typed and vim.trim(typed) ~= "" then
      find(running, vim.trim(typed), asked)
    end
  end)
end

return M
