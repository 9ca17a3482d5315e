local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

T["status shows the server's report in a window that q closes"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.cmd("Starlight status")
  editor.wait([[vim.bo.filetype == "starlight-status"]])
  editor.expect_part(editor.text(), editor.vault)
  eq(child.bo.modifiable, false)
  child.type_keys("q")
  eq(child.api.nvim_buf_get_name(0), editor.vault .. "/garden/compost.md")
  editor.expect_quiet()
end

T["rebuild asks first, and does nothing when the answer is no"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.lua([[vim.fn.confirm = function(question) _G.question = question; return 2 end]])
  child.cmd("Starlight rebuild")
  editor.expect_part(editor.wait("_G.question"), "Your notes are not touched")
  eq(child.lua_get("_G.said"), {})
end

T["rebuild makes the index again"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.lua([[
    vim.fn.confirm = function() return 1 end
    vim.api.nvim_create_autocmd("User", {
      pattern = "StarlightStatus",
      callback = function(event) _G.latest = event.data.status end,
    })
  ]])
  child.cmd("Starlight rebuild")
  editor.wait_for_message("the index is being built again")
  editor.wait([[_G.latest and _G.latest.state == "ready" and _G.latest.files > 0]])
  editor.expect_part(editor.search("leaking faucet").lines[1], "Fixing a dripping tap")
  editor.expect_quiet()
end

T["pause and resume are told by the statusline"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.cmd("Starlight pause")
  editor.wait_for_message("indexing is paused until :Starlight resume")
  editor.wait([[require("starlight").statusline():match(" notes.*, paused$")]])
  child.cmd("Starlight resume")
  editor.wait_for_message("indexing goes on")
  editor.wait([[not require("starlight").statusline():match("paused")]])
  editor.expect_quiet()
end

T["the statusline tells how far a run is"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  local shown = [[(function(status)
    require("starlight.status").update(require("starlight.client").current().id, status)
    return require("starlight").statusline()
  end)(%s)]]
  local indexing = [[{ state = "indexing", percent = 40, rebuilding = %s }]]
  eq(child.lua_get(shown:format(indexing:format("false"))), "starlight: indexing, 40 %")
  eq(child.lua_get(shown:format(indexing:format("true"))), "starlight: rebuilding, 40 %")
end

T["the statusline tells how far the lines are that a model writes"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  local shown = [[(function(words)
    local status = { state = "ready", files = 66, failed = 0, summary_lines = { words = words, message = "" } }
    require("starlight.status").update(require("starlight.client").current().id, status)
    return require("starlight").statusline()
  end)(%q)]]
  local words = "summary lines: 12 of 340 (making)"
  eq(child.lua_get(shown:format(words)), "starlight: 66 notes, " .. words)
  eq(child.lua_get(shown:format("")), "starlight: 66 notes")
end

T["log opens the log of language servers, or says that there is none"] = function()
  child.lua([[os.remove(require("vim.lsp.log").get_filename())]])
  child.cmd("Starlight log")
  editor.wait_for_message("nothing has been logged yet")
  child.lua([[require("vim.lsp.log").error("a line for the log")]])
  child.cmd("Starlight log")
  eq(child.fn.expand("%:t"), "lsp.log")
  editor.expect_part(editor.text(), "a line for the log")
  eq(child.fn.line("."), child.fn.line("$"))
  eq(child.bo.readonly, true)
end

T["map writes a page, and opens it as the system does"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.lua([[vim.ui.open = function(path) _G.opened = path end]])
  child.cmd("Starlight map compost")
  local path = editor.wait("_G.opened")
  local page = table.concat(vim.fn.readfile(path), "\n")
  editor.expect_part(page, '<meta name="generator" content="Starlight map">')
  editor.expect_part(page, '"query":"compost"')
  editor.wait_for_message("the map of")
  editor.expect_quiet()
end

T["subcommands are completed, queries are not"] = function()
  local complete = [[vim.fn.getcompletion(%q, "cmdline")]]
  eq(child.lua_get(complete:format("Starlight ")), {
    "search", "ask", "summarize", "related", "backlinks", "connect", "neighbours", "graph", "map", "open", "status", "why", "pause", "resume", "rebuild", "log",
  })
  eq(child.lua_get(complete:format("Starlight s")), { "search", "summarize", "status" })
  eq(child.lua_get(complete:format("Starlight search s")), {})
  eq(child.lua_get(complete:format("Starlight graph ")), { "orphans", "hubs", "bridges" })
end

T["why says in a sentence why a file is or is not indexed"] = function()
  editor.edit("garden/compost.md")
  editor.wait_for_index()
  child.cmd("Starlight why")
  editor.wait_for_message("garden/compost.md is indexed")
  child.cmd("Starlight why " .. vim.fn.fnameescape(editor.vault .. "/.obsidian"))
  editor.wait_for_message("it is hidden")
end

T["an unknown subcommand is told the known ones"] = function()
  child.cmd("Starlight serch tomatoes")
  local message, level = editor.wait_for_message("serch")
  editor.expect_part(message, 'Starlight: there is no subcommand "serch": use one of search, ask, summarize, related, backlinks, connect, neighbours, graph, map, open, ')
  eq(level, "WARN")
  child.cmd("Starlight")
  editor.wait_for_message("needs a subcommand")
end

T["there are mappings to map to, and no key is mapped"] = function()
  local maps = child.lua_get([[vim.iter(vim.api.nvim_get_keymap("n")):map(function(map)
    return (map.rhs or ""):find("Starlight") and map.lhs or nil
  end):totable()]])
  table.sort(maps)
  eq(maps, {
    "<Plug>(StarlightAsk)",
    "<Plug>(StarlightLog)",
    "<Plug>(StarlightPause)",
    "<Plug>(StarlightRebuild)",
    "<Plug>(StarlightRelated)",
    "<Plug>(StarlightResume)",
    "<Plug>(StarlightSearch)",
    "<Plug>(StarlightStatus)",
    "<Plug>(StarlightSummarize)",
  })
end

T["nothing but the names of the messages is loaded before it is used"] = function()
  local loaded = child.lua_get([[vim.tbl_filter(function(name)
    return vim.startswith(name, "starlight")
  end, vim.tbl_keys(package.loaded))]])
  eq(loaded, { "starlight.protocol" })
end

T["every subcommand and option has a tag in the help"] = function()
  local help = table.concat(vim.fn.readfile(vim.env.STARLIGHT_PLUGIN .. "/doc/starlight.txt"), "\n")
  for _, name in ipairs(child.lua_get([[require("starlight.commands").names]])) do
    editor.expect_part(help, "*:Starlight-" .. name .. "*")
  end
  for _, name in ipairs({ "folder", "open", "quickfix" }) do
    editor.expect_part(help, "*starlight." .. name .. "*")
  end
end

return T
