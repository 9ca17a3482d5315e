--- `:Starlight status`: the server's report, in a window that `q` closes.

local client = require("starlight.client")
local protocol = require("starlight.protocol")

local M = {}

---@param lines string[]
---@return integer
local function widest(lines)
  local width = 1
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  return width
end

--- A window in the middle of the screen, as large as what is in it, up to the screen's size.
---@param width integer
---@param height integer
---@return vim.api.keyset.win_config
local function centered(width, height)
  width = math.min(width, vim.o.columns - 4)
  height = math.min(height, vim.o.lines - 6)
  return {
    relative = "editor",
    width = width,
    height = height,
    col = math.floor((vim.o.columns - width) / 2),
    row = math.floor((vim.o.lines - height) / 2) - 1,
    border = "rounded",
    style = "minimal",
    title = " Starlight ",
    footer = " q closes ",
  }
end

---@param report string
local function show(report)
  local lines = vim.split(vim.trim(report), "\n")
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  vim.bo[buf].bufhidden = "wipe"
  vim.bo[buf].filetype = "starlight-status"
  vim.bo[buf].modifiable = false
  for _, key in ipairs({ "q", "<Esc>" }) do
    vim.keymap.set("n", key, "<Cmd>close<CR>", { buffer = buf, nowait = true, desc = "Close" })
  end
  local width = widest(lines)
  local window = vim.api.nvim_open_win(buf, true, centered(width, #lines))
  vim.wo[window].linebreak = true
  -- Only the window knows how many rows the lines take that are wider than it.
  local rows = vim.api.nvim_win_text_height(window, {}).all
  vim.api.nvim_win_set_config(window, centered(width, rows))
end

function M.run()
  client.with(function(running)
    client.execute(running, protocol.command.status, {}, function(status)
      show(status.report or vim.inspect(status))
    end)
  end)
end

return M
