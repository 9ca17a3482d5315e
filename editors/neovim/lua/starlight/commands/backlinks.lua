--- `:Starlight backlinks`: what links to the note, and who names it without a link, as a quickfix list.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

---@param mentions starlight.Mention[]
---@param mark string  "L" for a link, "M" for a mention in plain words
---@return table[]
local function entries(mentions, mark)
  return vim.tbl_map(function(mention)
    local name = vim.uri_to_fname(mention.uri)
    return { filename = name, lnum = mention.line, type = mark, text = mention.context }
  end, mentions)
end

function M.run()
  local bufnr = vim.api.nvim_get_current_buf()
  if vim.api.nvim_buf_get_name(bufnr) == "" then
    return notify.warn("this buffer has no file, so that nothing can link to it")
  end
  client.with(function(running)
    local asked = { uri = vim.uri_from_bufnr(bufnr) }
    client.execute(running, protocol.command.backlinks, asked, function(answer)
      local found = entries(answer.backlinks, "L")
      vim.list_extend(found, entries(answer.mentions, "M"))
      if #found == 0 then
        return notify.info(("no note links to %s, or names it"):format(answer.title))
      end
      vim.fn.setqflist({}, " ", { title = "Backlinks: " .. answer.title, items = found })
      vim.cmd.copen()
    end)
  end)
end

return M
