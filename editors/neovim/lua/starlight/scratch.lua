--- Buffers of ours that show something and are no files: one of a name, with keys of its own, that nobody writes in.

local M = {}

---@param name string
---@return integer? bufnr
function M.find(name)
  local bufnr = vim.fn.bufnr("^" .. name .. "$")
  return bufnr > 0 and vim.api.nvim_buf_is_loaded(bufnr) and bufnr or nil
end

--- Makes a buffer one that nobody writes in, and that is no file.
---@param bufnr integer
function M.lock(bufnr)
  vim.bo[bufnr].buftype = "nofile"
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = false
end

---@param name string
---@param options table<string, any>  of the buffer
---@param actions table<string, { run: fun(), desc: string }>  by key
---@return integer bufnr
function M.create(name, options, actions)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(bufnr, name)
  for option, value in pairs(options) do
    vim.bo[bufnr][option] = value
  end
  M.lock(bufnr)
  for key, action in pairs(actions) do
    vim.keymap.set("n", key, action.run, { buffer = bufnr, nowait = true, desc = action.desc })
  end
  return bufnr
end

--- Puts `lines` in place of all from `row` on, from 0.
---@param bufnr integer
---@param row integer
---@param lines string[]
function M.write(bufnr, row, lines)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, row, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

---@param window integer
---@param options table<string, any>
function M.set(window, options)
  for option, value in pairs(options) do
    vim.api.nvim_set_option_value(option, value, { scope = "local", win = window })
  end
end

return M
