--- The latest state of each client's index, as the server tells it by `starlight/status`.

local M = {}

---@type table<integer, starlight.Status>
local latest = {}

---@param client_id integer
---@param status starlight.Status
function M.update(client_id, status)
  latest[client_id] = status
  vim.api.nvim_exec_autocmds("User", {
    pattern = "StarlightStatus",
    modeline = false,
    data = { client_id = client_id, status = status },
  })
  vim.cmd.redrawstatus()
end

--- Whether the client's index is ready, as far as the server has told.
---@param client_id integer
---@return boolean
function M.is_ready(client_id)
  return latest[client_id] ~= nil and latest[client_id].state == "ready"
end

--- Calls back once the client's index is ready, at once where it is already.
---@param client_id integer
---@param callback fun()
function M.when_ready(client_id, callback)
  if M.is_ready(client_id) then
    return callback()
  end
  vim.api.nvim_create_autocmd("User", {
    pattern = "StarlightStatus",
    callback = function()
      if M.is_ready(client_id) then
        callback()
        return true -- removes this autocommand
      end
    end,
  })
end

---@param count integer
---@param noun string
---@return string
local function counted(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

---@param status starlight.Status
---@return string
local function doing(status)
  return ("%s, %d %%"):format(status.rebuilding and "rebuilding" or "indexing", status.percent)
end

---@param status starlight.Status
---@return string
local function in_words(status)
  if status.state == "ready" then
    local left_out = status.failed > 0 and (", %d left out"):format(status.failed) or ""
    local lines = status.summary_lines and status.summary_lines.words or ""
    return counted(status.files, "note")
      .. left_out
      .. (status.paused and ", paused" or "")
      .. (lines ~= "" and ", " .. lines or "")
  elseif status.state == "indexing" then
    return doing(status)
  end
  return status.state
end

--- What may be missing from an answer that is not complete, and why.
---@param client_id integer
---@return string
function M.lacking(client_id)
  local status = latest[client_id]
  if not status or (status.state ~= "indexing" and status.state ~= "paused") then
    return "the index is still being built: results are incomplete"
  end
  return ("%s: %s"):format(
    status.state == "paused" and "indexing is paused" or doing(status),
    status.rebuilding and "results are from the old index" or "results are incomplete"
  )
end

--- A few words for a statusline: "starlight: 120 notes". Empty where no client runs.
---@return string
function M.statusline()
  local client = require("starlight.client").current()
  local status = client and latest[client.id]
  return status and "starlight: " .. in_words(status) or ""
end

return M
