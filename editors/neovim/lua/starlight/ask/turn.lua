--- One question and its answer as lines of Markdown, with what can be opened from each line. Pure.

local M = {}

---@class starlight.Turn
---@field id string
---@field question string
---@field state "working"|"done"|"failed"
---@field phase string
---@field message string  what is done now, in words
---@field text string
---@field draft string  what stands in for the text until it is written
---@field sources starlight.Source[]
---@field speed number  tokens a second while it is written; 0 before
---@field answer? starlight.AskAnswer|starlight.Summary
---@field problem? string

---@class starlight.Rendered
---@field lines string[]
---@field first integer  the line, from 0, at which the answer's own text begins
---@field sources table<integer, integer>  the number of the source that a line, from 0, names

local DOING = {
  searching = "Searching",
  queued = "Waiting for its turn",
  loading = "Loading the model",
  reading = "Reading",
  writing = "Writing",
  checking = "Checking the citations",
}
local SUPPORT = { supported = " ✓", weak = " ~", unsupported = " ✗", unused = "" }

---@param number integer
---@param one string
---@return string
local function count(number, one)
  return ("%d %s%s"):format(number, one, number == 1 and "" or "s")
end

--- Line breaks in what comes from a note would begin lines of their own.
---@param text string
---@return string
local function flat(text)
  return (text:gsub("%s+", " "))
end

---@param id string
---@param question string
---@return starlight.Turn
function M.begun(id, question)
  return {
    id = id,
    question = question,
    state = "working",
    phase = "searching",
    message = "",
    text = "",
    draft = "",
    sources = {},
    speed = 0,
  }
end

--- Takes what the server told while the answer is made.
---@param turn starlight.Turn
---@param news starlight.AnswerProgress
function M.tell(turn, news)
  turn.phase = news.phase or (news.text and "writing") or turn.phase
  turn.message = news.message or (news.phase and "" or turn.message)
  turn.text = turn.text .. (news.text or "")
  turn.draft = news.draft or turn.draft
  turn.sources = news.sources or turn.sources
  turn.speed = news.tokens_per_second or turn.speed
end

---@param turn starlight.Turn
---@param answer starlight.AskAnswer
function M.finish(turn, answer)
  turn.state = "done"
  turn.answer = answer
  turn.text = answer.answer
  turn.sources = answer.sources
end

---@param turn starlight.Turn
---@return string
local function doing(turn)
  local words = turn.message ~= "" and turn.message or DOING[turn.phase] or turn.phase
  local rate = turn.phase == "writing" and turn.speed > 0
  return words .. (rate and (" · %.1f tokens/s"):format(turn.speed) or "") .. " …"
end

---@param answer starlight.AskAnswer
---@return string
local function by(answer)
  if answer.kind == "extractive" then
    return "Sentences from your notes, no model"
  end
  local rate = answer.usage.tokens_per_second
  return answer.model .. (rate > 0 and (" · %.1f tokens/s"):format(rate) or "")
end

--- How much of what a model wrote is in the notes; sentences that were taken from them need no such check.
---@param answer starlight.AskAnswer
---@return string? words
local function checked(answer)
  if answer.kind ~= "generated" then
    return nil
  end
  local cited, good = 0, 0
  for _, statement in ipairs(answer.statements) do
    cited = cited + (statement.support == "uncited" and 0 or 1)
    good = good + (statement.support == "supported" and 1 or 0)
  end
  if cited > 0 then
    return ("%d of %s supported by your notes."):format(good, count(cited, "cited statement"))
  end
end

--- What stands below an answer: how far it can be trusted, who wrote it and where.
---@param answer starlight.AskAnswer
---@return string[]
local function notes(answer)
  local left = #answer.left_out
  local said = {
    answer.left_machine
        and ("Sent to %s: this answer did not stay on your machine."):format(answer.host)
      or false,
    answer.stopped and "Stopped before its end." or false,
    not answer.complete and "The index is still being built: notes may be missing." or false,
    checked(answer) or false,
    left > 0 and (count(left, "passage") .. " left out.") or false,
    answer.coverage and (answer.coverage.text .. ".") or false,
    answer.hint ~= "" and flat(answer.hint) or false,
    by(answer) .. ".",
  }
  return vim
    .iter(said)
    :filter(function(one)
      return one
    end)
    :map(function(one)
      return "> " .. one
    end)
    :totable()
end

---@param source starlight.Source
---@return string
local function source_line(source)
  local title = source.title .. (source.heading ~= "" and " › " .. source.heading or "")
  local support = SUPPORT[source.support] or ""
  local place = flat(source.path) .. require("starlight.hits").place(source)
  return ("%d. %s, %s%s"):format(source.number, flat(title), place, support)
end

---@param turn starlight.Turn
---@return starlight.Rendered
function M.render(turn)
  local lines = { "## " .. flat(turn.question), "" }
  local first = #lines
  local text = turn.text
  if text == "" and turn.state == "working" then
    text = turn.draft
  end
  if text ~= "" then
    vim.list_extend(lines, vim.split(text, "\r?\n"))
    table.insert(lines, "")
  end
  if turn.state == "working" then
    vim.list_extend(lines, { doing(turn), "" })
  elseif turn.problem then
    vim.list_extend(lines, { "> " .. flat(turn.problem), "" })
  elseif turn.answer then
    vim.list_extend(lines, notes(turn.answer))
    table.insert(lines, "")
  end
  local sources = {}
  for _, source in ipairs(turn.sources) do
    sources[#lines] = source.number
    table.insert(lines, source_line(source))
  end
  if #turn.sources > 0 then
    table.insert(lines, "")
  end
  return { lines = lines, first = first, sources = sources }
end

--- The number of the citation at a byte of a line, as in `[2]` or `[1, 3]`.
---@param line string
---@param column integer  from 0
---@return integer?
function M.citation_at(line, column)
  local from = 1
  while true do
    local first, last, list = line:find("%[([%d%s,–-]+)%]", from)
    if not first then
      return nil
    elseif column + 1 >= first and column + 1 <= last then
      local number
      for at, digits in list:gmatch("()(%d+)") do
        if not number or first + at <= column + 1 then
          number = tonumber(digits)
        end
      end
      return number
    end
    from = last + 1
  end
end

return M
