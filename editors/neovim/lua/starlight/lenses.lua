--- What the code lenses at headings open: the links to a place, and what is related to it.

local M = {}

---@param command lsp.Command  with the document, the place in it, and the links to that
---@param context { client_id: integer }
function M.references(command, context)
  local running = vim.lsp.get_client_by_id(context.client_id)
  if running then
    local items = vim.lsp.util.locations_to_items(command.arguments[3], running.offset_encoding)
    vim.fn.setqflist({}, " ", { title = "Backlinks", items = items })
    vim.cmd.copen()
  end
end

--- The window follows the cursor, so the cursor goes to the heading.
---@param command lsp.Command  with the document and the place in it
---@param context { client_id: integer }
function M.related(command, context)
  local running = vim.lsp.get_client_by_id(context.client_id)
  if running then
    local place = { uri = command.arguments[1], range = { start = command.arguments[2], ["end"] = command.arguments[2] } }
    vim.lsp.util.show_document(place, running.offset_encoding, { focus = true })
    require("starlight.related").show()
  end
end

return M
