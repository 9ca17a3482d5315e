--- The names and shapes of the messages between the editor and the server.

---@class starlight.Locator  where a result is in a file that is counted in something beside lines
---@field unit "page"|"cell"
---@field number integer  counts from 1
---@field label string  as people write it: "p. 4"

--- What a document says that no editor shows.
---@class starlight.DocumentText
---@field uri string  of the view
---@field file string
---@field title string
---@field text string
---@field unit ""|"page"|"cell"
---@field marks { line: integer, number: integer, label: string }[]  where each page or cell begins, from 1

--- A map that was written as a page; where it was cancelled, only the first two are there.
---@class starlight.Map
---@field root string
---@field stopped boolean
---@field path string  of the page
---@field notes integer

---@class starlight.Hit
---@field path string  relative to the root, with "/"
---@field uri string
---@field file? string  the file's own URI, where `uri` is that of a view of its text
---@field locator? starlight.Locator
---@field title string
---@field heading string  the heading path joined by " › ", may be empty
---@field start_line integer  counts from 1
---@field end_line integer
---@field line integer  where the snippet begins: the line to go to
---@field snippet string  one line of plain text
---@field score number
---@field reasons string[]

---@class starlight.Answer
---@field query string
---@field verdict "found"|"weak"|"nothing"
---@field complete boolean  false while the index is being built
---@field hits starlight.Hit[]
---@field problems? starlight.QueryProblem[]  what makes no sense as a filter
---@field notes integer[][]  the hits of each note, by their numbers from 0: the best, then its further places

---@class starlight.QueryProblem
---@field message string
---@field start integer  in code points of the query
---@field end integer

--- One thing that a query may hold beside words.
---@class starlight.SyntaxForm
---@field written string  an example
---@field meaning string

---@class starlight.Source: starlight.Hit
---@field number integer  the answer cites it by this
---@field text string
---@field support? "supported"|"weak"|"unsupported"|"unused"  unknown until the answer is checked

---@class starlight.Statement
---@field text string
---@field start integer  in code points of the answer
---@field end integer
---@field sources integer[]
---@field support "supported"|"weak"|"unsupported"|"uncited"
---@field reason string

---@class starlight.AskAnswer
---@field question string
---@field answer string
---@field kind "extractive"|"generated"
---@field verdict "found"|"weak"|"nothing"
---@field complete boolean
---@field sources starlight.Source[]
---@field statements starlight.Statement[]
---@field left_out table[]
---@field model string
---@field host string
---@field left_machine boolean
---@field stopped boolean
---@field hint string
---@field usage { tokens_per_second: number }

--- A summary is an answer whose question is the name of what it is of.
---@class starlight.Summary: starlight.AskAnswer
---@field subject { kind: string, name: string }
---@field coverage { text: string }  how much was read, and by what, in words
---@field line integer?  of the heading or the selection in its note, from 0
---@field line_text string  what that line says

---@class starlight.Suggestion
---@field text string
---@field edit? lsp.WorkspaceEdit  nil where it could cost text
---@field left_machine boolean
---@field host string
---@field hint string

--- What is told while an answer is made.
---@class starlight.AnswerProgress
---@field id string
---@field phase? string
---@field message? string
---@field sources? starlight.Source[]
---@field text? string  more of the answer
---@field draft? string  what stands in for the answer until it is written
---@field tokens_per_second? number

---@class starlight.Failure
---@field path string
---@field reason string

---@class starlight.Odd  a file that is indexed all the same
---@field path string
---@field problems string[]

---@class starlight.Root
---@field root string
---@field state starlight.State
---@field files integer
---@field chunks integer
---@field queue integer
---@field message string
---@field failures starlight.Failure[]
---@field problems? starlight.Odd[]  in answers to the status command

---@alias starlight.State "starting"|"indexing"|"ready"|"paused"|"failed"

---@class starlight.Status
---@field state starlight.State
---@field files integer
---@field chunks integer
---@field queue integer
---@field failed integer
---@field message string
---@field percent integer  of the run at work, 0 to 99
---@field progress string  the run at work in words: files, rate, time left
---@field rebuilding boolean  whether the run makes an index to take the place of this one
---@field paused boolean
---@field summary_lines { words: string, message: string }  lines that a model writes in idle time; empty words: none
---@field recognising string  what is done about scans whose text is to be recognised, or why nothing is
---@field version string
---@field roots starlight.Root[]
---@field report? string  plain text, in answers to the status command

---@class starlight.Mention  a place of a note that speaks of another
---@field path string
---@field uri string
---@field title string
---@field heading string
---@field line integer  from 1
---@field context string  that line

---@class starlight.GraphNote
---@field path string
---@field title string
---@field uri string

---@class starlight.GraphGround  lines that a step rests on
---@field path string
---@field uri string
---@field first integer  from 1
---@field text string

---@class starlight.GraphStep  from one note to another, whose `uri` and `title` these are
---@field to string
---@field title string
---@field uri string
---@field kind "link"|"meaning"|"tag"
---@field strength number  of a tag: how many notes have it
---@field tag string
---@field evidence starlight.GraphGround[]
---@field words string[]
---@field depth integer  of a neighbour: how many steps away it is

---@class starlight.GraphPath
---@field from starlight.GraphNote
---@field to starlight.GraphNote
---@field connected boolean
---@field steps starlight.GraphStep[]  the way that says most
---@field shortest starlight.GraphStep[]  another way of fewer steps

---@class starlight.GraphNeighbours
---@field title string
---@field neighbours starlight.GraphStep[]

--- What belongs to the place that is followed.
---@class starlight.Related
---@field uri string
---@field complete boolean  false while the index is being built
---@field hits starlight.Hit[]

local M = {}

--- The scheme of text views: read-only documents with the text of a file that no editor shows.
M.text_scheme = "starlight-text"

M.command = {
  search = "starlight.search",
  syntax = "starlight.syntax",
  related = "starlight.related",
  follow = "starlight.follow",
  unfollow = "starlight.unfollow",
  link = "starlight.link",
  status = "starlight.status",
  rebuild = "starlight.rebuild",
  why = "starlight.why",
  pause = "starlight.pause",
  resume = "starlight.resume",
  ask = "starlight.ask",
  stop = "starlight.stop",
  models = "starlight.models",
  saveConversation = "starlight.saveConversation",
  write = "starlight.write",
  summarize = "starlight.summarize",
  insertSummary = "starlight.insertSummary",
  backlinks = "starlight.backlinks",
  graph = "starlight.graph",
  open = "starlight.open",
  text = "starlight.text",
  map = "starlight.map",
}

--- What code lenses of the server have the editor do.
M.client_command = {
  showReferences = "starlight.showReferences",
  showRelated = "starlight.showRelated",
}

M.notification = {
  status = "starlight/status",
  answer = "starlight/answer",
  related = "starlight/related",
}

return M
