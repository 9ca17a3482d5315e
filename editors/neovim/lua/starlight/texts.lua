--- Text views: what a document says that no editor shows, in buffers of Markdown that nobody can change.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")
local roots = require("starlight.roots")
local scratch = require("starlight.scratch")

local M = {}

--- The longest that a document which is not kept may take to be read before its buffer stays empty.
local LIMIT_MS = 60000
local PATTERN = "^" .. vim.pesc(protocol.text_scheme) .. ":(.+)%.md$"

--- The path of the file that a text view is of; nil for any other name of a buffer.
---@param name string
---@return string?
function M.file(name)
  local place = name:match(PATTERN)
  return place and vim.uri_to_fname("file:" .. place)
end

--- The client whose folder the file lies in.
---@param file string
---@return vim.lsp.Client?
local function client_for(file)
  return vim.iter(vim.lsp.get_clients({ name = client.name })):find(function(running)
    return running.root_dir and roots.contains(running.root_dir, file)
  end)
end

---@param bufnr integer
---@param running vim.lsp.Client
---@return starlight.DocumentText?
---@return string? problem
local function read(bufnr, running)
  local asked = { command = protocol.command.text, arguments = { { uri = vim.uri_from_bufnr(bufnr) } } }
  local answer, problem = running:request_sync("workspace/executeCommand", asked, LIMIT_MS, bufnr)
  if not answer then
    return nil, ("the server did not answer (%s)"):format(problem or "no reason")
  end
  return answer.result, answer.err and answer.err.message
end

---@param bufnr integer
---@param running vim.lsp.Client
local function show(bufnr, running)
  local found, problem = read(bufnr, running)
  if not found then
    return notify.error(problem or "the server gave no text; :Starlight log may say why.")
  end
  scratch.write(bufnr, 0, vim.split(found.text, "\n"))
  vim.b[bufnr].starlight_marks = found.marks
  vim.bo[bufnr].filetype = "markdown"
  vim.lsp.buf_attach_client(bufnr, running.id) -- Neovim itself attaches none to what is no file
end

--- Fills the buffer of a text view, at once where a server runs: who opens it goes to a line of it.
---@param bufnr integer
function M.fill(bufnr)
  local file = M.file(vim.api.nvim_buf_get_name(bufnr))
  scratch.lock(bufnr)
  if not file then
    return notify.warn("this is no text of a document: " .. vim.api.nvim_buf_get_name(bufnr))
  end
  local running = client_for(file)
  if running and running.initialized then
    return show(bufnr, running)
  end
  client.with(function(started)
    if vim.api.nvim_buf_is_loaded(bufnr) then
      show(bufnr, started)
    end
  end)
end

--- Attaches the server that runs now, where another one has shown the text.
---@param bufnr integer
function M.attach(bufnr)
  local file = M.file(vim.api.nvim_buf_get_name(bufnr))
  local running = file and client_for(file)
  if running and not vim.lsp.buf_is_attached(bufnr, running.id) and vim.b[bufnr].starlight_marks then
    vim.lsp.buf_attach_client(bufnr, running.id)
  end
end

--- The page or cell of the cursor, as people write it.
---@return string?
local function label()
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local found
  for _, mark in ipairs(vim.b.starlight_marks or {}) do
    found = mark.line <= line and mark.label or found
  end
  return found
end

--- Opens the file of the current buffer as the system does, and says which page the cursor is on.
function M.open_file()
  local file = M.file(vim.api.nvim_buf_get_name(0))
  if not file then
    return notify.warn("this buffer is no text of a document, whose file could be opened.")
  end
  local _, problem = vim.ui.open(file)
  if problem then
    return notify.error(("%s cannot be opened: %s"):format(file, problem))
  end
  local place = label()
  notify.info(vim.fs.basename(file) .. (place and (", " .. place) or ""))
end

return M
