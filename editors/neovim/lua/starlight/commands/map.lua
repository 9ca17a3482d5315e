--- `:Starlight map [query]`: a map of the notes by meaning, in the browser.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

---@param query string  what a search finds for it is highlighted
function M.run(query)
  local file = vim.api.nvim_buf_get_name(0)
  local uri = file ~= "" and vim.uri_from_bufnr(0) or nil
  client.with(function(running)
    notify.info("drawing the map …")
    local asked = { uri = uri, query = query, opener = "file" }
    client.request(running, protocol.command.map, asked, function(problem, answer)
      ---@cast answer starlight.Map?
      if problem or not answer then
        return notify.error(("the map was not drawn: %s"):format(problem or "no answer"))
      end
      if answer.stopped then
        return
      end
      local _, trouble = vim.ui.open(answer.path)
      if trouble then
        return notify.warn(("the map is in %s; it cannot be opened: %s"):format(answer.path, trouble))
      end
      notify.info(("the map of %d notes is in %s"):format(answer.notes, answer.path))
    end)
  end)
end

return M
