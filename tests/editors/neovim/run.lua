--- Runs the spec named by STARLIGHT_SPEC with mini.test; the exit code says whether all passed.

local MiniTest = require("mini.test")
local spec = assert(vim.env.STARLIGHT_SPEC, "STARLIGHT_SPEC names no spec")
-- The specs' own modules, such as "editor", lie beside them.
package.path = vim.fs.dirname(spec) .. "/?.lua;" .. package.path

MiniTest.setup({})
MiniTest.run({
  collect = {
    find_files = function()
      return { spec }
    end,
  },
  execute = { reporter = MiniTest.gen_reporter.stdout({ group_depth = 2 }) },
})
