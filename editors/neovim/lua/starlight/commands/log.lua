--- `:Starlight log`: Neovim's log of language servers, where the server's own output also is.

local M = {}

function M.run()
  local path = require("vim.lsp.log").get_filename()
  local file = vim.uv.fs_stat(path)
  if not file or file.size == 0 then
    return require("starlight.notify").info(("nothing has been logged yet in %s."):format(path))
  end
  vim.cmd.split({ args = { path }, magic = { file = false } })
  vim.bo.readonly = true
  vim.cmd("normal! G")
end

return M
