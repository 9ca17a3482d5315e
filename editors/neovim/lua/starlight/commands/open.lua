--- `:Starlight open`: the file of which the buffer shows the text, in the user's own viewer.

local M = {}

function M.run()
  require("starlight.texts").open_file()
end

return M
