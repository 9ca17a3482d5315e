--- `:Starlight search [query]`: search by meaning, offer the hits, open the one that is chosen.

local client = require("starlight.client")
local hits = require("starlight.hits")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")
local status = require("starlight.status")

local M = {}

-- Only the latest search may open a list: an older answer would come in the way of the newer.
local latest = 0

---@param answer starlight.Answer
---@param running vim.lsp.Client
---@return string
local function prompt(answer, running)
  local count = #answer.hits == 1 and "1 place" or ("%d places"):format(#answer.hits)
  local words = answer.verdict == "weak" and 'Nothing is close to "%s"; %s may touch on it'
    or 'About "%s": %s'
  local lacking = answer.complete and "" or (" (%s)"):format(status.lacking(running.id))
  return words:format(answer.query, count) .. lacking
end

---@param answer starlight.Answer
---@param running vim.lsp.Client
local function show(answer, running)
  local config = require("starlight.config").read()
  local items = hits.items(answer.hits)
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
        elseif answer.verdict ~= "nothing" and #answer.hits > 0 then
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
  if query ~= "" then
    return search(query)
  end
  vim.ui.input({ prompt = "Search your notes: " }, function(input)
    input = vim.trim(input or "")
    if input ~= "" then
      search(input)
    end
  end)
end

return M
