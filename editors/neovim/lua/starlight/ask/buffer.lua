--- The buffer that a conversation is shown in: it grows while the answer comes, and leads to what is cited.

local scratch = require("starlight.scratch")
local turn_lines = require("starlight.ask.turn")

local M = {}

M.NAME = "starlight://ask"

local marks = vim.api.nvim_create_namespace("starlight.ask")

---@class starlight.Shown
---@field row integer  the line, from 0, at which the turn begins
---@field rendered starlight.Rendered
---@field turn starlight.Turn

---@type starlight.Shown[]
local shown = {}

---@return integer? bufnr
function M.find()
  return scratch.find(M.NAME)
end

---@param actions table<string, { run: fun(), desc: string }>  by key
---@return integer bufnr
local function create(actions)
  local bufnr = scratch.create(M.NAME, { bufhidden = "hide", filetype = "markdown" }, actions)
  vim.b[bufnr].starlight_ask = true
  return bufnr
end

--- Shows the buffer in a window beside the others, or goes to the window that shows it.
---@param actions table<string, { run: fun(), desc: string }>
---@return integer bufnr
function M.open(actions)
  local bufnr = M.find() or create(actions)
  local window = vim.fn.bufwinid(bufnr)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
    return bufnr
  end
  vim.cmd("botright vsplit")
  vim.api.nvim_win_set_buf(0, bufnr)
  scratch.set(0, { wrap = true, linebreak = true, number = false, signcolumn = "no" })
  return bufnr
end

--- The windows in which the reader is at the end, and follows what is written.
---@param bufnr integer
---@return integer[]
local function followers(bufnr)
  local last = vim.api.nvim_buf_line_count(bufnr)
  return vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_cursor(window)[1] >= last - 1
  end, vim.fn.win_findbuf(bufnr))
end

--- Byte positions of code points of a text that begins at `row`.
---@param lines string[]
---@param row integer
---@param points integer[]  ascending
---@return { [1]: integer, [2]: integer }[]
local function positions(lines, row, points)
  local found, before = {}, 0
  local at = 1
  for offset, line in ipairs(lines) do
    local length = vim.fn.strchars(line, true)
    while points[at] and points[at] <= before + length do
      local column = vim.fn.byteidxcomp(line, points[at] - before)
      table.insert(found, { row + offset - 1, math.max(column, 0) })
      at = at + 1
    end
    before = before + length + 1
  end
  return found
end

---@param one starlight.Shown
---@return vim.Diagnostic[]
local function diagnostics(one)
  local severities = { weak = vim.diagnostic.severity.WARN, unsupported = vim.diagnostic.severity.ERROR }
  local found = {}
  for _, statement in ipairs(one.turn.answer and one.turn.answer.statements or {}) do
    local severity = severities[statement.support]
    if severity then
      local lines = vim.split(one.turn.text, "\n")
      local place = positions(lines, one.row + one.rendered.first, { statement.start, statement["end"] })
      if #place == 2 then
        table.insert(found, {
          lnum = place[1][1],
          col = place[1][2],
          end_lnum = place[2][1],
          end_col = place[2][2],
          severity = severity,
          message = statement.reason,
          source = "starlight",
        })
      end
    end
  end
  return found
end

---@param bufnr integer
local function mark(bufnr)
  local all = vim.iter(shown):map(diagnostics):flatten():totable()
  vim.diagnostic.set(marks, bufnr, all)
end

--- Shows a turn, which is the last one, or takes the place of what was shown of it.
---@param turn starlight.Turn
function M.show(turn)
  local bufnr = M.find()
  if not bufnr then
    return
  end
  local following = followers(bufnr)
  local last = shown[#shown]
  if not last or last.turn.id ~= turn.id then
    local row = last and vim.api.nvim_buf_line_count(bufnr) or 0
    last = { row = row, turn = turn, rendered = { lines = {}, first = 0, sources = {} } }
    table.insert(shown, last)
    following = vim.fn.win_findbuf(bufnr)
  end
  last.turn, last.rendered = turn, turn_lines.render(turn)
  scratch.write(bufnr, last.row, last.rendered.lines)
  if turn.state ~= "working" then
    return mark(bufnr)
  end
  for _, window in ipairs(following) do
    vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(bufnr), 0 })
  end
end

function M.clear()
  shown = {}
  local bufnr = M.find()
  if bufnr then
    scratch.write(bufnr, 0, {})
    mark(bufnr)
  end
end

--- The source that the cursor is on: a line that names one, or a citation in an answer.
---@return starlight.Source?
function M.source_at_cursor()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  for at = #shown, 1, -1 do
    local one = shown[at]
    if row >= one.row then
      local line = vim.api.nvim_get_current_line()
      local number = one.rendered.sources[row - one.row] or turn_lines.citation_at(line, column)
      return vim.iter(one.turn.sources):find(function(source)
        return source.number == number
      end)
    end
  end
end

return M
