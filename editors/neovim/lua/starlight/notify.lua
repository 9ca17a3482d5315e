--- What Starlight says to the user, always by `vim.notify` and under its own name.

local M = {}

---@param message string
---@param level integer
local function say(message, level)
  vim.notify("Starlight: " .. message, level, { title = "Starlight" })
end

---@param message string
function M.info(message)
  say(message, vim.log.levels.INFO)
end

---@param message string
function M.warn(message)
  say(message, vim.log.levels.WARN)
end

---@param message string
function M.error(message)
  say(message, vim.log.levels.ERROR)
end

---@type table<string, true>
local said = {}

--- Says a thing once a session, so that opening ten notes does not say it ten times.
---@param message string
function M.warn_once(message)
  if not said[message] then
    said[message] = true
    M.warn(message)
  end
end

return M
