if vim.g.loaded_starlight then
  return
end
vim.g.loaded_starlight = true

if vim.fn.has("nvim-0.11") == 0 then
  vim.notify("Starlight needs Neovim 0.11 or newer; please update Neovim.", vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command("Starlight", function(command)
  local range = command.range > 0 and { command.line1, command.line2 } or nil
  require("starlight.commands").run(command.args, range)
end, {
  nargs = "*",
  range = true,
  desc = "Search your notes by meaning, ask them, see how the index is",
  complete = function(lead, line)
    return require("starlight.commands").complete(lead, line)
  end,
})

local texts = vim.api.nvim_create_augroup("starlight.texts", {})
vim.api.nvim_create_autocmd("BufReadCmd", {
  group = texts,
  pattern = "starlight-text://*",
  callback = function(event)
    require("starlight.texts").fill(event.buf)
  end,
})
vim.api.nvim_create_autocmd("BufEnter", {
  group = texts,
  pattern = "starlight-text://*",
  callback = function(event)
    require("starlight.texts").attach(event.buf)
  end,
})

vim.keymap.set("n", "<Plug>(StarlightSearch)", "<Cmd>Starlight search<CR>")
vim.keymap.set("n", "<Plug>(StarlightAsk)", "<Cmd>Starlight ask<CR>")
vim.keymap.set("x", "<Plug>(StarlightAsk)", ":Starlight ask<CR>")
vim.keymap.set("n", "<Plug>(StarlightSummarize)", "<Cmd>Starlight summarize<CR>")
vim.keymap.set("x", "<Plug>(StarlightSummarize)", ":Starlight summarize<CR>")
vim.keymap.set("n", "<Plug>(StarlightRelated)", "<Cmd>Starlight related<CR>")
vim.keymap.set("n", "<Plug>(StarlightStatus)", "<Cmd>Starlight status<CR>")
vim.keymap.set("n", "<Plug>(StarlightPause)", "<Cmd>Starlight pause<CR>")
vim.keymap.set("n", "<Plug>(StarlightResume)", "<Cmd>Starlight resume<CR>")
vim.keymap.set("n", "<Plug>(StarlightRebuild)", "<Cmd>Starlight rebuild<CR>")
vim.keymap.set("n", "<Plug>(StarlightLog)", "<Cmd>Starlight log<CR>")
