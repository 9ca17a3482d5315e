--- `:Starlight rebuild`: make the index again, once the user has agreed.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

local QUESTION = "Make Starlight's index again? Your notes are not touched."
local REBUILD = 1

function M.run()
  client.with(function(running)
    if vim.fn.confirm(QUESTION, "&Rebuild\n&Cancel", 2) ~= REBUILD then
      return
    end
    client.execute(running, protocol.command.rebuild, {}, function()
      notify.info("the index is being built again, see :Starlight status")
    end)
  end)
end

return M
