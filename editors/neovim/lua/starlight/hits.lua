--- Hits as plain items, which `vim.ui.select`, the quickfix list and any picker can take.

local M = {}

---@class starlight.Item
---@field filename string
---@field lnum integer
---@field end_lnum integer
---@field col integer
---@field text string  title, headings and snippet
---@field hit starlight.Hit
---@field further boolean  whether it is another place of the note above it

-- In cells of the screen: what a list puts before an item (its number, a colon), what a snippet
-- needs to be of use, and what is left of anything in a very narrow window.
local MARGIN = 6
local SNIPPET = 30
local SHORTEST = 8

--- Title and headings.
---@param hit starlight.Hit
---@return string
function M.name(hit)
  if hit.heading == "" then
    return hit.title
  elseif hit.title == "" or vim.startswith(hit.heading, hit.title) then
    return hit.heading
  end
  return hit.title .. " › " .. hit.heading
end

--- Where a hit is, after the name of its file: the page of a document, the line of a note.
---@param hit starlight.Hit
---@return string
function M.place(hit)
  return hit.locator and (", " .. hit.locator.label) or (":%d"):format(hit.line)
end

---@param found starlight.Hit[]
---@return starlight.Item[]
function M.items(found)
  return vim.tbl_map(function(hit)
    return {
      filename = vim.uri_to_fname(hit.uri),
      lnum = hit.line,
      end_lnum = hit.end_line,
      col = 1,
      text = M.name(hit) .. ": " .. hit.snippet,
      hit = hit,
      further = false,
    }
  end, found)
end

--- The items of an answer, those of one note below each other.
---@param answer starlight.Answer
---@return starlight.Item[]
function M.by_note(answer)
  local items, ordered = M.items(answer.hits), {}
  for _, places in ipairs(answer.notes) do
    for nth, number in ipairs(places) do
      items[number + 1].further = nth > 1
      table.insert(ordered, items[number + 1])
    end
  end
  return ordered
end

---@param items starlight.Item[]
---@return vim.quickfix.entry[]
function M.for_quickfix(items)
  return vim.tbl_map(function(item)
    return { filename = item.filename, lnum = item.lnum, col = item.col, text = item.text }
  end, items)
end

---@param text string
---@param width integer  in cells of the screen
---@return string
local function shorten(text, width)
  if vim.fn.strdisplaywidth(text) <= width then
    return text
  end
  local kept = vim.fn.strcharpart(text, 0, width - 1)
  while vim.fn.strdisplaywidth(kept) > width - 1 do
    kept = vim.fn.strcharpart(kept, 0, vim.fn.strchars(kept) - 1)
  end
  return kept .. "…"
end

--- One line about a hit, no wider than the screen: name, place, snippet; of a further one less.
---@param item starlight.Item
---@return string
function M.line(item)
  if item.further then
    local parts = vim.tbl_filter(function(part)
      return part ~= ""
    end, { item.hit.heading, item.hit.snippet })
    local place = M.place(item.hit):gsub("^, ", "")
    local line = ("  ↳ %s  %s"):format(place, table.concat(parts, "  "))
    return shorten(line, math.max(vim.o.columns - MARGIN, SHORTEST))
  end
  local path = item.hit.path
  if vim.fn.strdisplaywidth(path) > vim.o.columns / 2 then
    path = vim.fn.pathshorten(path)
  end
  local place = ("  %s%s  "):format(path, M.place(item.hit))
  local room = vim.o.columns - MARGIN - vim.fn.strdisplaywidth(place)
  local head = shorten(M.name(item.hit), math.max(room - SNIPPET, math.floor(room / 2), SHORTEST))
  room = room - vim.fn.strdisplaywidth(head)
  return head .. place .. shorten(item.hit.snippet, math.max(room, SHORTEST))
end

--- For pickers that show what is under the cursor.
---@param item starlight.Item
---@return { buf?: integer, pos?: [integer, integer] }
function M.preview(item)
  if item.hit.file and vim.fn.bufloaded(item.filename) == 0 then
    -- To read a document may take long: while one only looks at the list, its passage has to do.
    local buf = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.split(item.hit.snippet, "\n"))
    vim.bo[buf].bufhidden = "wipe"
    vim.bo[buf].filetype = "markdown"
    return { buf = buf, pos = { 1, 0 } }
  elseif item.hit.file then
    local view = vim.fn.bufadd(item.filename)
    vim.fn.bufload(view)
    return { buf = view, pos = { math.min(item.lnum, vim.api.nvim_buf_line_count(view)), 0 } }
  end
  local ok, lines = pcall(vim.fn.readfile, item.filename)
  if not ok then
    return {}
  end
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  vim.bo[buf].bufhidden = "wipe"
  vim.bo[buf].filetype = "markdown"
  return { buf = buf, pos = { math.min(item.lnum, math.max(#lines, 1)), 0 } }
end

---@type table<string, fun()>
local make_room = {
  edit = function() end,
  split = vim.cmd.split,
  vsplit = vim.cmd.vsplit,
  tab = function()
    vim.cmd.split({ mods = { tab = vim.fn.tabpagenr() } })
  end,
}

--- Opens the note with the cursor on the hit's first line, and keeps the way back in the jumplist.
---@param item starlight.Item
---@param how "edit"|"split"|"vsplit"|"tab"
function M.open(item, how)
  if not vim.uv.fs_stat(vim.uri_to_fname(item.hit.file or item.hit.uri)) then
    local said = "%s is no longer there; the index will follow in a moment."
    return require("starlight.notify").warn(said:format(item.hit.path))
  end
  vim.cmd("normal! m'")
  make_room[how]()
  local bufnr = vim.fn.bufadd(item.filename)
  vim.bo[bufnr].buflisted = true
  vim.api.nvim_win_set_buf(0, bufnr)
  -- The note may have become shorter since it was indexed.
  local line = math.min(item.lnum, vim.api.nvim_buf_line_count(bufnr))
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  vim.cmd("normal! zvzz")
end

return M
