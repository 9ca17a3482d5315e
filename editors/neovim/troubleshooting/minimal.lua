--- The smallest Neovim that runs Starlight and nothing else, to see whether a fault is Starlight's:
---   nvim --clean -u editors/neovim/troubleshooting/minimal.lua a-note.md

local this_file = debug.getinfo(1, "S").source:sub(2)
local plugin = vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(this_file, ":p")))

vim.o.swapfile = false
vim.opt.runtimepath:append(plugin)
vim.lsp.enable("starlight")
