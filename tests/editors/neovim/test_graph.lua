local MiniTest = require("mini.test")
local editor = require("editor")

local eq = MiniTest.expect.equality
local child = editor.child
local T = editor.new_set()

local FIRST = "Start here.md"
local WANTED = "Fixing a dripping tap"

--- The quickfix list as soon as it has that title: file name, line and text of each entry.
---@param title string  its beginning
---@return { [1]: string, [2]: integer, [3]: string }[]
local function list(title)
  editor.wait(([[vim.startswith(vim.fn.getqflist({ title = 0 }).title, %q)]]):format(title))
  return child.lua_get([[vim.tbl_map(function(item)
    return { vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)), item.lnum, item.text }
  end, vim.fn.getqflist())]])
end

---@param text string
---@param entries { [3]: string }[]
local function find(text, entries)
  for at, entry in ipairs(entries) do
    if entry[3]:find(text, 1, true) then
      return at, entry
    end
  end
  error(("%q is in none of %s"):format(text, vim.inspect(entries)))
end

local function open(path)
  editor.edit(path)
  editor.wait_for_index()
end

T["connect shows each step to a note that is named, and the line of the link"] = function()
  open(FIRST)
  child.cmd("Starlight connect dripping-tap")
  local entries = list("How Start here and " .. WANTED .. " are connected")
  eq(entries[1], { "", 0, "The way that says most: 1 step" })
  eq(entries[2], { FIRST, 1, "Start here" })
  eq(entries[3], { "dripping-tap.md", 1, "→ " .. WANTED .. "  ·  linked" })
  local row, linking = find("> - [[home-network]], [[photo-backup]], [[dripping-tap]]", entries)
  eq(linking[1], FIRST)
  child.type_keys(row .. "G<CR>")
  eq(child.fn.line("."), linking[2])
  eq(vim.endswith(child.api.nvim_buf_get_name(0), FIRST), true)
  editor.expect_quiet()
end

T["connect asks for the other note, and offers those that are found"] = function()
  open(FIRST)
  child.lua([[vim.ui.input = function(options, done) _G.prompt = options.prompt; done("leaking faucet") end]])
  child.cmd("Starlight connect")
  editor.wait("_G.offered ~= nil")
  eq(child.lua_get("_G.prompt"), "Connected with which note? ")
  eq(child.lua_get("_G.offered.lines[1]"), WANTED .. "  howto/dripping-tap.md")
  local lines = child.lua_get("_G.offered.lines")
  eq(vim.list_contains(lines, "Start here  " .. FIRST), false) -- the note itself
  child.lua("_G.choose(1)")
  list("How Start here and " .. WANTED)
  editor.expect_quiet()
end

T["connect asks for both notes where the buffer is none"] = function()
  open(FIRST)
  child.cmd("enew")
  child.lua([[
    _G.prompts = {}
    vim.ui.input = function(options, done)
      table.insert(_G.prompts, options.prompt)
      done(#_G.prompts == 1 and "Start here" or "dripping-tap.md")
    end
  ]])
  child.cmd("Starlight connect")
  list("How Start here and " .. WANTED)
  eq(child.lua_get("_G.prompts"), { "Which note is connected? ", "Connected with which note? " })
end

T["neighbours are listed, and with a number those further away"] = function()
  open("howto/dripping-tap.md")
  child.cmd("Starlight neighbours")
  local near = list("Neighbours of " .. WANTED)
  local _, linking = find("Moving house  ·  linked", near)
  eq(linking[1], "moving-house.md")
  eq(linking[2] > 1, true) -- the line that links
  child.cmd("wincmd p")
  child.cmd("Starlight neighbours 2")
  editor.wait([[vim.iter(vim.fn.getqflist()):any(function(item) return item.text == "2 steps away" end)]])
  child.cmd("wincmd p")
  child.cmd("Starlight neighbours far")
  editor.wait_for_message("is no number of steps")
  editor.expect_quiet()
end

T["graph lists orphans, hubs and bridges, or all of one kind"] = function()
  open(FIRST)
  child.cmd("Starlight graph")
  local all = list("Orphans, hubs and bridges")
  local orphans, hubs, bridges = find("notes without a link", all), find("Hubs: ", all), find("Bridges: ", all)
  eq(orphans < hubs and hubs < bridges, true)
  eq(all[hubs + 1][1], FIRST)
  editor.expect_part(all[hubs + 1][3], "linked from")
  editor.expect_part(all[bridges + 1][3], "between: ")
  child.cmd("Starlight graph orphans")
  local lonely = list("Orphans: ")
  eq(#vim.tbl_filter(function(entry)
    return entry[3]:find("linked from", 1, true) ~= nil
  end, lonely), 0)
  child.cmd("Starlight graph friends")
  editor.wait_for_message("use one of orphans, hubs, bridges")
  editor.expect_quiet()
end

T["a note that is not indexed is told, and so is one that is not found"] = function()
  open(FIRST)
  child.cmd("Starlight connect zzkq wvvxj qqfp")
  editor.wait_for_message("no note is called")
  child.fn.mkdir(editor.vault .. "/.drafts", "p")
  child.fn.writefile({ "# Hidden" }, editor.vault .. "/.drafts/hidden.md")
  editor.edit(".drafts/hidden.md")
  child.cmd("Starlight neighbours")
  local _, level = editor.wait_for_message("no such note is indexed")
  eq(level, "ERROR")
  child.cmd("enew")
  child.cmd("Starlight neighbours")
  editor.wait_for_message("go to the note whose neighbours")
end

return T
