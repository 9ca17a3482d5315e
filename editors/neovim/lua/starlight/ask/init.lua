--- Asks the notes: keeps the conversation, has it shown, stops it, has it saved.

local buffer = require("starlight.ask.buffer")
local client = require("starlight.client")
local notify = require("starlight.notify")
local protocol = require("starlight.protocol")
local turns = require("starlight.ask.turn")

local M = {}

---@type starlight.Turn[]
local conversation = {}
---@type { turn: starlight.Turn, client: vim.lsp.Client }?
local current
local asked = 0
--- The last summary, and what was asked for.
---@type { summary: starlight.Summary, of: table }?
local summarized

---@return { question: string, answer: string }[]
local function history()
  return vim
    .iter(conversation)
    :filter(function(turn)
      return turn.answer ~= nil
    end)
    :map(function(turn)
      return { question = turn.question, answer = turn.answer.answer }
    end)
    :totable()
end

--- What the server tells while an answer is made.
---@param news starlight.AnswerProgress
function M.heard(news)
  if current and current.turn.id == news.id then
    turns.tell(current.turn, news)
    buffer.show(current.turn)
  end
end

function M.stop()
  if current then
    client.request(current.client, protocol.command.stop, { id = current.turn.id }, function() end)
  else
    notify.info("no answer is being written.")
  end
end

--- Begins a new conversation.
function M.clear()
  if current then
    M.stop()
    current = nil -- what still comes of it is not shown
  end
  conversation = {}
  buffer.clear()
end

--- Has the server make a note of the conversation.
function M.save()
  local saved = vim
    .iter(conversation)
    :filter(function(turn)
      return turn.answer ~= nil
    end)
    :map(function(turn)
      return { question = turn.question, answer = turn.answer.answer, sources = turn.answer.sources }
    end)
    :totable()
  if #saved == 0 then
    return notify.warn("there is no answer yet that could be saved.")
  end
  client.with(function(running)
    client.execute(running, protocol.command.saveConversation, { turns = saved }, function(result)
      if type(result.uri) == "string" then
        notify.info("the conversation is in " .. vim.fn.fnamemodify(vim.uri_to_fname(result.uri), ":."))
      end
    end)
  end)
end

--- Has the server put the last summary into its note, as the settings say, or make a note of it.
---@param as? "note"
function M.place(as)
  if not summarized then
    return notify.warn("there is no summary yet.")
  end
  local summary, of = summarized.summary, summarized.of
  local argument = {
    uri = of.uri,
    root = of.root,
    as = as,
    title = summary.subject.name,
    answer = summary.answer,
    sources = summary.sources,
    line = type(summary.line) == "number" and summary.line or nil,
    line_text = summary.line_text,
    said = summary.coverage.text,
  }
  client.with(function(running)
    client.execute(running, protocol.command.insertSummary, argument, function(result)
      if not result.applied then
        return notify.warn("Neovim did not make the edit, so the summary is in no note.")
      end
      notify.info("the summary is in " .. vim.fn.fnamemodify(vim.uri_to_fname(result.uri), ":."))
    end)
  end)
end

--- Opens what is under the cursor, in the window that the user came from.
function M.open_source()
  local source = buffer.source_at_cursor()
  if not source then
    return notify.info("put the cursor on a citation such as [1], or on a source.")
  end
  local here = vim.api.nvim_get_current_win()
  vim.cmd.wincmd("p")
  if vim.api.nvim_get_current_win() == here or vim.b.starlight_ask then
    vim.cmd("topleft vsplit")
  end
  local hits = require("starlight.hits")
  hits.open(hits.items({ source })[1], "edit")
end

local actions = {
  ["<CR>"] = { run = M.open_source, desc = "Starlight: open the source under the cursor" },
  ["<C-c>"] = { run = M.stop, desc = "Starlight: stop the answer" },
  a = {
    run = function()
      M.ask("")
    end,
    desc = "Starlight: ask on",
  },
  I = { run = M.place, desc = "Starlight: insert the summary into its note" },
  O = {
    run = function()
      M.place("note")
    end,
    desc = "Starlight: make a note of the summary",
  },
  S = { run = M.save, desc = "Starlight: save the conversation as a note" },
  N = { run = M.clear, desc = "Starlight: begin a new conversation" },
  q = {
    run = function()
      vim.cmd.close()
    end,
    desc = "Close",
  },
}

---@param running vim.lsp.Client
---@param turn starlight.Turn
---@param command string
---@param argument table
---@param done? fun(answer: table)
local function send(running, turn, command, argument, done)
  current = { turn = turn, client = running }
  table.insert(conversation, turn)
  buffer.show(turn)
  client.request(running, command, argument, function(problem, answer)
    if current and current.turn == turn then
      current = nil
    end
    if problem then
      turn.state, turn.problem = "failed", problem
    else
      turns.finish(turn, answer --[[@as starlight.AskAnswer]])
      if done then
        done(answer --[[@as table]])
      end
    end
    if vim.list_contains(conversation, turn) then
      buffer.show(turn)
    end
  end)
end

---@param title string
---@param start fun(running: vim.lsp.Client, turn: starlight.Turn)
local function begin(title, start)
  if current then
    return notify.warn("an answer is still being written; <C-c> in its window stops it.")
  end
  client.with(function(running)
    buffer.open(actions)
    asked = asked + 1
    start(running, turns.begun(("%d-%d"):format(vim.fn.getpid(), asked), title))
  end)
end

---@param question string
---@param scope table?
local function answer(question, scope)
  begin(question, function(running, turn)
    local argument =
      { id = turn.id, question = question, conversation = history(), scope = scope }
    send(running, turn, protocol.command.ask, argument)
  end)
end

--- Summarizes; `argument` says what, as the server takes it.
---@param title string
---@param argument table
function M.summarize(title, argument)
  begin("Summarize " .. title, function(running, turn)
    local sent = vim.tbl_extend("force", argument, { id = turn.id })
    sent.offer = nil
    send(running, turn, protocol.command.summarize, sent, function(summary)
      summarized = { summary = summary --[[@as starlight.Summary]], of = argument }
    end)
  end)
end

--- The answers so far, to be summarized.
---@return { question: string, answer: string }[]
function M.exchanges()
  return history()
end

--- The lines of the current buffer as a scope.
---@param first integer  from 1
---@param last integer
---@return table
local function lines_scope(first, last)
  local range = {
    start = { line = first - 1, character = 0 },
    ["end"] = { line = last, character = 0 },
  }
  return { selection = { uri = vim.uri_from_bufnr(0), range = range } }
end

--- Asks, or asks what to ask where there is no question. With a range only its lines may be used.
---@param question string
---@param range? { [1]: integer, [2]: integer }  first and last line, from 1
function M.ask(question, range)
  local scope = range and lines_scope(range[1], range[2]) or nil
  if vim.trim(question) ~= "" then
    return answer(vim.trim(question), scope)
  end
  vim.ui.input({ prompt = "Ask your notes: " }, function(words)
    if words and vim.trim(words) ~= "" then
      answer(vim.trim(words), scope)
    end
  end)
end

return M
