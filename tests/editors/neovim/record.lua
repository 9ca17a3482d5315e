--- Loaded first of all in the Neovim under test: records what a user would have been told.

_G.said = {}
_G.deprecations = {}

vim.notify = function(message, level)
  table.insert(_G.said, { message = message, level = level or vim.log.levels.INFO })
end
vim.notify_once = vim.notify

vim.deprecate = function(name)
  table.insert(_G.deprecations, name)
end

-- Stands for any picker: keeps what it was offered, and chooses when it is told to.
vim.ui.select = function(items, options, on_choice)
  _G.offered = {
    prompt = options.prompt,
    kind = options.kind,
    lines = vim.tbl_map(options.format_item, items),
    items = items,
    preview = options.preview_item,
  }
  _G.choose = function(index)
    on_choice(items[index], index)
  end
end
