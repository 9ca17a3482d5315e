--- `:Starlight neighbours [depth]`: what is connected with the note, as a quickfix list.

local client = require("starlight.client")
local graph = require("starlight.graph")
local notify = require("starlight.notify")

local M = {}

---@param answer starlight.GraphNeighbours
local function show(answer)
  if #answer.neighbours == 0 then
    return notify.info(("no other note is connected with %s"):format(answer.title))
  end
  local items, depth = {}, 1
  for _, step in ipairs(answer.neighbours) do
    if step.depth > depth then
      depth = step.depth
      table.insert(items, graph.heading(("%d steps away"):format(depth)))
    end
    table.insert(items, graph.step(step))
  end
  graph.show("Neighbours of " .. answer.title, items)
end

---@param depth string  how many steps away they may be; empty: 1
function M.run(depth)
  local uri = graph.current()
  if not uri then
    return notify.warn("go to the note whose neighbours you want to see.")
  elseif depth ~= "" and not depth:match("^%d+$") then
    local example = "write for example :Starlight neighbours 2"
    return notify.warn(("%q is no number of steps: %s"):format(depth, example))
  end
  client.with(function(running)
    graph.ask(running, { what = "neighbours", uri = uri, depth = tonumber(depth) }, show)
  end)
end

return M
