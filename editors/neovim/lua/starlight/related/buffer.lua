--- The buffer beside the note that lists what belongs to the place of the cursor, and its window.

local hits = require("starlight.hits")
local scratch = require("starlight.scratch")

local M = {}

M.NAME = "starlight://related"

local KEYS = "<CR> opens · i inserts a link · q closes"
local WIDTH = 44
local marks = vim.api.nvim_create_namespace("starlight.related")

---@class starlight.RelatedLines
---@field lines string[]
---@field groups table<integer, string>  the highlight group of a line, from 1
---@field hits table<integer, starlight.Hit>  what a line, from 1, is about

---@type starlight.RelatedLines
local shown = { lines = {}, groups = {}, hits = {} }

---@return integer? bufnr
function M.find()
  return scratch.find(M.NAME)
end

---@param bufnr integer
local function write(bufnr)
  scratch.write(bufnr, 0, shown.lines)
  vim.api.nvim_buf_clear_namespace(bufnr, marks, 0, -1)
  for row, group in pairs(shown.groups) do
    local range = { end_col = #shown.lines[row], hl_group = group }
    vim.api.nvim_buf_set_extmark(bufnr, marks, row - 1, 0, range)
  end
end

---@param actions table<string, { run: fun(), desc: string }>  by key
---@return integer bufnr
local function create(actions)
  local bufnr = scratch.create(M.NAME, { bufhidden = "wipe", filetype = "starlight-related" }, actions)
  write(bufnr)
  return bufnr
end

--- Shows the buffer at the right, and leaves the cursor where it is; goes there where it is shown already.
---@param actions table<string, { run: fun(), desc: string }>
---@return integer bufnr
function M.open(actions)
  local bufnr = M.find() or create(actions)
  local window = vim.fn.bufwinid(bufnr)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
    return bufnr
  end
  local width = math.min(WIDTH, math.floor(vim.o.columns / 2))
  window = vim.api.nvim_open_win(bufnr, false, { split = "right", win = -1, width = width })
  local options = {
    wrap = true,
    linebreak = true,
    breakindent = true,
    number = false,
    relativenumber = false,
    signcolumn = "no",
    foldcolumn = "0",
    list = false,
    spell = false,
    winfixwidth = true,
    winfixbuf = true,
    cursorline = true,
  }
  scratch.set(window, options)
  return bufnr
end

--- The hit whose lines the cursor is on.
---@return starlight.Hit?
function M.hit_at_cursor()
  return shown.hits[vim.api.nvim_win_get_cursor(0)[1]]
end

--- Line breaks in what comes from a note would begin lines of their own.
---@param text string
---@return string
local function flat(text)
  return (text:gsub("%s+", " "))
end

---@param title string
---@param said? string  in place of hits, where there are none
---@param found starlight.Hit[]
---@return starlight.RelatedLines
function M.render(title, said, found)
  local lines = { title, KEYS, "" }
  local made = { lines = lines, groups = { "Title", "Comment" }, hits = {} }
  ---@param text string
  ---@param group? string
  ---@param hit? starlight.Hit
  local function add(text, group, hit)
    table.insert(lines, flat(text))
    made.groups[#lines] = group
    made.hits[#lines] = hit
  end
  if #found == 0 then
    add(said or "")
  end
  for _, hit in ipairs(found) do
    add(hits.name(hit), "Identifier", hit)
    local said_of_it = vim.list_extend({ hit.locator and hit.locator.label }, hit.reasons)
    add("  " .. table.concat(said_of_it, " · "), "Comment", hit)
    add("  " .. hit.snippet, nil, hit)
    add("")
  end
  return made
end

---@param hit starlight.Hit?
---@return string?
local function key(hit)
  return hit and ("%s:%d"):format(hit.uri, hit.start_line)
end

--- Shows a list, unless it is the one that is shown. Who has moved to a hit stays with it.
---@param title string
---@param said? string
---@param found starlight.Hit[]
function M.show(title, said, found)
  local before, bufnr = shown, M.find()
  shown = M.render(title, said, found)
  if not bufnr or vim.deep_equal(before.lines, shown.lines) then
    return
  end
  local windows = vim.fn.win_findbuf(bufnr)
  local at = vim.tbl_map(vim.api.nvim_win_get_cursor, windows)
  write(bufnr)
  for nth, window in ipairs(windows) do
    local row = at[nth][1]
    local same = key(before.hits[row])
    for line = 1, same and #shown.lines or 0 do
      if key(shown.hits[line]) == same then
        row = line
        break
      end
    end
    vim.api.nvim_win_set_cursor(window, { math.min(row, #shown.lines), 0 })
  end
end

return M
