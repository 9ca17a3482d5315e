--- `:Starlight related`: what belongs to the place of the cursor, in a window that follows it.

local M = {}

function M.run()
  require("starlight.related").show()
end

return M
