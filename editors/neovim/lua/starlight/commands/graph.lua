--- `:Starlight graph [what]`: orphans, hubs and bridges, as a quickfix list.

local client = require("starlight.client")
local graph = require("starlight.graph")
local notify = require("starlight.notify")

local M = {}

-- How many of each are listed where all kinds are, and where one is asked for.
local FEW, ALL = 15, 1000

---@type table<string, fun(answer: table): string, vim.quickfix.entry[]>
local kinds = {
  orphans = function(answer)
    local items = vim.tbl_map(function(orphan)
      local near = vim.tbl_map(function(note)
        return note.title
      end, orphan.near)
      local said = #near > 0 and "near in meaning: " .. table.concat(near, ", ") or nil
      return graph.note(orphan, said)
    end, answer.orphans)
    return ("Orphans: %s without a link"):format(graph.counted(answer.total, "note")), items
  end,
  hubs = function(answer)
    local items = vim.tbl_map(function(hub)
      local from = graph.counted(hub.n_from, "note")
      return graph.note(hub, ("linked from %s, links to %d"):format(from, hub.n_to))
    end, answer.hubs)
    return "Hubs: the notes with most links", items
  end,
  bridges = function(answer)
    local items = vim.tbl_map(function(bridge)
      return graph.note(bridge, "between: " .. table.concat(bridge.clusters, " | "))
    end, answer.bridges)
    return "Bridges: notes whose links lead to several clusters", items
  end,
}

M.names = { "orphans", "hubs", "bridges" }

---@param what string  one kind; empty: some of each
function M.run(what)
  local wanted = what == "" and M.names or { what }
  if not kinds[wanted[1]] then
    local known = table.concat(M.names, ", ")
    return notify.warn(("there is no list called %q: use one of %s."):format(what, known))
  end
  client.with(function(running)
    local items = {}
    local function ask(nth)
      local asked = { what = wanted[nth], limit = #wanted > 1 and FEW or ALL }
      graph.ask(running, asked, function(answer)
        local title, found = kinds[wanted[nth]](answer)
        table.insert(items, graph.heading(title))
        vim.list_extend(items, #found > 0 and found or { graph.heading("none") })
        if nth < #wanted then
          return ask(nth + 1)
        end
        graph.show(#wanted > 1 and "Orphans, hubs and bridges" or title, items)
      end)
    end
    ask(1)
  end)
end

return M
