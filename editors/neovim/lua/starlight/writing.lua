--- Writing help: what a model suggests grows in a window below, and takes the place of a text only when it is accepted.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")
local scratch = require("starlight.scratch")

local M = {}

local asked = 0

---@class starlight.Writing
---@field id string
---@field running vim.lsp.Client
---@field bufnr integer
---@field text string
---@field title string
---@field suggestion? starlight.Suggestion

---@type starlight.Writing?
local current

---@param writing starlight.Writing
---@param state string
local function show(writing, state)
  if not vim.api.nvim_buf_is_valid(writing.bufnr) then
    return
  end
  local lines = vim.split(writing.text, "\r?\n")
  scratch.write(writing.bufnr, 0, lines)
  local window = vim.fn.bufwinid(writing.bufnr)
  if window ~= -1 then
    vim.wo[window].winbar = (writing.title .. ": " .. state):gsub("%%", "%%%%")
    vim.api.nvim_win_set_cursor(window, { writing.suggestion and 1 or #lines, 0 })
  end
end

--- Takes what the server tells while it writes; true where it is about a suggestion.
---@param news starlight.AnswerProgress
---@return boolean
function M.heard(news)
  if not current or current.id ~= news.id then
    return false
  end
  current.text = current.text .. (news.text or "")
  show(current, (news.message or news.phase or "writing") .. " …  <C-c> stops")
  return true
end

---@param writing starlight.Writing
local function close(writing)
  if current == writing then
    current = nil
  end
  if vim.api.nvim_buf_is_valid(writing.bufnr) then
    vim.api.nvim_buf_delete(writing.bufnr, { force = true })
  end
end

---@param writing starlight.Writing
local function accept(writing)
  local suggestion = writing.suggestion
  if not suggestion then
    return notify.info("it is still being written; <C-c> stops it.")
  elseif not suggestion.edit then
    return notify.warn(suggestion.hint ~= "" and suggestion.hint or "there is nothing to accept.")
  end
  close(writing)
  vim.lsp.util.apply_workspace_edit(suggestion.edit, writing.running.offset_encoding)
end

---@param writing starlight.Writing
local function stop(writing)
  if not writing.suggestion then
    client.request(writing.running, protocol.command.stop, { id = writing.id }, function() end)
  end
end

---@param writing starlight.Writing
local function open(writing)
  vim.cmd("belowright 12split")
  vim.api.nvim_win_set_buf(0, writing.bufnr)
  vim.wo[0].wrap = true
  vim.wo[0].linebreak = true
  local keys = {
    ["<CR>"] = { accept, "Starlight: accept the suggestion" },
    ["<C-c>"] = { stop, "Starlight: stop writing" },
    q = {
      function()
        stop(writing)
        close(writing)
      end,
      "Starlight: leave the note as it is",
    },
  }
  for key, action in pairs(keys) do
    vim.keymap.set("n", key, function()
      action[1](writing)
    end, { buffer = writing.bufnr, nowait = true, desc = action[2] })
  end
end

---@param writing starlight.Writing
---@param problem string?
---@param suggestion table?
local function finish(writing, problem, suggestion)
  if problem then
    close(writing)
    return notify.error(problem)
  end
  writing.suggestion = suggestion --[[@as starlight.Suggestion]]
  writing.text = writing.suggestion.text
  local state = writing.suggestion.edit and "<CR> accepts, q leaves the note as it is"
    or (writing.suggestion.hint .. " q closes")
  if writing.suggestion.left_machine then
    state = ("sent to %s.  %s"):format(writing.suggestion.host, state)
  end
  show(writing, state)
end

--- Does what a code action says; Neovim calls it in place of sending the command.
---@param command lsp.Command
---@param context { client_id: integer }
function M.run(command, context)
  local running = vim.lsp.get_client_by_id(context.client_id)
  if not running then
    return
  elseif current and not current.suggestion then
    return notify.warn("a suggestion is still being written.")
  elseif current then
    close(current)
  end
  asked = asked + 1
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.bo[bufnr].bufhidden = "wipe"
  vim.bo[bufnr].filetype = "markdown"
  local id = ("write-%d-%d"):format(vim.fn.getpid(), asked)
  local title = command.title:gsub("^Starlight: ", "")
  local writing = { id = id, running = running, bufnr = bufnr, text = "", title = title }
  current = writing
  open(writing)
  local argument = vim.tbl_extend("force", command.arguments[1], { id = id })
  argument.apply = nil
  client.request(running, command.command, argument, function(problem, suggestion)
    finish(writing, problem, suggestion)
  end)
end

return M
