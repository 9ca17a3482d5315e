--- Which folder of notes a file belongs to.

local M = {}

---@param path string
---@return string
local function real(path)
  local full = vim.fs.normalize(path)
  return vim.fs.normalize(vim.uv.fs_realpath(full) or full)
end

---@param folder string
---@param path string
---@return boolean
function M.contains(folder, path)
  local outer, inner = real(folder), real(path)
  return inner == outer or vim.startswith(inner, outer:gsub("/$", "") .. "/")
end

---@param folder string
---@return string? root
local function marked(folder)
  for _, marker in ipairs(vim.lsp.config.starlight.root_markers or {}) do
    -- The home folder itself is never found by a marker: many keep their dotfiles in a repository.
    local found = vim.fs.find(marker, { upward = true, path = folder, stop = real("~") })[1]
    if found then
      return vim.fs.dirname(found)
    end
  end
end

--- The folder of a client that runs already, so that a note opened from a search of an unmarked
--- folder belongs to that search's client.
---@param folder string
---@return string? root
local function running(folder)
  for _, client in ipairs(vim.lsp.get_clients({ name = "starlight" })) do
    if client.root_dir and M.contains(client.root_dir, folder) then
      return client.root_dir
    end
  end
end

--- The folder of notes around a file or folder: the one in the options when it is inside that,
--- or the nearest one with a marker, or one that a client has, or else the folder itself.
---@param path string
---@return string? root
---@return string? problem  why there is none, for the user
function M.of(path)
  local folder = real(vim.fn.isdirectory(path) == 1 and path or vim.fs.dirname(path))
  local configured = require("starlight.config").read().folder
  if configured and M.contains(configured, folder) then
    return configured
  end
  local root = marked(folder) or running(folder) or folder
  if M.contains(root, real("~")) then
    return nil,
      ('"%s" is your home folder or lies above it, and is not indexed unasked. '):format(root)
        .. "Keep notes in a folder of their own, or name one in vim.g.starlight.folder."
  end
  return root
end

--- Implements |lsp-root_dir()|.
---@param bufnr integer
---@param on_dir fun(root: string)
function M.root_dir(bufnr, on_dir)
  local name = vim.api.nvim_buf_get_name(bufnr)
  -- A buffer of another plugin, such as "oil://..." or "fugitive://...", is not a note.
  if name:match("^%a[%w+.-]+://") then
    return
  end
  local root, problem = M.of(name ~= "" and name or vim.fn.getcwd())
  if root then
    on_dir(root)
  elseif problem then
    require("starlight.notify").warn_once(problem)
  end
end

--- The folder that a search is about when no client runs: the current note's, or the one in the
--- options, or the current directory.
---@return string? root
---@return string? problem
function M.default()
  local name = vim.api.nvim_buf_get_name(0)
  if name ~= "" and vim.bo.filetype == "markdown" and vim.bo.buftype == "" then
    return M.of(name)
  end
  return M.of(require("starlight.config").read().folder or vim.fn.getcwd())
end

return M
