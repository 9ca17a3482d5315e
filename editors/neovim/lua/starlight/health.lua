--- `:checkhealth starlight`: each thing that can be wrong, with what to do about it.

local client = require("starlight.client")
local protocol = require("starlight.protocol")

local M = {}

local VERSION_LIMIT_MS = 15000
local STATUS_LIMIT_MS = 10000
local MOST_LISTED = 20

local function check_neovim()
  vim.health.start("Starlight: Neovim")
  local version = tostring(vim.version())
  if vim.fn.has("nvim-0.11") == 1 then
    vim.health.ok("Neovim " .. version)
  else
    vim.health.error("Neovim " .. version .. " is too old", "Install Neovim 0.11 or newer.")
  end
end

local function check_options()
  vim.health.start("Starlight: options")
  local _, problems = require("starlight.config").read()
  for _, problem in ipairs(problems) do
    vim.health.error(problem, "Correct it in your init.lua: see :help starlight-options")
  end
  if #problems == 0 then
    vim.health.ok(vim.g.starlight and "vim.g.starlight is valid" or "all are at their defaults")
  end
end

---@param path string
local function check_version(path)
  local ok, process = pcall(vim.system, { path, "--version" }, { text = true })
  local result = ok and process:wait(VERSION_LIMIT_MS) or { code = -1, stderr = process }
  if result.code == 0 then
    vim.health.ok(("%s (%s)"):format(vim.trim(result.stdout), path))
  else
    vim.health.error(
      ("%s --version failed: %s"):format(path, vim.trim(result.stderr or "it gave no answer")),
      "Run it in a terminal to see why, or install the server again: see :help starlight-install"
    )
  end
end

local function check_executable()
  vim.health.start("Starlight: server")
  local cmd = vim.lsp.config[client.name].cmd
  local problem = client.missing_executable(cmd)
  if problem then
    vim.health.error(problem, {
      "Install the server: see :help starlight-install",
      'Or name it: vim.lsp.config("starlight", { cmd = { "/path/to/starlight", "serve" } })',
    })
  elseif type(cmd) == "table" then
    check_version(vim.fn.exepath(cmd[1]))
  else
    vim.health.info("the server is started by a function of your own")
  end
end

---@generic T
---@param entries T[]?
---@param more string  what is said of those that are not told
---@param tell fun(entry: T)
local function report_first(entries, more, tell)
  for index, entry in ipairs(entries or {}) do
    if index > MOST_LISTED then
      vim.health.info(more:format(#entries - MOST_LISTED))
      return
    end
    tell(entry)
  end
end

---@param failure starlight.Failure
local function report_failure(failure)
  vim.health.warn(
    ("%s is left out: %s"):format(failure.path, failure.reason),
    "Mend the file and save it, or exclude it with the setting index.exclude."
  )
end

---@param odd starlight.Odd
local function report_problem(odd)
  vim.health.info(("%s has a problem: %s"):format(odd.path, table.concat(odd.problems, "; ")))
end

---@param root starlight.Root
local function report_root(root)
  local size = ("%s: %s, notes: %d"):format(root.root, root.state, root.files)
  local detail = root.message ~= "" and (" (%s)"):format(root.message) or ""
  if root.state == "failed" then
    vim.health.error(size .. detail, "Run :Starlight rebuild; if it fails again, :Starlight log.")
  elseif root.state == "ready" then
    vim.health.ok(size)
  else
    vim.health.info(size .. detail)
  end
  report_first(root.failures, "... and %d more", report_failure)
  report_first(root.problems, "... and %d more with a problem", report_problem)
end

---@param running vim.lsp.Client
local function check_index(running)
  local params = { command = protocol.command.status, arguments = { vim.empty_dict() } }
  local answer, problem =
    running:request_sync("workspace/executeCommand", params, STATUS_LIMIT_MS, 0)
  local status = answer and answer.result
  if not status then
    problem = problem or (answer and answer.err and answer.err.message) or "no answer"
    vim.health.error(
      ("the server did not tell its status: %s"):format(problem),
      "Look into :Starlight log, then restart Neovim."
    )
    return
  end
  for _, root in ipairs(status.roots) do
    report_root(root)
  end
end

local function check_clients()
  vim.health.start("Starlight: client and index")
  local clients = vim.lsp.get_clients({ name = client.name })
  if #clients == 0 then
    vim.health.warn("no client runs", {
      'Put vim.lsp.enable("starlight") into your init.lua and open a Markdown file.',
      "Or run :Starlight search in a folder of notes.",
    })
  end
  for _, running in ipairs(clients) do
    local buffers = vim.tbl_count(running.attached_buffers)
    vim.health.ok(("client %d runs, attached buffers: %d"):format(running.id, buffers))
    check_index(running)
  end
end

function M.check()
  check_neovim()
  check_options()
  check_executable()
  check_clients()
end

return M
