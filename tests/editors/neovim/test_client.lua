local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local ATTACHED = [[vim.lsp.get_clients({ name = "starlight", bufnr = 0 })[1] ~= nil]]
local RUNNING = [[#vim.lsp.get_clients({ name = "starlight" })]]

local function start_in_scratch_folder()
  local folder = child.lua_get("vim.fs.normalize(vim.fn.tempname())")
  child.lua("vim.fn.mkdir(...)", { folder .. "/sub", "p" })
  return folder
end

T["attaches to a note, at the root of the vault"] = function()
  editor.edit("garden/tomato-blight.md")
  editor.wait(ATTACHED)
  eq(child.lua_get([[vim.lsp.get_clients({ bufnr = 0 })[1].root_dir]]), editor.vault)
  editor.expect_quiet()
end

T["does not attach to a file that is no note"] = function()
  editor.edit("garden/tomato-blight.md")
  editor.wait(ATTACHED)
  child.cmd("new script.py | setfiletype python")
  eq(child.lua_get(ATTACHED), false)
end

T["shares one client among the notes of a vault"] = function()
  editor.edit("garden/tomato-blight.md")
  editor.wait(ATTACHED)
  editor.edit("Start here.md")
  editor.wait(ATTACHED)
  eq(child.lua_get(RUNNING), 1)
end

T["tells the statusline how many notes there are"] = function()
  eq(child.lua_get([[require("starlight").statusline()]]), "")
  child.lua([[
    vim.api.nvim_create_autocmd("User", {
      pattern = "StarlightStatus",
      callback = function(event) _G.event = event.data.status.state end,
    })
  ]])
  editor.edit("garden/tomato-blight.md")
  editor.wait_for_index()
  eq(child.lua_get("_G.event"), "ready")
end

T["shows the note behind a link on hover"] = function()
  editor.edit("garden/tomato-blight.md")
  editor.wait_for_index()
  child.lua([[vim.fn.search("rain-gauge")]])
  child.lua("vim.lsp.buf.hover()")
  local float = editor.wait([[vim.iter(vim.api.nvim_list_wins()):find(function(window)
    return vim.api.nvim_win_get_config(window).relative ~= ""
  end)]])
  local lines = child.lua(
    "return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(...), 0, -1, false)",
    { float }
  )
  editor.expect_part(table.concat(lines, "\n"):lower(), "rain gauge")
end

T["hands the user's settings to the server as it starts"] = function()
  editor.start([[vim.lsp.config("starlight", {
    settings = { starlight = { search = { limit = 2 } } },
  })]])
  editor.edit("garden/tomato-blight.md")
  editor.wait_for_index()
  eq(#editor.search("vegetables").lines, 2)
  editor.expect_quiet()
end

T["takes a note's own folder where nothing marks a vault"] = function()
  local folder = start_in_scratch_folder()
  eq(
    child.lua([[return (require("starlight.roots").of(...))]], { folder .. "/sub/a.md" }),
    folder .. "/sub"
  )
end

T["takes the vault's folder before a repository inside of it"] = function()
  local folder = start_in_scratch_folder()
  child.lua("vim.fn.mkdir(...)", { folder .. "/.obsidian" })
  child.lua("vim.fn.mkdir(...)", { folder .. "/sub/.git" })
  eq(child.lua([[return (require("starlight.roots").of(...))]], { folder .. "/sub/a.md" }), folder)
end

T["refuses the home folder, and says so once"] = function()
  child.cmd("edit ~/shopping.md")
  local message, level = editor.wait_for_message("home folder")
  eq(level, "WARN")
  editor.expect_part(message, "vim.g.starlight.folder")
  child.cmd("edit ~/another.md")
  eq(child.lua_get("#_G.said"), 1)
  eq(child.lua_get(RUNNING), 0)
end

T["takes the home folder when the user names it"] = function()
  editor.start([[vim.g.starlight = { folder = "~" }]])
  local home = child.lua_get([[vim.fs.normalize("~")]])
  eq(child.lua_get([[(require("starlight.roots").of(vim.fs.normalize("~/shopping.md")))]]), home)
end

T["says what to do when the server is not installed"] = function()
  child.lua([[vim.lsp.config("starlight", { cmd = { "not-installed-here", "serve" } })]])
  child.cmd("Starlight search anything")
  local message, level = editor.wait_for_message("not-installed-here")
  eq(level, "ERROR")
  editor.expect_part(message, ":help starlight-install")
  editor.expect_part(message, ":checkhealth starlight")
end

T["says so when the server ends at once"] = function()
  child.lua([[vim.lsp.config("starlight", { cmd = { "false" } })]])
  child.cmd("Starlight search anything")
  local message = editor.wait_for_message("the server ended while it was starting")
  editor.expect_part(message, ":Starlight log")
end

return T
