local editor = require("editor")

local child = editor.child
local T = editor.new_set()

---@return string
local function checkhealth()
  child.cmd("checkhealth starlight")
  editor.wait([[vim.bo.filetype == "checkhealth"]])
  return editor.text()
end

T["is all well with a client and an index"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  local report = checkhealth()
  editor.expect_part(report, "OK Neovim ")
  editor.expect_part(report, "OK all are at their defaults")
  editor.expect_part(report, "OK starlight ")
  editor.expect_part(report, "runs, attached buffers: 1")
  editor.expect_part(report, "OK " .. editor.vault .. ": ready, notes: ")
  assert(not report:find("ERROR", 1, true), report)
  editor.expect_quiet()
end

T["says what to do when no client runs"] = function()
  local report = checkhealth()
  editor.expect_part(report, "WARNING no client runs")
  editor.expect_part(report, 'vim.lsp.enable("starlight")')
end

T["says what to do when the server is not installed"] = function()
  child.lua([[vim.lsp.config("starlight", { cmd = { "not-installed-here", "serve" } })]])
  local report = checkhealth()
  editor.expect_part(report, 'ERROR the server "not-installed-here" was not found')
  editor.expect_part(report, ":help |starlight-install|")
end

T["says what to do when the server does not run"] = function()
  child.lua([[vim.lsp.config("starlight", { cmd = { "false" } })]])
  editor.expect_part(checkhealth(), "--version failed")
end

T["names mistakes in the options"] = function()
  child.lua([[vim.g.starlight = { opne = "tab" }]])
  local report = checkhealth()
  editor.expect_part(report, "ERROR vim.g.starlight.opne: no such option")
  editor.expect_part(report, ":help |starlight-options|")
end

T["lists the files that are left out, and an index that failed"] = function()
  child.lua([[
    local status = { roots = { {
      root = "/notes", state = "failed", files = 3, message = "the disk is full",
      failures = { { path = "broken.md", reason = "not UTF-8" } },
      problems = { { path = "bread.pdf", problems = { "pages that are images have no text: 3-9" } } },
    } } }
    local function request_sync() return { result = status } end
    vim.lsp.get_clients = function()
      return { { id = 1, attached_buffers = {}, request_sync = request_sync } }
    end
  ]])
  local report = checkhealth()
  editor.expect_part(report, "ERROR /notes: failed, notes: 3 (the disk is full)")
  editor.expect_part(report, "WARNING broken.md is left out: not UTF-8")
  editor.expect_part(report, "bread.pdf has a problem: pages that are images have no text: 3-9")
  editor.expect_part(report, ":Starlight rebuild")
end

T["says so when the server does not answer"] = function()
  child.lua([[
    local function request_sync() return nil, "timeout" end
    vim.lsp.get_clients = function()
      return { { id = 1, attached_buffers = {}, request_sync = request_sync } }
    end
  ]])
  editor.expect_part(checkhealth(), "ERROR the server did not tell its status: timeout")
end

return T
