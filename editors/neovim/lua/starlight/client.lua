--- Finding, starting and asking the language server.

local config = require("starlight.config")
local notify = require("starlight.notify")
local roots = require("starlight.roots")

local M = {}

M.name = "starlight"

local START_LIMIT_MS = 20000
local ANSWER_LIMIT_MS = 30000
local POLL_MS = 20

--- The client that a command is for: the current buffer's, or the one whose folder the user is
--- in, or the one of the folder in the options, or the one started last.
---@return vim.lsp.Client?
function M.current()
  local attached = vim.lsp.get_clients({ name = M.name, bufnr = 0 })[1]
  if attached then
    return attached
  end
  local clients = vim.lsp.get_clients({ name = M.name })
  table.sort(clients, function(a, b)
    return a.id > b.id
  end)
  for _, place in ipairs({ vim.fn.getcwd(), config.read().folder }) do
    for _, client in ipairs(clients) do
      if client.root_dir and roots.contains(client.root_dir, place) then
        return client
      end
    end
  end
  return clients[1]
end

--- Why the server cannot be started, for the user.
---@param cmd string[]|function|nil
---@return string? problem
function M.missing_executable(cmd)
  if type(cmd) == "table" and vim.fn.executable(cmd[1]) == 0 then
    return ('the server "%s" was not found on your PATH. '):format(cmd[1])
      .. "Install it as :help starlight-install says, then run :checkhealth starlight."
  end
end

--- Calls back as soon as the server has answered `initialize`.
---@param id integer
---@param callback fun(client: vim.lsp.Client)
local function when_initialized(id, callback)
  local timer = assert(vim.uv.new_timer())
  local give_up_at = vim.uv.now() + START_LIMIT_MS
  local function look()
    if timer:is_closing() then
      return
    end
    local client = vim.lsp.get_client_by_id(id)
    local late = vim.uv.now() > give_up_at
    if client and not client:is_stopped() and not client.initialized and not late then
      return
    end
    timer:close()
    if client and client.initialized then
      callback(client)
    elseif late then
      notify.error("the server did not start within 20 seconds; :Starlight log says more.")
    else
      notify.error("the server ended while it was starting; :Starlight log says why.")
    end
  end
  timer:start(0, POLL_MS, vim.schedule_wrap(look))
end

---@param callback fun(client: vim.lsp.Client)
local function start(callback)
  local settings = vim.lsp.config[M.name]
  local problem = M.missing_executable(settings.cmd)
  if problem then
    return notify.error(problem)
  end
  local root = settings.root_dir
  if type(root) ~= "string" then
    root, problem = roots.default()
  end
  if not root then
    return notify.warn(problem --[[@as string]])
  end
  settings = vim.tbl_extend("force", vim.deepcopy(settings), { root_dir = root })
  local id = vim.lsp.start(settings, { attach = false })
  if id then
    when_initialized(id, callback)
  end
end

--- Calls back with a client; starts one when none runs.
---@param callback fun(client: vim.lsp.Client)
function M.with(callback)
  config.warn()
  local client = M.current()
  if client then
    callback(client)
  else
    start(callback)
  end
end

--- Runs one of the server's commands, however long it takes.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param callback fun(problem?: string, result?: table)
function M.request(client, command, argument, callback)
  -- An empty table would go out as a list.
  local object = next(argument) and argument or vim.empty_dict()
  local params = { command = command, arguments = { object } }
  local sent = client:request("workspace/executeCommand", params, function(err, result)
    if err then
      callback(err.message)
    elseif type(result) ~= "table" then
      callback(("%s gave no answer; :Starlight log may say why."):format(command))
    else
      callback(nil, result)
    end
  end)
  if not sent then
    callback("the server has stopped; open a note again to start it.")
  end
end

--- Runs one of the server's commands. Says what went wrong when it fails or does not answer.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param on_result fun(result: table)
function M.execute(client, command, argument, on_result)
  local answered = false
  M.request(client, command, argument, function(problem, result)
    if answered then
      return
    end
    answered = true
    if problem then
      notify.error(("%s failed: %s"):format(command, problem))
    else
      on_result(result --[[@as table]])
    end
  end)
  vim.defer_fn(function()
    if not answered then
      answered = true
      notify.error("the server has not answered for 30 seconds; :Starlight log may say why.")
    end
  end, ANSWER_LIMIT_MS)
end

return M
