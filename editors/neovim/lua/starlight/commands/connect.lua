--- `:Starlight connect [note]`: how this note and another one are connected, as a quickfix list.

local client = require("starlight.client")
local graph = require("starlight.graph")
local notify = require("starlight.notify")
local pick = require("starlight.pick")

local M = {}

---@param answer starlight.GraphPath
local function show(answer)
  local names = ("%s and %s"):format(answer.from.title, answer.to.title)
  if not answer.connected then
    local lacking = "no link, no tag that few notes have, no nearness in meaning"
    return notify.info(("nothing connects %s: %s"):format(names, lacking))
  end
  local count = graph.counted(#answer.steps, "step")
  local items = { graph.heading("The way that says most: " .. count) }
  vim.list_extend(items, graph.way(answer.from, answer.steps))
  if #answer.shortest > 0 then
    local fewer = ("In fewer steps: %d, which says less"):format(#answer.shortest)
    table.insert(items, graph.heading(fewer))
    vim.list_extend(items, graph.way(answer.from, answer.shortest))
  end
  graph.show(("How %s are connected"):format(names), items)
end

---@param name string  of the other note; asked for where it is empty
function M.run(name)
  local current = graph.current()
  client.with(function(running)
    ---@param from string
    local function to_another(from)
      pick.note(running, {
        prompt = "Connected with which note?",
        words = name,
        except = from,
        on_choice = function(to)
          graph.ask(running, { what = "path", uri = from, to = to }, show)
        end,
      })
    end
    if current then
      return to_another(current)
    end
    pick.note(running, { prompt = "Which note is connected?", on_choice = to_another })
  end)
end

return M
