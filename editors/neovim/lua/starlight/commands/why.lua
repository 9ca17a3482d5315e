--- `:Starlight why [file]`: why the file is, or is not, in the index.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

---@param file string  the current buffer's where it is empty
function M.run(file)
  if file == "" and vim.api.nvim_buf_get_name(0) == "" then
    return notify.warn("this buffer has no file: name one, as in :Starlight why notes/tea.md")
  end
  local uri = file == "" and vim.uri_from_bufnr(0)
    or vim.uri_from_fname(vim.fn.fnamemodify(vim.fn.expand(file), ":p"))
  client.with(function(running)
    client.execute(running, protocol.command.why, { uri = uri }, function(answer)
      notify.info(answer.message)
    end)
  end)
end

return M
