--- `:Starlight why [file]`: why the file is, or is not, in the index.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

---@param file string  the current buffer's where it is empty
function M.run(file)
  local path = file ~= "" and vim.fn.fnamemodify(vim.fn.expand(file), ":p") or vim.api.nvim_buf_get_name(0)
  if path == "" then
    return notify.warn("this buffer has no file: name one, as in :Starlight why notes/tea.md")
  end
  client.with(function(running)
    client.execute(running, protocol.command.why, { uri = vim.uri_from_fname(path) }, function(answer)
      notify.info(answer.message)
    end)
  end)
end

return M
