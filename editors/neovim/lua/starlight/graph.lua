--- How notes are connected: what the server says of it, as a quickfix list.

local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")
local status = require("starlight.status")

local M = {}

--- Asks, and says what went wrong, or what one should know of the answer.
---@param running vim.lsp.Client
---@param asked table
---@param on_answer fun(answer: table)
function M.ask(running, asked, on_answer)
  client.request(running, protocol.command.graph, asked, function(problem, answer)
    if not answer then
      problem = problem or "no answer"
      local is_ready = status.is_ready(running.id)
      local why = is_ready and problem or ("%s (%s)"):format(problem, status.lacking(running.id))
      return notify.error(why)
    end
    if answer.message ~= "" then
      notify.info(answer.message)
    end
    on_answer(answer)
  end)
end

---@param title string
---@param items vim.quickfix.entry[]
function M.show(title, items)
  vim.fn.setqflist({}, " ", { title = title, items = items })
  vim.cmd.copen()
end

--- A line that leads nowhere.
---@param text string
---@return vim.quickfix.entry
function M.heading(text)
  return { text = text }
end

---@param uri string
---@param line integer  from 1
---@param text string
---@return vim.quickfix.entry
local function entry(uri, line, text)
  return { filename = vim.uri_to_fname(uri), lnum = line, text = (text:gsub("%s*\n%s*", " ")) }
end

---@param note starlight.GraphNote
---@param said? string  of it
---@return vim.quickfix.entry
function M.note(note, said)
  return entry(note.uri, 1, note.title .. (said and "  ·  " .. said or ""))
end

---@param count integer
---@param noun string
---@return string
function M.counted(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

---@param step starlight.GraphStep
---@return string
local function how(step)
  if step.kind == "tag" then
    return ("both tagged #%s, as %s are"):format(step.tag, M.counted(step.strength, "note"))
  end
  local said = step.kind == "link" and "linked" or "near in meaning"
  return #step.words == 0 and said or ("%s: %s"):format(said, table.concat(step.words, ", "))
end

--- The note that a step leads to, at the lines that the step rests on, or at its beginning.
---@param step starlight.GraphStep
---@return vim.quickfix.entry
function M.step(step)
  local own = vim.iter(step.evidence):find(function(ground)
    return ground.path == step.to
  end)
  return entry(step.uri, own and own.first or 1, ("%s  ·  %s"):format(step.title, how(step)))
end

--- A way from a note: each note on it, and below it the lines that the step to it rests on.
---@param from starlight.GraphNote
---@param steps starlight.GraphStep[]
---@return vim.quickfix.entry[]
function M.way(from, steps)
  local items = { M.note(from) }
  for _, step in ipairs(steps) do
    local arrived = M.step(step)
    arrived.text = "→ " .. arrived.text
    table.insert(items, arrived)
    for _, ground in ipairs(step.evidence) do
      -- The window leaves blanks at the beginning out: a quotation is told by its mark.
      table.insert(items, entry(ground.uri, ground.first, "> " .. ground.text))
    end
  end
  return items
end

--- The note of the current buffer, which may be the text of a document.
---@return string? uri
function M.current()
  local name = vim.api.nvim_buf_get_name(0)
  if name == "" or (vim.bo.buftype ~= "" and not require("starlight.texts").file(name)) then
    return nil
  end
  return vim.uri_from_bufnr(0)
end

return M
