--- `:Starlight ask [question]`: an answer from the notes, with sources; with a range, from its lines alone.

local M = {}

---@param question string
---@param range? { [1]: integer, [2]: integer }
function M.run(question, range)
  require("starlight.ask").ask(question, range)
end

return M
