--- The client's configuration, read by Neovim when the user calls `vim.lsp.enable("starlight")`.
--- Users change it with `vim.lsp.config("starlight", { ... })`.

---@type vim.lsp.Config
return {
  cmd = { "starlight", "serve" },
  filetypes = { "markdown" },
  capabilities = { experimental = { starlightTextViews = true } },
  -- What marks a folder of notes comes before what marks a repository around it.
  root_markers = { { ".obsidian", ".zk", ".foam", ".starlight", ".marksman.toml" }, ".git" },
  root_dir = function(bufnr, on_dir)
    require("starlight.roots").root_dir(bufnr, on_dir)
  end,
  -- The server wants its settings already while it starts; the user writes them once.
  before_init = function(params, config)
    params.initializationOptions = vim.tbl_deep_extend(
      "force",
      vim.empty_dict(),
      vim.tbl_get(config, "settings", "starlight") or {},
      params.initializationOptions or {}
    )
  end,
  handlers = {
    [require("starlight.protocol").notification.status] = function(_, status, context)
      require("starlight.status").update(context.client_id, status)
    end,
    [require("starlight.protocol").notification.answer] = function(_, news)
      if not require("starlight.writing").heard(news) then
        require("starlight.ask").heard(news)
      end
    end,
    [require("starlight.protocol").notification.related] = function(_, found, context)
      require("starlight.related").heard(found, context.client_id)
    end,
  },
  commands = {
    [require("starlight.protocol").command.write] = function(command, context)
      require("starlight.writing").run(command, context)
    end,
    [require("starlight.protocol").command.summarize] = function(command)
      require("starlight.commands.summarize").action(command)
    end,
    [require("starlight.protocol").client_command.showReferences] = function(command, context)
      require("starlight.lenses").references(command, context)
    end,
    [require("starlight.protocol").client_command.showRelated] = function(command, context)
      require("starlight.lenses").related(command, context)
    end,
  },
}
