--- `:Starlight resume`: let indexing go on.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

function M.run()
  client.with(function(running)
    client.execute(running, protocol.command.resume, {}, function()
      notify.info("indexing goes on, see :Starlight status")
    end)
  end)
end

return M
