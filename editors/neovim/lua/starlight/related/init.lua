--- What belongs to the place of the cursor, in a window beside the note, as long as that is open.

local buffer = require("starlight.related.buffer")
local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

local REST_MS = 150
local ELSEWHERE = "Go to a note: what your other notes say that belongs to the place of the cursor "
  .. "appears here."
local NOTHING = "No other note belongs to this place. What the note links to already is left out."
local BUILDING = "Your notes are still being read. What belongs to this place appears here as soon "
  .. "as it is found."

---@class starlight.Followed
---@field client vim.lsp.Client
---@field bufnr integer
---@field window integer  the one in which the cursor moved last
---@field uri string  as the server was told

---@type starlight.Followed?
local followed
---@type uv.uv_timer_t?
local timer

local function unfollow()
  if followed and not followed.client:is_stopped() then
    client.request(followed.client, protocol.command.unfollow, {}, function() end)
  end
  followed = nil
end

--- Tells the server where the cursor is, unless it is in no note: then the last one is still followed.
local function follow()
  local bufnr, window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  local running = vim.lsp.get_clients({ name = client.name, bufnr = bufnr })[1]
  if not running or not buffer.find() then
    return
  end
  if followed and followed.client.id ~= running.id then
    unfollow()
  end
  local place = vim.lsp.util.make_position_params(window, running.offset_encoding)
  local uri = place.textDocument.uri
  followed = { client = running, bufnr = bufnr, window = window, uri = uri }
  local asked = { uri = uri, position = place.position }
  client.request(running, protocol.command.follow, asked, function(problem)
    if problem then
      vim.lsp.log.warn("starlight: the cursor is not followed", problem)
    end
  end)
end

local function follow_soon()
  if timer then
    timer:start(REST_MS, 0, vim.schedule_wrap(follow))
  end
end

--- What the server tells of the place that is followed.
---@param found starlight.Related
---@param client_id integer
function M.heard(found, client_id)
  if not followed or followed.client.id ~= client_id or followed.uri ~= found.uri then
    return
  end
  local file = require("starlight.texts").file(found.uri) or vim.uri_to_fname(found.uri)
  local name = vim.fn.fnamemodify(file, ":t")
  buffer.show("Related to " .. name, found.complete and NOTHING or BUILDING, found.hits)
end

--- The note is closed, or its server has ended.
---@param event vim.api.keyset.create_autocmd.callback_args
local function detached(event)
  if followed and followed.bufnr == event.buf and followed.client.id == event.data.client_id then
    followed = nil
    vim.schedule(function() -- no text may be changed in the middle of this
      if not followed then
        buffer.show("Related", ELSEWHERE, {})
      end
    end)
  end
end

local function closed()
  unfollow()
  if timer then
    timer:close()
    timer = nil
  end
  vim.api.nvim_del_augroup_by_name("starlight.related")
end

---@param bufnr integer
local function watch(bufnr)
  local group = vim.api.nvim_create_augroup("starlight.related", { clear = true })
  local moves = { "CursorMoved", "CursorMovedI", "BufEnter", "LspAttach" }
  vim.api.nvim_create_autocmd(moves, { group = group, callback = follow_soon })
  vim.api.nvim_create_autocmd("LspDetach", { group = group, callback = detached })
  vim.api.nvim_create_autocmd("BufWipeout", { group = group, buffer = bufnr, callback = closed })
end

--- The window that shows the note that is followed; none where nothing does any more.
---@return integer? window
local function note_window()
  if not followed then
    return
  end
  local shows = vim.api.nvim_win_is_valid(followed.window)
    and vim.api.nvim_win_get_buf(followed.window) == followed.bufnr
  return shows and followed.window or vim.fn.win_findbuf(followed.bufnr)[1]
end

--- Opens the passage under the cursor, in the window of the note.
function M.open_hit()
  local hit = buffer.hit_at_cursor()
  if not hit then
    return
  end
  local window = note_window()
  if window then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd("topleft vsplit")
    vim.wo.winfixbuf = false
  end
  local hits = require("starlight.hits")
  hits.open(hits.items({ hit })[1], "edit")
end

--- Puts a text behind the character under the cursor, as |p| does, and the cursor on its end.
---@param window integer
---@param text string
local function put(window, text)
  local bufnr = vim.api.nvim_win_get_buf(window)
  if not vim.bo[bufnr].modifiable then
    return notify.warn("the note cannot be changed.")
  end
  local row, column = unpack(vim.api.nvim_win_get_cursor(window))
  local line = vim.api.nvim_buf_get_lines(bufnr, row - 1, row, false)[1]
  local at = column + #vim.fn.matchstr(line, ".", column)
  vim.api.nvim_buf_set_text(bufnr, row - 1, at, row - 1, at, { text })
  vim.api.nvim_set_current_win(window)
  vim.api.nvim_win_set_cursor(window, { row, at + #text - 1 })
end

--- Inserts a link to the note under the cursor where the cursor of the note is that is written.
function M.insert_link()
  local hit, window = buffer.hit_at_cursor(), note_window()
  if not hit then
    return
  elseif not followed or not window then
    return notify.warn("go to the note first that shall have the link.")
  end
  local asked = { uri = followed.uri, target = hit.uri }
  client.execute(followed.client, protocol.command.link, asked, function(answer)
    if vim.api.nvim_win_is_valid(window) then
      put(window, answer.text)
    end
  end)
end

local actions = {
  ["<CR>"] = { run = M.open_hit, desc = "Starlight: open the passage under the cursor" },
  i = { run = M.insert_link, desc = "Starlight: insert a link to the note under the cursor" },
  q = {
    run = function()
      vim.cmd.quit() -- which ends Neovim where nothing else is shown any more, as with any window
    end,
    desc = "Close",
  },
}

--- Opens the window; goes there where it is open.
function M.show()
  if buffer.find() then
    buffer.open(actions)
    return
  end
  buffer.show("Related", ELSEWHERE, {})
  timer = vim.uv.new_timer()
  watch(buffer.open(actions))
  follow()
end

return M
