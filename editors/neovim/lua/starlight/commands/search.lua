--- `:Starlight search [query]`: search by meaning, offer the hits, open the one that is chosen.

local client = require("starlight.client")
local hits = require("starlight.hits")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")
local status = require("starlight.status")

local M = {}

---@param search fun(query: string)
---@param begun? string  what the user goes on from
local function ask_for_query(search, begun)
  vim.ui.input({ prompt = "Search your notes (? for filters): ", default = begun }, function(input)
    input = vim.trim(input or "")
    if input ~= "" then
      search(input)
    end
  end)
end

-- Only the latest search may open a list: an older answer would come in the way of the newer.
local latest = 0

---@param answer starlight.Answer
---@param running vim.lsp.Client
---@return string
local function prompt(answer, running)
  local count = #answer.hits == 1 and "1 place" or ("%d places"):format(#answer.hits)
  if #answer.notes < #answer.hits then
    count = ("%s in %d %s"):format(count, #answer.notes, #answer.notes == 1 and "note" or "notes")
  end
  local words = answer.verdict == "weak" and 'Nothing is close to "%s"; %s may touch on it'
    or 'About "%s": %s'
  local lacking = answer.complete and "" or (" (%s)"):format(status.lacking(running.id))
  return words:format(answer.query, count) .. lacking
end

---@param answer starlight.Answer
---@param running vim.lsp.Client
local function show(answer, running)
  local config = require("starlight.config").read()
  local items = hits.by_note(answer)
  if config.quickfix then
    local title = "Starlight: " .. answer.query
    vim.fn.setqflist({}, " ", { title = title, items = hits.for_quickfix(items) })
  end
  vim.ui.select(items, {
    prompt = prompt(answer, running),
    kind = "starlight.hit",
    format_item = hits.line,
    preview_item = hits.preview,
  }, function(item)
    if item then
      hits.open(item, config.open)
    end
  end)
end

--- Asks again when the index is ready, unless the user has gone on to something else by then.
---@param id integer
---@param query string
---@param ask fun()
local function ask_when_ready(id, query, ask)
  notify.info("still reading your notes, the list follows.")
  local this = latest
  status.when_ready(id, function()
    if this ~= latest then
      return
    elseif vim.api.nvim_get_mode().mode:match("^[nr]") then
      ask()
    else
      notify.info(('your notes are read, search for "%s" again'):format(query))
    end
  end)
end

--- Typed alone, this asks what a query may hold beside words.
local HELP = "?"

--- Shows what a query may hold; what is chosen is where the next query begins.
---@param search fun(query: string)
local function show_syntax(search)
  client.with(function(running)
    client.execute(running, protocol.command.syntax, vim.empty_dict(), function(answer)
      vim.ui.select(answer.forms, {
        prompt = "In a query, beside words:",
        kind = "starlight.syntax",
        ---@param form starlight.SyntaxForm
        format_item = function(form)
          return ("%-34s %s"):format(form.written, (form.meaning:gsub("`", "")))
        end,
      }, function(form)
        if form then
          ask_for_query(search, form.written .. " ")
        end
      end)
    end)
  end)
end

---@param query string
local function search(query)
  latest = latest + 1
  local this = latest
  client.with(function(running)
    local asked_again = false
    local function ask()
      -- An open list cannot change, so it is shown when it is settled: the server says how long that may take.
      client.execute(running, protocol.command.search, { query = query, refine = true }, function(answer)
        ---@cast answer starlight.Answer
        if this ~= latest then
          return
        end
        for _, problem in ipairs(answer.problems or {}) do
          notify.warn(problem.message)
        end
        if answer.verdict ~= "nothing" and #answer.hits > 0 then
          show(answer, running)
        elseif answer.complete or asked_again then
          notify.info("Nothing in your notes is about this.")
        else
          asked_again = true
          ask_when_ready(running.id, query, ask)
        end
      end)
    end
    ask()
  end)
end

---@param query string
function M.run(query)
  if query == HELP then
    return show_syntax(search)
  elseif query ~= "" then
    return search(query)
  end
  ask_for_query(M.run)
end

return M
