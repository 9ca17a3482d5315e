--- `:Starlight pause`: hold bulk indexing up.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")

local M = {}

function M.run()
  client.with(function(running)
    client.execute(running, protocol.command.pause, {}, function()
      notify.info("indexing is paused until :Starlight resume, or the next start")
    end)
  end)
end

return M
