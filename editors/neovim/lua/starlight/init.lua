--- What other configurations may call. There is no `setup()`: `vim.lsp.enable("starlight")` is all.

local M = {}

--- A few words about the index for a statusline. Empty where no client runs.
---@return string
function M.statusline()
  return require("starlight.status").statusline()
end

--- Searches the notes by meaning; asks for the query when none is given.
---@param query? string
function M.search(query)
  require("starlight.commands.search").run(query or "")
end

--- Asks the notes; asks for the question when none is given.
---@param question? string
function M.ask(question)
  require("starlight.ask").ask(question or "")
end

--- Shows what belongs to the place of the cursor, in a window that follows it.
function M.related()
  require("starlight.related").show()
end

return M
